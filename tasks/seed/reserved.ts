import { join } from "node:path";
import type { Client } from "pg";
import { progressed } from "../model/progressed.ts";
import type { Dataset } from "./dataset.ts";
import { transaction } from "./sql.ts";

const FOLDER = join(import.meta.dirname!, "../../queries/undo");

/** Keys looked at in one query. */
const BATCH = 10_000;

/** Begins a transaction that sees the database as it was at its first statement. */
export const SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ";

/** The rows of one key in one relation. */
export interface ReservedKey {
  /** The table that the data set declares, `schema.name`. */
  readonly table: string;
  /** The table itself or the partition that the rows lie in, as SQL writes it. */
  readonly relation: string;
  readonly column: string;
  /** As `bigint`: others may have keys that a double has no room for. */
  readonly key: bigint;
  readonly rows: number;
}

/**
 * Rows with a reserved key, least key first within each table; a table that is not there has none. What inherits from
 * an ordinary table is not looked at, partitions are.
 */
export async function* reservedKeys(client: Client, dataset: Dataset): AsyncGenerator<ReservedKey> {
  for (const { table, column } of dataset.reserved) {
    const { rows: [found] } = await client.query<{ partitioned: boolean }>(undoSql("relation.sql"), [table]);
    if (found === undefined) continue;
    const look = undoSql("reserved_keys.sql", {
      table: found.partitioned ? table : `ONLY ${table}`,
      key: column,
    });
    for (let above = BigInt(dataset.reservedBase) - 1n;;) {
      const { rows } = await client.query<{ relation: string; key: string; rows: number }>(look, [
        String(above),
        BATCH,
      ]);
      const full = rows.length === BATCH;
      const last = rows.at(-1)?.key;
      // The last key of a full page may have rows in a further partition: it begins the next page.
      for (const row of rows) {
        if (!full || row.key !== last) yield { table, column, ...row, key: BigInt(row.key) };
      }
      if (!full) break;
      above = BigInt(last!) - 1n;
    }
  }
}

/** The slot that a reserved key is of; beyond all slots where it is nobody's. */
export function slotOf({ reservedBase }: Dataset, { key }: ReservedKey): number {
  return Number(key - BigInt(reservedBase));
}

/** By `rowsId`: the places of those rows that are to go where others with the same key are to stay. */
export type SparedRows = ReadonlyMap<string, readonly string[]>;

/** The rows of one key in one relation. */
export function rowsId(relation: string, key: bigint): string {
  return `${relation} ${key}`;
}

/**
 * Removes rows with reserved keys, of the given keys alone and in no table that inherits from the data set's, and
 * vacuums what was changed: dead rows left behind would bring autovacuum into the next measurement. A function of
 * the state alone, so it may be called after a crash and any number of times. Not inside a transaction.
 *
 * What is looked at and what is removed are of one snapshot: a row that somebody puts there meanwhile stays, and one
 * that somebody changes meanwhile makes it fail (SQLSTATE 40001).
 *
 * @param isOurs whether rows of the key `reservedBase + slot` are to go
 * @param spare looks, within the transaction, for keys of them whose rows are not all to go
 * @returns rows removed by relation
 */
export async function removeReserved(
  client: Client,
  dataset: Dataset,
  isOurs: (slot: number) => boolean,
  spare: () => Promise<SparedRows> = () => Promise.resolve(new Map()),
): Promise<Readonly<Record<string, number>>> {
  const removed: Record<string, number> = {};
  let batch: ReservedKey[] = [];
  const count = (relation: string, rows: number | null) => {
    progressed();
    removed[relation] = (removed[relation] ?? 0) + (rows ?? 0);
  };
  const removePart = async ({ relation, column, key }: ReservedKey, places: readonly string[]) => {
    const text = undoSql("remove_places.sql", { relation, key: column });
    const { rowCount } = await client.query(text, [String(key), places]);
    count(relation, rowCount);
  };
  const remove = async () => {
    if (batch.length === 0) return;
    const { relation, column } = batch[0]!;
    const text = undoSql("remove_keys.sql", { relation, key: column });
    const { rowCount } = await client.query(text, [batch.map(({ key }) => String(key))]);
    count(relation, rowCount);
    batch = [];
  };
  // All tables or none: an order without its lines would be of use to nobody.
  await transaction(client, async () => {
    const spared = await spare();
    for await (const row of reservedKeys(client, dataset)) {
      if (!isOurs(slotOf(dataset, row))) continue;
      const places = spared.get(rowsId(row.relation, row.key));
      if (places !== undefined) {
        if (places.length > 0) await removePart(row, places);
        continue;
      }
      if (batch.length === BATCH || batch[0] !== undefined && batch[0].relation !== row.relation) {
        await remove();
      }
      batch.push(row);
    }
    await remove();
  }, SNAPSHOT);
  for (const [relation, rows] of Object.entries(removed)) if (rows > 0) await vacuum(client, relation);
  return removed;
}

/** Vacuums and analyzes a table alone: none that inherits from it. Not inside a transaction. */
export async function vacuum(client: Client, relation: string): Promise<void> {
  // From version 18 on VACUUM goes on to the tables that inherit; before it had no word to keep it from that.
  const { rows: [server] } = await client.query<{ only: boolean }>(
    "SELECT current_setting('server_version_num')::integer >= 180000 AS only",
  );
  await client.query(`VACUUM (ANALYZE) ${server!.only ? "ONLY " : ""}${relation}`);
}

/** The text of queries/undo/<file>, with names in place of `{…}`: they come from the catalog or from a data set. */
export function undoSql(file: string, names: Readonly<Record<string, string>> = {}): string {
  return Deno.readTextFileSync(join(FOLDER, file)).replace(/\{(\w+)\}/g, (_, name: string) => names[name]!);
}
