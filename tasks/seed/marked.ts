import type { Client } from "pg";
import type { Dataset, MarkedColumn } from "./dataset.ts";
import { undoSql, vacuum } from "./reserved.ts";
import { transaction } from "./sql.ts";

/** Marks of runs that stand in a column. */
export interface MarksLeft {
  readonly column: MarkedColumn;
  readonly rows: number;
  /** The least of their keys. */
  readonly key: string;
}

/**
 * Sets back what runs have written into seeded rows, and vacuums what was changed, as `removeReserved` does. A function of
 * the state alone. Not inside a transaction.
 * @param keys names of the key spaces that the texts are from; other columns are not looked at
 * @returns rows that were set back
 */
export async function setBackMarks(
  client: Client,
  dataset: Dataset,
  keys: ReadonlySet<string>,
): Promise<number> {
  let rows = 0;
  for (const column of markedBy(dataset, keys)) {
    const count = await transaction(
      client,
      async () => (await client.query(markSql("marks_set_back.sql", column), [column.pattern])).rowCount ?? 0,
    );
    if (count > 0) await vacuum(client, column.table);
    rows += count;
  }
  return rows;
}

/** Columns with marks yet. */
export async function marksLeft(
  client: Client,
  dataset: Dataset,
  keys: ReadonlySet<string>,
): Promise<readonly MarksLeft[]> {
  const left: MarksLeft[] = [];
  for (const column of markedBy(dataset, keys)) {
    const { rows: [found] } = await client.query<{ rows: number; key: string }>(
      markSql("marks_left.sql", column),
      [column.pattern],
    );
    if (found!.rows > 0) left.push({ column, ...found! });
  }
  return left;
}

/** A column with a text that is neither what it would be set back to nor a mark, and the key of its row; null: none. */
export async function unlikeSeeded(
  client: Client,
  dataset: Dataset,
  keys: ReadonlySet<string>,
): Promise<Omit<MarksLeft, "rows"> | null> {
  for (const column of markedBy(dataset, keys)) {
    const { rows: [found] } = await client.query<{ key: string }>(
      markSql("marks_unlike.sql", column),
      [column.pattern],
    );
    if (found !== undefined) return { column, key: found.key };
  }
  return null;
}

function markedBy({ marked }: Dataset, keys: ReadonlySet<string>): MarkedColumn[] {
  return marked.filter((column) => keys.has(column.keys));
}

function markSql(file: string, { table, column, key, seeded }: MarkedColumn): string {
  return undoSql(file, { table, column, key, seeded: undoSql(seeded) });
}
