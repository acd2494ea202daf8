import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { armsOf, loadWorkload } from "../load/arms.ts";
import { proveEqual } from "../load/equality.ts";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import { loadSqlSources } from "../load/sources.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import type { Stack } from "../stack/services.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { ROOT, writingOf, writtenAt } from "../undo/testing.ts";
import { undoing } from "../undo/undoing.ts";
import { explainAll } from "./explain_all.ts";
import { openOwnTables, undoOwnWrites } from "./own_tables.ts";
import { until } from "./testing.ts";

const SCENARIO = {
  name: "own-shop",
  title: "A shop of one's own",
  dataset: { schemas: ["shop"], setup: "setup.sql", undo: "undo.sql" },
  workload: "./shop",
  duration: 3,
  warmup: 0,
  block: 1,
  washout: 0,
  timeout: 5,
  paths: ["sql"],
  settings: {},
  sources: { items: { sql: "items.sql" } },
  arrivals: "poisson",
  rate: 50,
  operations: [
    { name: "item", weight: 1, params: { id: { kind: "source", source: "items", column: "id" } } },
    { name: "sell", weight: 1, write: true, params: { id: { kind: "integer", min: 1, max: 40 } } },
  ],
};

const FILES: Readonly<Record<string, string>> = {
  // As a user's own does that fills more tables when there is already one of another's.
  "setup.sql": "CREATE SCHEMA made; CREATE TABLE made.copy AS SELECT * FROM shop.item;",
  "undo.sql": "UPDATE shop.item SET stock = 10 WHERE stock <> 10;",
  "items.sql": "SELECT id FROM shop.item ORDER BY id",
  "shop/item.sql": "-- An item.\n-- :id integer\nSELECT id, stock FROM shop.item WHERE id = :id\n",
  "shop/sell.sql":
    "-- Sells one.\n-- :id integer\nUPDATE shop.item SET stock = stock - 1 WHERE id = :id RETURNING stock\n",
  "shop/sell.check.sql": "-- What it left.\n-- :id integer\nSELECT stock FROM shop.item WHERE id = :id\n",
};

/** Something that a run does in a session that is not measured. */
export type UnmeasuredStep =
  | "a source's SQL"
  | "the setup of own tables"
  | "the undo of own tables"
  | "the looks before the first write"
  | "the proof"
  | "the plans";

/** Each of a job's steps that asks a table of the user's, by itself. */
async function stepsOf(
  home: string,
  url: string,
): Promise<Record<UnmeasuredStep, (url: string, signal: AbortSignal) => Promise<unknown>>> {
  const dir = join(home, "mine");
  mkdirSync(join(dir, "shop"), { recursive: true });
  writeFileSync(join(dir, "own.ts"), `export default ${JSON.stringify(SCENARIO)};\n`);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), `${text}\n`);
  const scenario = await loadScenario(ROOT, join(dir, "own.ts"));
  const sources = await loadSqlSources(scenario, url);
  const workload = await loadWorkload(scenario.workloadDir, scenario);
  const armsAt = (url: string) => armsOf(scenario, workload, [{ name: "sql", target: { path: "sql", url } }]);
  const written = writingOf(scenario, { url, home, dataset: null }, sources);
  const { mix, runId } = written;
  const empty: LoadedScenario = { ...scenario, ownTables: { ...scenario.ownTables!, schemas: ["made"] } };
  return {
    "a source's SQL": (url, signal) => loadSqlSources(scenario, url, signal),
    "the setup of own tables": (url, signal) => {
      const stack = {
        postgres: { origin: "embedded" },
        databaseUrl: () => Promise.resolve(url),
      };
      const hold = () => Promise.resolve();
      return openOwnTables(stack as unknown as Stack, empty, hold, openTerminal({ json: true }), signal);
    },
    "the undo of own tables": (url, signal) =>
      undoOwnWrites(url, scenario, { file: "undo.sql", sql: FILES["undo.sql"]! }, signal),
    "the looks before the first write": (url, signal) =>
      undoing({ ...written, databases: [writtenAt(url)], signal }, () => assert.fail("it went on")),
    "the proof": (url, signal) => {
      const { arms } = armsAt(url);
      const asked = { scenario, workload, arms, databaseUrl: url, runId, mix, seed: 1, signal };
      return proveEqual({ ...asked, onProgress: () => {} });
    },
    "the plans": (url, signal) => explainAll(armsAt(url), mix, "test", signal),
  };
}

/** Tries steps while somebody has locked the user's table: each waits for so long and says for whom, or ends at once. */
export async function assertLimited(t: Deno.TestContext, names: readonly UnmeasuredStep[]): Promise<void> {
  await withDatabase(async (url, { home }) => {
    const theirs = new Client({ connectionString: url, application_name: "their-migration" });
    await theirs.connect();
    const one = async <Row>(sql: string) => (await theirs.query(sql)).rows[0] as Row;
    try {
      await theirs.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.item (id integer PRIMARY KEY, stock integer NOT NULL);
        INSERT INTO shop.item SELECT n, 10 FROM generate_series(1, 40) AS n`);
      const found = () => one("SELECT md5(string_agg(i::text, ',' ORDER BY id)) AS hash FROM shop.item i");
      const before = await found();
      const steps = await stepsOf(home, url);
      await theirs.query("BEGIN; LOCK TABLE shop.item IN ACCESS EXCLUSIVE MODE");
      const waiting = async () =>
        (await one<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_locks
           WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        )).n;
      const short = new URL(url);
      short.searchParams.set("options", "-c lock_timeout=2500");
      for (const name of names) {
        const step = steps[name];
        await t.step(`${name}: whose lock it is`, async () => {
          await assert.rejects(
            step(short.href, new AbortController().signal),
            (error: BenchbookError) => {
              assert.ok(error instanceof BenchbookError, String(error));
              assert.match(
                error.message,
                /locks must be free within \d(\.\d)? s: session \d+ \("their-migration".* against \w+ on shop\.item$/,
              );
              return error.exitCode === 3;
            },
          );
          assert.equal(await waiting(), 0);
        });

        await t.step(`${name}: an interruption`, async () => {
          const interrupted = new AbortController();
          const ended = assert.rejects(step(url, interrupted.signal), InterruptedError);
          await until(async () => await waiting() > 0 || null, "nothing waits for the lock");
          // Who waited on would come to a limit, and not be interrupted.
          interrupted.abort();
          await ended;
          assert.equal(await waiting(), 0);
        });
      }
      await theirs.query("ROLLBACK");
      assert.deepEqual(await found(), before);
      assert.deepEqual(await one("SELECT to_regnamespace('made') AS made"), { made: null });
    } finally {
      await theirs.end();
    }
  });
}
