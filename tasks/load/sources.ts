import { dirname, join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { BenchbookError } from "../model/errors.ts";
import type { ParameterSource } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import { faultsOf, type ScenarioFault } from "./scenario_fault.ts";
import { statementKinds } from "../postgres/sql_parser.ts";
import { isOfServer, UNLIMITED, withClient } from "../seed/connect.ts";
import { exactParser } from "../targets/pg_exact.ts";
import type { Value } from "../targets/target.ts";
import type { SourceRows } from "./mix.ts";
import type { LoadedScenario } from "./scenario.ts";

/** Every worker holds a copy of what is drawn from. */
const MOST_ROWS = 1_000_000;

type Sources = Record<string, SourceRows>;
type Drawing = Pick<LoadedScenario, "file" | "sources" | "operations">;
interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * Reads the columns that a scenario draws from its CSV and Parquet files. Numbers and texts stay; anything else
 * becomes text. Needs no database: what is wrong is known before one is started.
 * @throws {UsageError} naming the scenario's file and field: a file that is missing or cannot be read (one
 * with SQL too), a column that is not there, no rows or too many
 */
export async function loadFileSources(scenario: Drawing): Promise<Sources> {
  return await loadEach(scenario, async (source, path) => {
    await Deno.stat(path).catch(() => {
      throw new Error(`there is no file ${path}`);
    });
    if ("sql" in source) {
      const next = `It is a source of the scenario file ${scenario.file}.`;
      await statementKinds(await Deno.readTextFile(path), { file: path, next });
      return null;
    }
    return await readFile("csv" in source ? "read_csv" : "read_parquet", path);
  });
}

/**
 * Reads the columns that a scenario draws from answers to its SQL files, asked at `databaseUrl`. Such a question takes
 * as long as it takes.
 * @param signal cancels it
 * @throws {UsageError} as of files
 * @throws {ServiceError} where the server fails, or others hold locks that it needs
 * @throws {InterruptedError} after `signal`
 */
export async function loadSqlSources(
  scenario: Drawing,
  databaseUrl: string,
  signal?: AbortSignal,
): Promise<Sources> {
  return await loadEach(
    scenario,
    async (source, path) =>
      "sql" in source ? await readSql(await Deno.readTextFile(path), databaseUrl, signal) : null,
  );
}

/** @param read gives null of sources that are not its own */
async function loadEach(
  { file, sources = {}, operations }: Drawing,
  read: (source: ParameterSource, path: string) => Promise<Table | null>,
): Promise<Sources> {
  const loaded: Sources = {};
  for (const [name, source] of Object.entries(sources)) {
    const fault: ScenarioFault = (what, next) => faultsOf(file)(`sources.${name}: ${what}`, next);
    const wanted = new Set(
      operations.flatMap(({ params }) => Object.values(params))
        .flatMap((draw) => draw.kind === "source" && draw.source === name ? [draw.column] : []),
    );
    if (wanted.size === 0) continue;
    let table: Table | null;
    try {
      table = await read(source, resolve(dirname(file), Object.values(source)[0]!));
    } catch (error) {
      if (error instanceof BenchbookError) throw error;
      throw fault(`cannot be read: ${(error as Error).message.split("\n")[0]}`);
    }
    if (table !== null) loaded[name] = columnsOf(table, wanted, fault);
  }
  return loaded;
}

function columnsOf({ names, rows }: Table, wanted: ReadonlySet<string>, fault: ScenarioFault): SourceRows {
  if (rows.length === 0) throw fault("has no rows");
  if (rows.length > MOST_ROWS) throw fault(`has more than ${MOST_ROWS} rows`, "Give a part of it.");
  const columns: Record<string, Value[]> = {};
  for (const column of wanted) {
    const at = names.indexOf(column);
    if (at < 0) throw fault(`has no column "${column}"`, hint(column, names));
    const empty = rows.findIndex((row) => row[at] === null);
    if (empty >= 0) {
      throw fault(`column "${column}" is empty in row ${empty + 1}: a parameter needs a value`);
    }
    columns[column] = rows.map((row) => valueOf(row[at]));
  }
  return { rows: rows.length, columns };
}

async function readFile(reader: "read_csv" | "read_parquet", path: string): Promise<Table> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(
      `SELECT * FROM ${reader}($path) LIMIT ${MOST_ROWS + 1}`,
      { path },
    );
    const rows = result.getRowsJson() as unknown[][];
    const types = result.columnTypes();
    // DuckDB's JSON has 64-bit integers as text; keys of that size are mostly within what a double holds exactly.
    const whole = types.map((type) => /^(BIGINT|UBIGINT|HUGEINT)$/.test(String(type)));
    return {
      names: result.columnNames(),
      rows: rows.map((row) =>
        row.map((value, at) => whole[at] && value !== null ? exact(String(value)) : value)
      ),
    };
  } finally {
    instance.closeSync();
  }
}

async function readSql(text: string, databaseUrl: string, signal?: AbortSignal): Promise<Table> {
  const options = { ...UNLIMITED, name: "benchbook-source", signal };
  let refused: unknown;
  const table = await withClient(databaseUrl, async (client) => {
    await client.query(`BEGIN READ ONLY; ${Deno.readTextFileSync(EXACT_TEXTS)}`);
    try {
      // deno-lint-ignore no-explicit-any -- its type speaks of parsers that know of formats
      const { fields, rows } = await client.query({ text, rowMode: "array", types: EXACT as any });
      return { names: fields.map(({ name }) => name), rows: rows as unknown[][] };
    } catch (error) {
      if (isOfServer(error)) throw error;
      refused = error;
      return null;
    }
  }, options);
  if (table === null) throw refused;
  return table;
}

const EXACT_TEXTS = join(import.meta.dirname!, "../../queries/undo/exact_texts.sql");

const [TIMESTAMP, TIMESTAMPTZ] = [1114, 1184];
const KEPT_AS_TEXT = new Set([114, 199, 600, 718, 3802, 3807]);

/** What is drawn is written back: JSON and points are not read, and times are as ISO 8601 writes them. */
const EXACT = {
  getTypeParser(oid: number): (text: string) => unknown {
    if (oid === TIMESTAMP || oid === TIMESTAMPTZ) return iso;
    return KEPT_AS_TEXT.has(oid) ? (text) => text : exactParser(oid);
  },
};

function iso(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T").replace(/([+-]\d{2})$/, "$1:00");
}

function exact(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** Numbers, texts and lists of them as they are; what DuckDB gives beside them as text. */
function valueOf(value: unknown): Value {
  if (isValue(value)) return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isValue(value: unknown): value is Value {
  if (typeof value === "number" || typeof value === "string") return true;
  return Array.isArray(value) && value.every((inner) => inner === null || isValue(inner));
}
