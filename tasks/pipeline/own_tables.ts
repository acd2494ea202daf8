import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { Client } from "pg";
import type { LoadedScenario } from "../load/scenario.ts";
import type { SeededDataset } from "../model/dataset.ts";
import { UsageError } from "../model/errors.ts";
import { formatCount } from "../model/units.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { refuseReplicated } from "../seed/listeners.ts";
import { contentHash, hashRelation, type TableSum } from "../seed/hash.ts";
import { schemaSql } from "../seed/sql.ts";
import type { Stack } from "../stack/services.ts";
import type { OwnUndo } from "../undo/journal.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Rows beyond which tables of the user's own are not read through for a hash. */
const HASHED_ROWS = 20_000_000;

/** @throws {UsageError} where a scenario names a file for its tables that is not there */
export async function findOwnFiles(scenario: LoadedScenario): Promise<void> {
  const { setup, undo } = scenario.ownTables ?? {};
  if (setup !== undefined) await readBeside(scenario, "dataset.setup", setup);
  if (undo !== undefined) await readBeside(scenario, "dataset.undo", undo);
}

/**
 * The database of a scenario that brings tables of its own: DATABASE_URL as it is, or an embedded one that the
 * scenario's setup has filled.
 * @param hold called with its URL before anything is changed in it
 * @throws {UsageError} when the setup fails, a schema has no tables, or what is written into them would be replicated
 */
export function openOwnTables(
  stack: Stack,
  scenario: LoadedScenario,
  hold: (url: string) => Promise<void>,
  terminal: Terminal,
): Promise<{ readonly url: string; readonly dataset: SeededDataset }> {
  const { schemas, setup } = scenario.ownTables!;
  const embedded = stack.facts().some(({ name, origin }) => name === "postgres" && origin === "embedded");
  return terminal.step(`Find the tables of ${scenario.name}`, async () => {
    const text = setup === undefined ? null : await readBeside(scenario, "dataset.setup", setup);
    const url = await stack.databaseUrl(await ownDatabase(scenario));
    await hold(url);
    const dataset = await withClient(url, async (client) => {
      let tables = await tablesIn(client, schemas);
      if (tables.length === 0 && embedded && text !== null) {
        await runFile(client, scenario, setup!, text);
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
      return await describe(client, scenario, tables);
    }, UNLIMITED);
    const detail = `${formatCount(tablesOf(dataset))} tables, ${formatCount(dataset.rows)} rows`;
    return { value: { url, dataset }, detail };
  });
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
  return file === undefined ? null : { file, sql: await readBeside(scenario, "dataset.undo", file), schemas };
}

/** Runs it. @throws {UsageError} with PostgreSQL's message; then nothing of it was done */
export async function undoOwnWrites(
  url: string,
  scenario: LoadedScenario,
  { file, sql }: Pick<OwnUndo, "file" | "sql">,
): Promise<void> {
  await withClient(url, (client) => runFile(client, scenario, file, sql), UNLIMITED);
}

function tablesOf({ counts }: SeededDataset): number {
  return Object.keys(counts).length;
}

async function tablesIn(client: Client, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(schemaSql("benchbook/own_tables.sql"), [schemas]);
  return rows.map(({ name }) => name);
}

async function describe(
  client: Client,
  scenario: LoadedScenario,
  tables: readonly string[],
): Promise<SeededDataset> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::float8 AS n FROM ${table}`);
    counts[table] = rows[0]!.n;
  }
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const sums: Record<string, TableSum> = {};
  if (rows <= HASHED_ROWS) {
    await client.query(`BEGIN READ ONLY; ${schemaSql("benchbook/pin.sql")}`);
    for (const table of tables) {
      const sum = await hashRelation(client, table);
      sums[table] = { rows: sum.rows, sum: sum.hex };
    }
    await client.query("COMMIT");
  }
  const hash = rows <= HASHED_ROWS ? await contentHash(sums) : "not taken: too many rows";
  return { name: scenario.name, scale: "own", seed: 0, variation: "", counts, rows, bytes: null, hash };
}

async function runFile(client: Client, { file }: LoadedScenario, name: string, text: string): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(text);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw new UsageError(
      `Cannot run ${name} of the scenario file ${file}: ${(error as Error).message}`,
      undefined,
      {
        cause: error,
      },
    );
  }
}

async function readBeside({ file }: LoadedScenario, field: string, path: string): Promise<string> {
  const full = resolve(dirname(file), path);
  try {
    return await Deno.readTextFile(full);
  } catch {
    throw new UsageError(`Cannot use the scenario file ${file}: ${field}: there is no file ${full}`);
  }
}
