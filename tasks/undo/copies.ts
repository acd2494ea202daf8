import { withClient } from "../seed/connect.ts";
import { datasets } from "../seed/catalog.ts";
import { placeOf } from "./place.ts";
import type { WriteRecord } from "./record.ts";
import type { WrittenDatabase } from "./writing.ts";

/**
 * The record of a database as that of another one to which its rows were carried.
 * @returns null where the tables are not there: nothing was carried
 * @throws {ServiceError} where it cannot be reached
 */
export async function recordOfCopy(
  record: WriteRecord,
  { url, embedded }: Pick<WrittenDatabase, "url" | "embedded">,
  part: number,
): Promise<WriteRecord | null> {
  const schemas = record.own?.schemas ?? datasets[record.reserved?.dataset ?? ""]?.schemas ?? [];
  return await withClient(url, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_namespace WHERE nspname = ANY($1)", [schemas]);
    return rowCount === 0 ? null : { ...record, part, place: await placeOf(client, url, embedded) };
  }, { name: "benchbook undo" });
}
