import { type Client, DatabaseError } from "pg";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { copyTable } from "./copy.ts";
import { CopyWriter, MAX_UNIT_BYTES } from "./copy_writer.ts";
import { Override } from "./custom_override.ts";
import { refusedPlace } from "./custom_refusal.ts";
import type { ColumnType, LoadedCustomisation } from "./customisation.ts";
import type { DatasetTable } from "./dataset.ts";
import { schemaSql } from "./sql.ts";

/** Columns by table that keys are computed from, so that no generator may change them. */
export type KeyColumns = Readonly<Record<string, readonly string[]>>;

/** Every column of every table in these schemas, in order. Partitions are not listed beside their table. */
export async function describeColumns(
  client: Client,
  schemas: readonly string[],
): Promise<readonly ColumnType[]> {
  const { rows } = await client.query<ColumnType>(schemaSql("benchbook/columns.sql"), [schemas]);
  return rows;
}

/**
 * The tables with the customisation's columns in place of Benchbook's own. A table without one is returned as it is.
 * What the columns can take PostgreSQL says when it gets the rows; the tables' `refusal` then says whose they are.
 *
 * @param columns from `describeColumns`
 * @param seed of the data set
 * @param keys columns that must stay as they are
 * @throws {UsageError} for an unknown table or column, with the nearest name, and for a key; the tables' `write` throws
 * it too, naming file, column and row, where a generator throws or yields what is no value of the kind
 */
export function customised(
  tables: readonly DatasetTable[],
  customisation: LoadedCustomisation,
  columns: readonly ColumnType[],
  seed: number,
  keys: KeyColumns = {},
): DatasetTable[] {
  checkColumns(tables, customisation, keys);
  const overrides = new Map<string, Map<string, Override>>();
  for (const [key, generate] of Object.entries(customisation.columns)) {
    const [table, name] = key.split(".") as [string, string];
    const column = columns.find((column) => column.table === table && column.column === name);
    if (!column) throw new Error(`Cannot generate ${key}: it is not among the described columns`);
    const { path } = customisation;
    const ofTable = overrides.get(table) ?? new Map<string, Override>();
    overrides.set(table, ofTable.set(name, new Override({ ...column, name: key, path, generate, seed })));
  }
  const unitsBefore = new Map<string, number>();
  return tables.map((table) => {
    const first = unitsBefore.get(table.name) ?? 0;
    unitsBefore.set(table.name, first + table.units);
    const ofTable = overrides.get(table.name);
    return ofTable ? withOverrides(table, ofTable, first) : table;
  });
}

/**
 * Lets the server store the first unit of each table with columns of the user's and takes it back, so that what could
 * never work is refused before anything is loaded. Belongs into a transaction.
 * @throws {UsageError} naming file, column and row
 */
export async function tryFirstUnits(client: Client, tables: readonly DatasetTable[]): Promise<void> {
  for (const table of tables) {
    if (table.refusal === undefined || table.units === 0) continue;
    await client.query("SAVEPOINT first_unit");
    await copyTable(client, table, { from: 0, to: 1, freeze: false });
    await client.query("ROLLBACK TO first_unit");
  }
}

/** @param first the number that the table's first unit has among those of all partitions */
function withOverrides(
  table: DatasetTable,
  overrides: ReadonlyMap<string, Override>,
  first: number,
): DatasetTable {
  const byPosition = table.columns.map((name) => overrides.get(name));
  const scratch = new CopyWriter(2 * MAX_UNIT_BYTES);
  /** Writes a unit's rows, or the first of them, with the fields of the user's. */
  const write = (unit: number, out: CopyWriter, rows = Infinity) => {
    scratch.reset();
    table.write(unit, scratch);
    rewrite(scratch.payload, byPosition, first + unit, out, rows);
  };
  return {
    ...table,
    write: (unit, out) => write(unit, out),
    refusal(error, from) {
      if (!(error instanceof DatabaseError)) return null;
      const place = refusedPlace(error, table.relation.split(".")[1]!, [...overrides.keys()]);
      if (place === null) return null;
      let line = place.line - 1;
      for (let unit = from; unit < table.units; unit++) {
        scratch.reset();
        table.write(unit, scratch);
        if (line < scratch.rows) {
          // For the value that it yields there.
          write(unit, new CopyWriter(2 * MAX_UNIT_BYTES), line + 1);
          return overrides.get(place.column)!.refused(first + unit, line, error);
        }
        line -= scratch.rows;
      }
      return null;
    },
  };
}

/** Looks whether all generated columns are there and may be generated. */
function checkColumns(
  tables: readonly DatasetTable[],
  { columns, path }: LoadedCustomisation,
  keys: KeyColumns,
): void {
  const names = [...new Set(tables.map(({ name }) => name))];
  for (const key of Object.keys(columns)) {
    const [name, column, ...more] = key.split(".");
    const table = tables.find((table) => table.name === name);
    if (column === undefined || more.length > 0) {
      throw new UsageError(
        `Cannot use ${path}: its columns must be named TABLE.COLUMN: one is "${key}"`,
        `The tables are ${names.join(", ")}.`,
      );
    }
    if (!table) {
      throw new UsageError(`Cannot use ${path} for ${key}: there is no table "${name}"`, hint(name!, names));
    }
    if (!table.columns.includes(column)) {
      throw new UsageError(
        `Cannot use ${path} for ${key}: the table ${name} has no column "${column}"`,
        hint(column, table.columns),
      );
    }
    if (keys[table.name]?.includes(column)) {
      throw new UsageError(
        `Cannot use ${path} for ${key}: it is a key, which other rows and the requests of a benchmark are computed from`,
        `Keys of ${name} are ${keys[table.name]!.join(", ")}; other columns may be generated.`,
      );
    }
  }
}

const TAB = 9;
const NEWLINE = 10;

/**
 * Writes a unit's rows again with some fields replaced.
 * @param row the unit's number in its table
 * @param rows how many of them
 */
function rewrite(
  payload: Uint8Array,
  overrides: readonly (Override | undefined)[],
  row: number,
  out: CopyWriter,
  rows: number,
): void {
  const limit = out.length + MAX_UNIT_BYTES;
  let at = 0;
  for (let line = 0; at < payload.length && line < rows; line++) {
    // Fields that stay are copied together, with their tabs.
    let kept = at;
    let last: Override | undefined;
    for (const override of overrides) {
      const start = at;
      while (payload[at] !== TAB && payload[at] !== NEWLINE) at++;
      const end = at++;
      if (!override) continue;
      out.slice(payload, kept, start);
      override.write(row, line, () => decode(payload.subarray(start, end)), out, limit);
      kept = at;
      last = override;
    }
    if (out.length + at - kept >= limit) throw last!.tooLong(row, line);
    out.slice(payload, kept, at);
    out.endRow();
  }
}

// A text may begin with a byte order mark, which is part of it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const UNESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** A field of COPY's text format as a value. */
function decode(bytes: Uint8Array): string | null {
  const field = decoder.decode(bytes);
  if (field === "\\N") return null;
  return field.includes("\\") ? field.replace(/\\(.)/g, (_, mark: string) => UNESCAPED[mark] ?? mark) : field;
}
