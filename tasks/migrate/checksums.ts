import type { Client } from "pg";
import pg from "pg";
import type { Checksum } from "../model/migration.ts";
import {
  conditionOf,
  familyOf,
  isDivisible,
  type RangeSums,
  relationOf,
  type SummedTable,
  sumTable,
  type Updated,
} from "./checksum_table.ts";
import { registerId } from "./ledger/register_rows.ts";
import type { PlannedKeys } from "./ledger/registers_before.ts";
import { columnsOf, ledgerSql, readAtOnce, Refused } from "./ledger/sql.ts";
import { NOTHING, type Uncompared } from "./own_writes.ts";
import { type Register, type WritingScenario, writtenBy } from "./ledger/written.ts";
import { compareRanges, type FoundRanges } from "./compare_ranges.ts";
import { compareUnwritten, type UnwrittenRows } from "./unwritten_rows.ts";

/** Ranges of a table at the most, and rows of one at the least, about. */
const [MOST_RANGES, RANGE_ROWS] = [64, 20_000];
/** All tables together take so long at the most, at each of the two moments; what is left then is not compared. */
const BUDGET_MS = 180_000;

export interface ChecksumOptions {
  /** May hold a password. */
  readonly url: string;
  /** Its writes are left to the ledger. */
  readonly scenario: WritingScenario;
  /** What is summed up. */
  readonly schemas: readonly string[];
  /** Rows that its updates may come to; without them the columns that these set are left out of every row. */
  readonly planned?: PlannedKeys;
  /** For all tables together, ms. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
}

/** What tables held before a migration. */
export interface ChecksumsBefore {
  readonly tables: readonly { readonly table: SummedTable; readonly sums: RangeSums }[];
  /** What was not summed up and why, a sentence each. */
  readonly notes: readonly string[];
}

/** What tables hold after it, against before. */
export interface ChecksumComparison {
  /** Those of both moments, over the columns that a table had before and has after. */
  readonly checksums: readonly Checksum[];
  readonly ranges: number;
  /** Rows that were the same, or were to be. */
  readonly rows: number;
  /** Ranges that differ, as text. */
  readonly different: readonly string[];
  /** Tables that they are of, `schema.name`. */
  readonly changed: ReadonlySet<string>;
  /** What was not compared and why, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Sums up all rows that a load does not write, before it begins: count and hashes by ranges of the primary key, all at one
 * snapshot. Rows under reserved keys are left out, and columns that the load's updates set in the rows that these may come
 * to: the ledger has these. For each column a sum of its own, so that columns which a migration drops can be left out afterwards.
 * @throws {ServiceError} where the database cannot be reached; {InterruptedError} after `signal`
 */
export async function checksumsBefore(
  { url, scenario, schemas, planned, budgetMs = BUDGET_MS, signal }: ChecksumOptions,
): Promise<ChecksumsBefore> {
  const written = (await writtenBy(scenario)).filter((one) => one !== null);
  if (written.some(({ kind }) => kind === "unknown")) {
    return {
      tables: [],
      notes: ["Rows were not compared: it is not known which of them the scenario's writes change."],
    };
  }
  const registers = written.flatMap((one) => one.kind === "register" ? [one.register] : []);
  const inserted = written.flatMap((one) => one.kind === "rows" ? one.tables : []);
  return await readAtOnce(url, "benchbook-checksums", signal, async (client) => {
    const { rows: found } = await client.query<
      Omit<SummedTable, "key"> & { key: string[] | null; rows: number }
    >(
      ledgerSql("checksum_tables.sql"),
      [schemas],
    );
    const tables: { table: SummedTable; sums: RangeSums }[] = [];
    const notes: string[] = [];
    const untilMs = performance.now() + budgetMs;
    for (const { schema, name, rows, key } of found) {
      const shown = `${schema}.${name}`;
      const types = await columnsOf(client, relationOf({ schema, name }));
      const updated = updatedIn(registers.filter(({ table }) => table === shown), planned);
      const ours = inserted.find(({ table }) => table === shown);
      const whole: SummedTable = {
        schema,
        name,
        key: key ?? [],
        columns: new Map([...types].filter(([column]) => updated.get(column) !== null)),
        updated: new Map([...updated].flatMap(([column, rows]) => rows === null ? [] : [[column, rows]])),
        reserved: ours === undefined ? null : { column: ours.key, from: ours.from },
        ranges: null,
      };
      const table = isDivisible(types.get(whole.key[0] ?? ""))
        ? { ...whole, ranges: await rangesOf(client, whole, rows) }
        : whole;
      const sums = await sumWithin(client, untilMs, table, types, [...table.columns.keys()]);
      if (sums instanceof Refused) notes.push(notCompared(shown, sums, budgetMs));
      else tables.push({ table, sums });
    }
    return { tables, notes };
  });
}

/** The columns that updates set, each with the rows that these may come to; null where these are not all known. */
function updatedIn(
  registers: readonly Register[],
  planned: PlannedKeys | undefined,
): Map<string, Updated[] | null> {
  const updated = new Map<string, Updated[] | null>();
  for (const register of registers) {
    const keys = planned?.whole ? planned.keys.get(registerId(register)) : undefined;
    for (const column of register.changed) {
      const others = updated.get(column) ?? [];
      updated.set(
        column,
        keys === undefined || updated.get(column) === null ? null : [...others, { register, keys }],
      );
    }
  }
  return updated;
}

/**
 * Sums up the same rows again, after the load has ended, and compares.
 * @param before of the same database, or of the one that it is a copy of
 * @param own what the change itself writes, which is left out
 * @param unwritten rows that the load might have come to and did not
 * @throws as `checksumsBefore` does
 */
export async function compareChecksums(
  { url, budgetMs = BUDGET_MS, signal }: Pick<ChecksumOptions, "url" | "budgetMs" | "signal">,
  before: ChecksumsBefore,
  own: Pick<Uncompared, "tables" | "columns"> = NOTHING,
  unwritten: UnwrittenRows | null = null,
): Promise<ChecksumComparison> {
  return await readAtOnce(url, "benchbook-checksums", signal, async (client) => {
    const found: FoundRanges = { checksums: [], ranges: 0, rows: 0, different: [], changed: new Set() };
    const notes = [...before.notes];
    const untilMs = performance.now() + budgetMs;
    for (const { table, sums } of before.tables) {
      const shown = `${table.schema}.${table.name}`;
      if (own.tables.has(shown)) continue;
      const types = await columnsOf(client, relationOf(table));
      const needed = [...table.key, ...table.reserved === null ? [] : [table.reserved.column]];
      const missing = needed.find((column) => !types.has(column));
      if (types.size === 0 || missing !== undefined) {
        notes.push(
          `${shown} was not compared: it ${
            types.size === 0 ? "is not there" : `has no column ${missing}`
          } any more.`,
        );
        continue;
      }
      const columns = comparedColumns(table, types, own.columns.get(shown), notes);
      const after = await sumWithin(client, untilMs, table, types, columns);
      if (after instanceof Refused) {
        notes.push(notCompared(shown, after, budgetMs));
        continue;
      }
      compareRanges(found, table, columns, sums, after);
      for (const register of unwritten === null ? [] : registersOf(table, columns)) {
        const compared = await compareUnwritten(client, register, unwritten!);
        if (compared === null) continue;
        found.ranges++;
        found.checksums.push(...compared.checksums);
        if (compared.different === null) continue;
        found.changed.add(shown);
        found.different.push(compared.different);
      }
    }
    return { ...found, notes };
  });
}

/** The columns of a table that can be compared; why another one cannot is noted. @param own those that the change writes */
function comparedColumns(
  table: SummedTable,
  types: ReadonlyMap<string, string>,
  own: ReadonlySet<string> | undefined,
  notes: string[],
): string[] {
  const why = (column: string, type: string): string | null => {
    const lost = table.updated.get(column)?.find(({ register: { key } }) => !types.has(key.column));
    if (lost !== undefined) return `there is no column ${lost.register.key.column} any more`;
    const now = types.get(column)!;
    return familyOf(now) === familyOf(type) ? null : `it was ${type} and is ${now}`;
  };
  return [...table.columns].flatMap(([column, type]) => {
    if (own?.has(column) === true || !types.has(column)) return [];
    const said = why(column, type);
    if (said !== null) notes.push(`${table.schema}.${table.name}.${column} was not compared: ${said}.`);
    return said === null ? [column] : [];
  });
}

/** The registers of a table whose values are compared. */
function registersOf({ updated }: SummedTable, columns: readonly string[]): Set<Register> {
  return new Set(
    columns.flatMap((column) => updated.get(column) ?? []).map(({ register }) => register)
      .filter(({ value }) => columns.includes(value.column)),
  );
}

/** Sums up a table in the time that is left for all of them. */
async function sumWithin(
  client: Client,
  untilMs: number,
  ...[table, types, columns]: [SummedTable, ReadonlyMap<string, string>, readonly string[]]
): Promise<RangeSums | Refused> {
  const leftMs = Math.max(1, Math.round(untilMs - performance.now()));
  await client.query(`SET LOCAL statement_timeout = ${leftMs}`);
  try {
    return await sumTable(client, table, types, columns);
  } finally {
    await client.query("SET LOCAL statement_timeout = 0").catch(() => {});
  }
}

/** Ranges of a table by its key, equally wide. */
async function rangesOf(client: Client, table: SummedTable, rows: number): Promise<SummedTable["ranges"]> {
  const text = ledgerSql("checksum_ends.sql", {
    relation: relationOf(table),
    key: pg.escapeIdentifier(table.key[0]!),
    condition: conditionOf(table),
  });
  const { rows: [ends] } = await client.query<{ from: string | null; to: string | null }>(text);
  if (ends!.from === null) return null;
  const [from, to] = [BigInt(ends!.from), BigInt(ends!.to!)];
  const count = BigInt(Math.min(MOST_RANGES, Math.max(1, Math.round(rows / RANGE_ROWS))));
  const starts = Array.from(
    { length: Number(count) },
    (_, at) => from + (to - from + 1n) * BigInt(at) / count,
  );
  return { from: [...new Set(starts)].map(String), last: String(to) };
}

function notCompared(shown: string, { code, message }: Refused, budgetMs: number): string {
  const why = code === "57014"
    ? `it takes longer than ${Math.round(budgetMs / 1000)} s`
    : `${message} (${code})`;
  return `${shown} was not compared: ${why}.`;
}
