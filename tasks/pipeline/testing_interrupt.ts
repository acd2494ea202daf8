import assert from "node:assert/strict";
import { resolve } from "node:path";
import { Client } from "pg";
import { isAlive, type ProcessId } from "../stack/process.ts";
import { inspectLock } from "../stack/lock.ts";
import { readRecords } from "../stack/state.ts";
import { type TestPostgres, withPostgres } from "../stack/testing.ts";
import { openStore } from "../store/open.ts";
import { difference, type Look } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { type PseudoTerminal, withPseudoTerminal } from "../testing/pseudo_terminal.ts";
import { NORTHWIND, SEEDED, until, withWorkbench, type Workbench } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

const root = resolve(import.meta.dirname!, "../..");

/** Rows with keys that only a run writes, in a database that a user lives from. */
export async function reservedRows(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM northwind.orders WHERE order_id >= 1000000000",
    );
    return rows[0].n as number;
  } finally {
    await client.end();
  }
}

/** A workbench, and a PostgreSQL of the user's with data in it. */
export function withUserDatabase(
  use: (bench: Workbench, url: string, postgres: TestPostgres) => Promise<void>,
): Promise<void> {
  return withPostgres((_empty, postgres) =>
    withWorkbench(async (bench) => {
      const url = await postgres.database(NORTHWIND);
      found.set(url, await lookAtPostgres(url));
      await use(bench, url, postgres);
    }, { untouched: true }), SEEDED);
}

/** How each database was when its user began to live from it. */
const found = new Map<string, Look>();

/** What a run may do to Benchbook's own tables: vacuum them after its rows were taken back. */
const OURS = /: maintenance of table northwind\./;
/** Sessions may take so long to be gone, on a busy machine too. */
const SETTLED_MS = 20_000;

/** The server is as it was found: not rows alone. */
export async function assertDatabaseAsFound(url: string): Promise<void> {
  const before = found.get(url)!;
  const lines = async () => difference(before, await lookAtPostgres(url), { except: [OURS] });
  const deadline = performance.now() + SETTLED_MS;
  while ((await lines()).length > 0 && performance.now() < deadline) {
    await sleep(100);
  }
  assert.deepEqual(await lines(), [], "not as it was found");
}

/** Runs a task as a person does, `launcher` being how: `deno task`, or `npx -y deno task`. */
export function inTerminal<T>(
  { launcher = ["deno", "task"], task, args = [], bench, url = "" }: {
    readonly launcher?: readonly string[];
    readonly task: string;
    readonly args?: readonly string[];
    readonly bench: Workbench;
    readonly url?: string;
  },
  use: (terminal: PseudoTerminal) => Promise<T>,
): Promise<T> {
  const env = {
    BENCHBOOK_HOME: bench.home,
    BENCHBOOK_REPORTS: bench.reports,
    DATABASE_URL: url,
    REDIS_URL: "",
    GRAPHQL_URL: "",
    NO_COLOR: "1",
    COLUMNS: "1000",
  };
  return withPseudoTerminal([...launcher, task, ...args], { cwd: root, env }, use);
}

/** Waits until the run writes into the user's tables. */
export async function writing(bench: Workbench, url: string): Promise<void> {
  await bench.measuring();
  await until(async () => await reservedRows(url) > 0 || null, "the run wrote nothing");
}

/** The processes of services that run in the home. */
export function servicesOf({ home }: Workbench): ProcessId[] {
  return readRecords(home).map(({ process }) => process);
}

/** Status and rows of each stored run, oldest first. */
export async function storedRuns({ db }: Workbench): Promise<{ status: string; rows: number }[]> {
  if (!await Deno.stat(db).then(() => true, () => false)) return [];
  const store = await openStore(db, { mode: "read" });
  try {
    return await store.rows(
      `SELECT r.status::VARCHAR AS status, count(t.run_id)::INT AS rows
       FROM run r LEFT JOIN timing t USING (run_id) GROUP BY r.run_id, r.status ORDER BY r.run_id`,
    );
  } finally {
    store.close();
  }
}

/**
 * Nothing of Benchbook's is left: no service, no lock, and the user's server as it was found; where the machine was so
 * slow that the run left at once, and said so, once its rows are taken back as it said.
 */
export async function assertLeftAsFound(
  { bench, url, services, said = "" }: {
    bench: Workbench;
    url: string;
    services: readonly ProcessId[];
    said?: string;
  },
): Promise<void> {
  const alive = [...services, ...servicesOf(bench)].filter(isAlive);
  assert.deepEqual(alive, [], "every service is stopped");
  if (/Exited immediately\.[\s\S]*Rows that this run wrote may be left[\s\S]*clean --writes/.test(said)) {
    const cleaned = await bench.call("clean", ["--writes"], { DATABASE_URL: url });
    assert.equal(cleaned.code, 0, cleaned.stdout + cleaned.stderr);
  }
  await assertDatabaseAsFound(url);
  assert.notEqual(inspectLock(bench.home).state, "held");
}

/** The terminal is as a shell wants it: the cursor is shown again. */
export function assertSane(terminal: PseudoTerminal): void {
  const shown = terminal.output();
  assert.ok(shown.lastIndexOf("\x1b[?25h") >= shown.lastIndexOf("\x1b[?25l"), "the cursor is visible");
}
