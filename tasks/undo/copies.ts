import { withClient } from "../seed/connect.ts";
import { datasets } from "../seed/catalog.ts";
import { dropRecord } from "./journal.ts";
import { placeOf } from "./place.ts";
import type { WriteRecord } from "./record.ts";
import type { WrittenDatabase } from "./writing.ts";

/**
 * The record of a database as that of another one to which its rows may be carried.
 * @throws {ServiceError} where it cannot be reached
 */
export async function recordOfCopy(
  record: WriteRecord,
  { url, embedded }: Pick<WrittenDatabase, "url" | "embedded">,
  part: number,
): Promise<WriteRecord> {
  const place = await withClient(url, (client) => placeOf(client, url, embedded), { name: "benchbook undo" });
  return { ...record, part, copy: true, place };
}

/**
 * Forgets the record of a copy that has no tables: nothing was carried there, or it is gone.
 * @returns whether that is so
 * @throws {ServiceError} where it cannot be reached
 */
export async function isNoCopy(home: string, record: WriteRecord, url: string): Promise<boolean> {
  if (record.copy === undefined) return false;
  const schemas = record.own?.schemas ?? datasets[record.reserved?.dataset ?? ""]?.schemas ?? [];
  const { rowCount } = await withClient(
    url,
    (client) => client.query("SELECT FROM pg_namespace WHERE nspname = ANY($1)", [schemas]),
    { name: "benchbook undo" },
  );
  if (rowCount !== 0) return false;
  await dropRecord(home, record);
  return true;
}
