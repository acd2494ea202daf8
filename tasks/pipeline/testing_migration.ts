import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { embeddedDatabaseUrl, startPostgres } from "../stack/postgres.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import type { RunSummary } from "../model/summary.ts";
import { openRun } from "../store/read.ts";
import { summarise } from "../summary/summarise.ts";
import type { StepRecord } from "../model/migration.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { type RunningTask, SHORT, until, type Workbench } from "./testing.ts";

/** Little data, and a load that only direct SQL answers. */
export const LITTLE = [
  "--scale",
  "tiny",
  "--rate",
  "100",
  "--paths",
  "sql",
  "--warmup",
  "300ms",
  "--no-report",
];

/** The shortest bench: it begins with what earlier runs have left. */
export const NEXT = ["smoke", ...SHORT, "--paths", "sql", "--no-report"];

/** A file of a user's, in which a fault has time to come. */
export const SLOW = [
  "ALTER TABLE northwind.orders ADD COLUMN first_note text;",
  "SELECT pg_sleep(6);",
  "ALTER TABLE northwind.orders ADD COLUMN last_note text;",
  "",
].join("\n");

/** The same where the fault comes later. */
export const BRIEF = SLOW.replace("6", "0.1");

/** Where in a run something happens to it. */
export type When = "baseline" | "migrate" | "recovery";

/** Writes a file of a user's. */
export function ownFile({ folder }: Workbench, sql: string, name = "change.sql"): string {
  const path = join(folder, name);
  Deno.writeTextFileSync(path, sql);
  return path;
}

/** Starts a migration of `SLOW`, and waits until it is there. */
export async function startedUntil(
  bench: Workbench,
  when: When,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningTask> {
  const duration = { baseline: "8s", migrate: "1s", recovery: "4s" }[when];
  const running = bench.start("migrate", [...args, ...LITTLE, "--duration", duration], env);
  const spool = await bench.measuring();
  if (when === "baseline") return running;
  const wanted = when === "migrate" ? 2 : 3;
  await until(() => {
    const last = stepsIn(spool).at(-1);
    return last?.statement === wanted && (when === "migrate" || last.endUs !== null) ? true : null;
  }, `no statement ${wanted} of the migration`);
  // Who is killed then has told of what was acknowledged by now.
  const before = bytesIn(spool);
  if (when === "migrate") await until(() => bytesIn(spool) > before || null, "nothing more was told");
  return running;
}

/** How much a spool has of timings. */
function bytesIn(spool: string): number {
  const segments = [...Deno.readDirSync(spool)].filter(({ name }) => name.endsWith(".seg"));
  return segments.reduce((sum, { name }) => sum + Deno.statSync(join(spool, name)).size, 0);
}

/** What a spool has of statements: a line each, with a checksum before it. */
export function stepsIn(spool: string): StepRecord[] {
  try {
    const lines = Deno.readTextFileSync(join(spool, "migration_steps.jsonl")).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(/\{.*\}/.exec(line)![0]) as StepRecord);
  } catch {
    return [];
  }
}

/** The clones of the embedded server, which is started for it alone. */
export function clonesIn(bench: Workbench): Promise<string[]> {
  return asking(
    bench,
    async (client) =>
      (await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'benchbook_clone%'"))
        .rows.map(({ datname }) => datname as string),
  );
}

/** Does something in the database that a run's move has left on the embedded target, likewise. */
export async function inTarget<T>(
  bench: Workbench,
  use: (client: Client, databases: readonly string[]) => Promise<T>,
): Promise<T> {
  const named = "SELECT datname FROM pg_database WHERE datname LIKE 'benchbook_target%'";
  const databases = await asking(
    bench,
    async (client) => (await client.query(named)).rows.map(({ datname }) => datname as string),
    "postgres",
    TARGET,
  );
  return await asking(bench, (client) => use(client, databases), databases[0] ?? "postgres", TARGET);
}

const TARGET = "postgres-target";

/** Does something in a clone that was left, behind everybody's back. */
export function inClone<T>(bench: Workbench, clone: string, use: (client: Client) => Promise<T>): Promise<T> {
  return asking(bench, use, clone);
}

async function asking<T>(
  { home }: Workbench,
  use: (client: Client) => Promise<T>,
  database = "postgres",
  name = "postgres",
): Promise<T> {
  let running: ProcessId | undefined;
  try {
    const started = (server: { process: ProcessId }) => running = server.process;
    const { port } = await startPostgres(home, started, undefined, { name });
    const client = new Client({ connectionString: embeddedDatabaseUrl(home, port, database, name) });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  } finally {
    if (running !== undefined) await stopProcess(running, "SIGINT");
  }
}

/** Whether a run that was told to end left at once, as a machine may be too busy to end it in order. */
export function leftAtOnce({ stderr }: Called): boolean {
  return stderr.includes("Exited immediately.");
}

/** The run that Ctrl-C has ended. Where it left at once, and had not stored it, the next start has, as cut off there. */
export async function interrupted(bench: Workbench, ended: Called): Promise<RunSummary> {
  const hurried = leftAtOnce(ended);
  const next = hurried ? await bench.call("bench", NEXT) : null;
  const [, recovered] = /Recovered run (\S+) \(/.exec(next?.stdout ?? "") ?? [];
  const found = await ofRun(bench, recovered ?? (hurried ? "latest~1" : "latest"));
  assert.deepEqual([found.run.kind, found.run.verdict], ["migrate", null]);
  assert.ok(
    found.run.status === "interrupted" || hurried && found.run.status === "crashed",
    found.run.status,
  );
  return found;
}

/** The newest run of the store. */
export function latest(bench: Workbench): Promise<RunSummary> {
  return ofRun(bench, "latest");
}

/** A run of the store. */
export async function ofRun({ db }: Workbench, run: string): Promise<RunSummary> {
  return await summarise(await openRun(run, { db }), run);
}
