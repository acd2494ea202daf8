import { dirname, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import type { Source } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import type { Value } from "../targets/target.ts";
import type { SourceRows } from "./mix.ts";
import type { LoadedScenario } from "./scenario.ts";

/** Every worker holds a copy of what is drawn from. */
const MOST_ROWS = 1_000_000;

/**
 * Reads the columns that a scenario draws from its sources. Numbers and texts stay; anything else becomes text.
 * @param databaseUrl where SQL sources are asked
 * @throws {UsageError} naming the scenario's file and field: a file that is missing or cannot be read, a column
 * that is not there, no rows or too many
 */
export async function loadSources(
  { file, sources = {}, operations }: Pick<LoadedScenario, "file" | "sources" | "operations">,
  databaseUrl: string,
): Promise<Record<string, SourceRows>> {
  const loaded: Record<string, SourceRows> = {};
  for (const [name, source] of Object.entries(sources)) {
    const fault = (what: string, next?: string) =>
      new UsageError(`Cannot use the scenario file ${file}: sources.${name}: ${what}`, next);
    const wanted = new Set(
      operations.flatMap(({ params }) => Object.values(params))
        .flatMap((draw) => draw.kind === "source" && draw.source === name ? [draw.column] : []),
    );
    if (wanted.size === 0) continue;
    let table: { names: readonly string[]; rows: readonly (readonly unknown[])[] };
    try {
      table = await read(source, resolve(dirname(file), Object.values(source)[0]!), databaseUrl);
    } catch (error) {
      throw fault(`cannot be read: ${(error as Error).message.split("\n")[0]}`);
    }
    const { names, rows } = table;
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
    loaded[name] = { rows: rows.length, columns };
  }
  return loaded;
}

async function read(source: Source, path: string, databaseUrl: string) {
  if ("sql" in source) return await readSql(await Deno.readTextFile(path), databaseUrl);
  await Deno.stat(path).catch(() => {
    throw new Error(`there is no file ${path}`);
  });
  return await readFile("csv" in source ? "read_csv" : "read_parquet", path);
}

async function readFile(reader: "read_csv" | "read_parquet", path: string) {
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

async function readSql(text: string, databaseUrl: string) {
  const client = new Client({ connectionString: databaseUrl, application_name: "benchbook-source" });
  await client.connect();
  try {
    await client.query("BEGIN READ ONLY");
    const { fields, rows } = await client.query({ text, rowMode: "array" });
    return { names: fields.map(({ name }) => name), rows: rows as unknown[][] };
  } finally {
    await client.end().catch(() => {});
  }
}

function exact(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function valueOf(value: unknown): Value {
  if (typeof value === "number" || typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
