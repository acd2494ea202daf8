import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { Client } from "pg";
import { readSmallText } from "../files/small_file.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { faultsOf } from "../load/scenario_fault.ts";
import type { SeededDataset } from "../model/dataset.ts";
import { UsageError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { statementKinds } from "../postgres/sql_parser.ts";
import { datasets } from "../seed/catalog.ts";
import { isOfServer, UNLIMITED, withClient } from "../seed/connect.ts";
import { refuseReplicated } from "../seed/listeners.ts";
import { schemaSql, transaction } from "../seed/sql.ts";
import { isEmbedded, type Stack } from "../stack/services.ts";
import type { OwnUndo } from "../undo/record.ts";
import { runOwnUndo } from "../undo/own_undo.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** @throws {UsageError} where a scenario names a file for its tables that is not there, or is not SQL */
export async function checkOwnFiles(scenario: LoadedScenario): Promise<void> {
  const { setup, undo } = scenario.ownTables ?? {};
  for (const [field, path] of [["dataset.setup", setup], ["dataset.undo", undo]] as const) {
    if (path === undefined) continue;
    const sql = await readBeside(scenario, field, path);
    const next = `It is ${field} of the scenario file ${scenario.file}.`;
    await statementKinds(sql, { file: resolve(dirname(scenario.file), path), next });
  }
}

/**
 * The database of a scenario that brings tables of its own: DATABASE_URL as it is, or an embedded one that the
 * scenario's setup has filled.
 * @param hold called with its URL before anything is changed in it
 * @param signal cancels what is under way, and with it a setup, which then leaves nothing
 * @throws {UsageError} when the setup fails, a schema has no tables, or what is written into them would be replicated
 * @throws {ServiceError} where the server fails, or others hold locks that are needed
 * @throws {InterruptedError} after `signal`
 */
export function openOwnTables(
  stack: Stack,
  scenario: LoadedScenario,
  hold: (url: string) => Promise<void>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ readonly url: string; readonly dataset: SeededDataset }> {
  const { schemas, setup } = scenario.ownTables!;
  const embedded = isEmbedded(stack.postgres);
  return terminal.step(`Find the tables of ${scenario.name}`, async () => {
    const text = setup === undefined ? null : await readBeside(scenario, "dataset.setup", setup);
    const url = await stack.databaseUrl(await ownDatabase(scenario));
    await hold(url);
    const dataset = await withClient(url, async (client) => {
      let tables = await tablesIn(client, schemas);
      if (tables.length === 0 && embedded && text !== null) {
        await runFile(scenario, setup!, () => transaction(client, () => client.query(text)));
        // So that the server knows how many rows there are, and plans for them.
        for (const { name } of await tablesIn(client, schemas)) await client.query(`ANALYZE ${name}`);
        tables = await tablesIn(client, schemas);
      }
      if (tables.length === 0) {
        throw new UsageError(
          `Cannot run the scenario file ${scenario.file}: there are no tables in ${schemas.join(", ")}`,
          embedded
            ? "Name a file that makes and fills them as dataset.setup."
            : "Make them in DATABASE_URL first.",
        );
      }
      if (scenario.ownTables!.undo !== undefined || scenario.operations.some(({ write }) => write)) {
        await refuseReplicated(client, `run ${scenario.name}`, schemas);
      }
      return describe(scenario, tables);
    }, { ...UNLIMITED, signal });
    const detail = `${counted(tablesOf(dataset), "table")}, about ${counted(dataset.rows, "row")}`;
    return { value: { url, dataset }, detail };
  });
}

/** The schemas of the data that a scenario asks, be they a data set's or the user's. */
export function schemasOf({ ownTables, datasetName }: LoadedScenario): readonly string[] {
  return (ownTables ?? datasets[datasetName!]!).schemas;
}

/** The embedded database of a scenario with tables of its own: another setup, or other schemas, have another. */
export async function ownDatabase(scenario: LoadedScenario): Promise<string> {
  const { schemas, setup } = scenario.ownTables!;
  const text = setup === undefined ? null : await readBeside(scenario, "dataset.setup", setup);
  const version = createHash("sha256").update(JSON.stringify([schemas, text])).digest("hex").slice(0, 10);
  return `own_${scenario.name.replaceAll("-", "_")}_${version}`;
}

/** The scenario's own SQL that takes a run's writes back; null where it has none. */
export async function ownUndo(scenario: LoadedScenario): Promise<OwnUndo | null> {
  const { undo: file, schemas = [] } = scenario.ownTables ?? {};
  if (file === undefined) return null;
  const sql = await readBeside(scenario, "dataset.undo", file);
  return { file, path: resolve(dirname(scenario.file), file), sql, schemas };
}

/**
 * Runs it.
 * @returns rows that it removed or changed; null where the server does not count
 * @throws {UsageError} with PostgreSQL's message, {ServiceError} where others hold locks that it needs,
 * {InterruptedError} after `signal`; then nothing of it was done
 */
export async function undoOwnWrites(
  url: string,
  scenario: LoadedScenario,
  { file, sql }: Pick<OwnUndo, "file" | "sql">,
  signal: AbortSignal,
): Promise<number | null> {
  const { rows } = await withClient(
    url,
    (client) => runFile(scenario, file, () => runOwnUndo(client, sql, () => true)),
    { ...UNLIMITED, signal },
  );
  return rows;
}

function tablesOf({ counts }: SeededDataset): number {
  return Object.keys(counts).length;
}

interface OwnTable {
  /** As SQL writes it, with its schema. */
  readonly name: string;
  /** As the server estimates them. */
  readonly rows: number;
  /** Columns with their types, indexes, partitions: what it is, and nothing of what is in it. */
  readonly definition: string;
}

async function tablesIn(client: Client, schemas: readonly string[]): Promise<OwnTable[]> {
  return (await client.query<OwnTable>(schemaSql("benchbook/own_tables.sql"), [schemas])).rows;
}

/**
 * What is known of the user's own tables from the catalog alone: reading them through would load the server that somebody
 * lives from, and wait for locks.
 */
function describe({ name }: LoadedScenario, tables: readonly OwnTable[]): SeededDataset {
  const counts = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const definitions = JSON.stringify(tables.map((table) => [table.name, table.definition]));
  const digest = createHash("sha256").update(definitions).digest("hex").slice(0, 32);
  const hash = `${digest} (of the tables' definitions; their rows are not read)`;
  return { name, scale: "own", seed: 0, variation: "", counts, rows, bytes: null, hash };
}

async function runFile<T>({ file }: LoadedScenario, name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isOfServer(error)) throw error;
    throw new UsageError(
      `Cannot run ${name} of the scenario file ${file}: ${(error as Error).message}`,
      undefined,
      { cause: error },
    );
  }
}

async function readBeside({ file }: LoadedScenario, field: string, path: string): Promise<string> {
  const full = resolve(dirname(file), path);
  try {
    return await Promise.resolve(readSmallText(full));
  } catch (error) {
    const state = error instanceof Deno.errors.NotFound
      ? `there is no file ${full}`
      : `cannot read ${full}: ${(error as Error).message}`;
    throw faultsOf(file)(`${field}: ${state}`);
  }
}
