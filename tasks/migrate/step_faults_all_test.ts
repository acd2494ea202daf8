import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import type { StepPlan } from "../model/migration.ts";
import { sleep } from "../net/sleep.ts";
import { looked } from "./moves/testing_concurrently.ts";
import {
  isWaiting,
  type MigrationBench,
  PLAIN,
  planOf,
  stepOf,
  untilWaiting,
  withMigration,
  withOwnMigration,
} from "./testing_steps.ts";

/** Runs a step while somebody holds up what it does, and kills the process that does it: the server starts anew then. */
async function killWhileWaiting(
  bench: MigrationBench,
  step: StepPlan,
  before: (bench: MigrationBench) => Promise<void> = async () => {},
) {
  let pid = 0;
  const running = bench.run(planOf(step, stepOf(2, PLAIN, "DROP TABLE item")), {
    onSession: (own) => pid = own,
  });
  await untilWaiting(bench, running);
  await before(bench);
  Deno.kill(pid, "SIGKILL");
  return (await running).outcome;
}

/** Asks over a new session: those from before are gone. */
async function asked(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

Deno.test("a server that crashes under batches keeps those that were done, and it is said which", async () => {
  await withOwnMigration(async (bench) => {
    await bench.theirs.query(
      `CREATE TABLE item (id integer PRIMARY KEY, visits integer NOT NULL DEFAULT 0);
       INSERT INTO item SELECT 3 * n FROM generate_series(1, 1000) n`,
    );
    await bench.theirs.query("BEGIN; UPDATE item SET visits = 0 WHERE id = 3000");
    const outcome = await killWhileWaiting(
      bench,
      stepOf(
        1,
        { kind: "batches", table: "item", key: "id" },
        "UPDATE item SET visits = visits + 1 WHERE id > :after AND id <= :upto",
      ),
    );
    assert.deepEqual([outcome.done, outcome.interrupted], [false, false]);
    assert.match(outcome.stopped!.next, /connection was lost/);
    const [, upto] = /^Of change\/safe\/01-step\.sql the keys up to id = (\d+) are done\.$/.exec(
      outcome.left[0]!,
    )!;
    assert.deepEqual(outcome.left.slice(1), ["Not begun: change/safe/02-step.sql."]);
    assert.deepEqual(
      await asked(bench.url, "SELECT max(id) AS upto, count(*)::int AS n FROM item WHERE visits = 1"),
      [{ upto: Number(upto), n: Number(upto) / 3 }],
    );
  });
});

Deno.test("a server that crashes while it builds an index is asked to remove it, once it is back", async () => {
  await withOwnMigration(async (bench) => {
    await bench.theirs.query("CREATE TABLE item (id integer PRIMARY KEY)");
    await bench.theirs.query("BEGIN; INSERT INTO item VALUES (1)");
    const outcome = await killWhileWaiting(
      bench,
      stepOf(
        1,
        { kind: "concurrently", index: "public.item_twice" },
        "CREATE INDEX CONCURRENTLY item_twice ON item ((2 * id))",
      ),
      looked,
    );
    assert.equal(outcome.done, false);
    assert.deepEqual(outcome.cleaned, ["The INVALID index public.item_twice was removed."]);
    assert.equal(outcome.left.length, 2);
    assert.deepEqual(await asked(bench.url, "SELECT FROM pg_index WHERE NOT indisvalid"), []);
  });
});

Deno.test("a statement that waits when its process is killed gives its place in the queue up", async () => {
  await withMigration(async ({ url, theirs, all }) => {
    await theirs.query("CREATE TABLE item (id integer)");
    await theirs.query("BEGIN; SELECT FROM item");
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", join(import.meta.dirname!, "testing_killed.ts"), url],
      stdout: "null",
    }).spawn();
    while (!await isWaiting({ all })) await sleep(20);
    child.kill("SIGKILL");
    await child.status;
    // Nobody ends what it waits for, and it has an hour's patience.
    const killedMs = performance.now();
    while (await isWaiting({ all })) {
      assert.ok(performance.now() - killedMs < 120_000, "it waits on");
      await sleep(20);
    }
    await theirs.query("COMMIT");
    assert.deepEqual(
      await all("SELECT FROM pg_attribute WHERE attrelid = 'item'::regclass AND attname = 'a'"),
      [],
    );
  });
});
