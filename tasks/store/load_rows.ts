import { byColumn } from "./column_names.ts";
import { jsonText } from "./json_text.ts";
import type { Store } from "./open.ts";
import { query } from "./sql.ts";
import type { Loading, Table } from "./tables/table.ts";

/** Rows and characters of one statement: of a run of hours there are millions of rows, and a plan may be large. */
const [MOST_ROWS, MOST_CHARACTERS] = [10_000, 2 ** 20];

/** What came of a table's rows. */
export interface LoadedRows {
  readonly rows: number;
  /** When the last of them happened, µs; as given, where they do not tell. */
  readonly lastUs: number;
}

/** Inserts the rows that a run's spool has for a table, within the caller's transaction. */
export async function insertRows<Row>(
  store: Store,
  table: Table<Row>,
  spooled: Iterable<Row>,
  loading: Loading,
): Promise<LoadedRows> {
  let { lastUs } = loading;
  let count = 0;
  let rows: string[] = [];
  let characters = 0;
  const insert = async () => {
    await store.run(await statementFor(store, table.name), {
      run: loading.run.runId,
      rows: `[${rows.join()}]`,
    });
    count += rows.length;
    rows = [];
    characters = 0;
  };
  for (const row of table.settled?.([...spooled], loading) ?? spooled) {
    if (table.isStored?.(row) === false) continue;
    lastUs = Math.max(lastUs, table.atUs?.(row) ?? lastUs);
    const text = jsonText(wholeMicros(byColumn(row as object)));
    rows.push(text);
    characters += text.length;
    if (rows.length === MOST_ROWS || characters >= MOST_CHARACTERS) await insert();
  }
  if (rows.length > 0) await insert();
  return { rows: count, lastUs };
}

/** By table: each store that is written to has the newest columns, and to ask for them takes longer than to insert. */
const statements = new Map<string, string>();

async function statementFor(store: Store, table: string): Promise<string> {
  const known = statements.get(table);
  if (known !== undefined) return known;
  const [columns] = await store.rows<{ structure: string }>(query("load/columns"), { table });
  const statement = query("load/rows").replace("{table}", table).replace("{columns}", columns!.structure);
  statements.set(table, statement);
  return statement;
}

/** Clocks tell parts of a microsecond, of which columns have none. */
function wholeMicros(row: Record<string, unknown>): Record<string, unknown> {
  for (const name in row) {
    if (name.endsWith("_us") && row[name] !== null) row[name] = Math.round(row[name] as number);
  }
  return row;
}
