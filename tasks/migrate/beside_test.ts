import assert from "node:assert/strict";
import type { BesidePlan } from "../model/migration.ts";
import { InterruptedError } from "../model/errors.ts";
import { openBeside } from "./beside.ts";
import { RUN_ID, withMigration } from "./testing_steps.ts";

const besideOf = (holdSeconds: number, ...texts: string[]): BesidePlan => ({
  file: "change/beside/01-report.sql",
  about: "",
  statements: texts.map((text, index) => ({ text, line: index + 1, shown: text })),
  holdSeconds,
});

const nowUs = () => performance.now() * 1000;

const OPEN = `
  SELECT a.pid, a.state, l.mode
  FROM pg_stat_activity a
  JOIN pg_locks l ON l.pid = a.pid AND l.relation = 'item'::regclass
  WHERE a.application_name = 'benchbook ${RUN_ID} beside' AND a.datname = current_database()`;

Deno.test("transactions beside a migration hold their locks for their time, and commit", async () => {
  await withMigration(async ({ url, all, theirs }) => {
    await theirs.query(
      "CREATE TABLE item (id integer); CREATE TABLE note (id integer); DO $$ BEGIN EXECUTE format(" +
        "'ALTER DATABASE %I SET idle_in_transaction_session_timeout = 100', current_database()); END $$",
    );
    const pids: number[] = [];
    const plans = [
      besideOf(0.4, "SELECT count(*) FROM item", "INSERT INTO note VALUES (1)"),
      besideOf(0.5, "SELECT count(*) FROM item"),
    ];
    const beside = await openBeside(plans, { url, runId: RUN_ID, nowUs, onSession: (pid) => pids.push(pid) });
    const open = await all<{ pid: number; state: string; mode: string }>(OPEN);
    const lookedUs = nowUs();
    for (const { pid, state, mode } of open) {
      assert.ok(pids.includes(pid));
      assert.equal(state, "idle in transaction");
      assert.equal(mode, "AccessShareLock");
    }
    const records = await beside.ended;
    assert.deepEqual(records.map(({ committed, error }) => ({ committed, error })), [
      { committed: true, error: null },
      { committed: true, error: null },
    ]);
    // On a machine that is slow the look may have come too late for them.
    assert.ok(open.length >= records.filter(({ endUs }) => endUs > lookedUs).length);
    for (const [at, { beganUs, heldUs, endUs }] of records.entries()) {
      assert.ok(beganUs <= heldUs && endUs - heldUs >= plans[at]!.holdSeconds * 1e6 * 0.99);
    }
    assert.deepEqual(await all("SELECT id FROM note"), [{ id: 1 }]);
    assert.deepEqual(await all(OPEN), []);
  });
});

Deno.test("they end with the signal or when they are told to, and leave nothing", async () => {
  await withMigration(async ({ url, all, theirs }) => {
    await theirs.query("CREATE TABLE item (id integer)");
    const plans = [besideOf(600, "INSERT INTO item VALUES (1)")];
    for (const way of ["signal", "end"] as const) {
      const interrupted = new AbortController();
      const beside = await openBeside(plans, { url, runId: RUN_ID, nowUs, signal: interrupted.signal });
      assert.equal((await all(OPEN)).length, 1);
      if (way === "signal") interrupted.abort();
      else void beside.end();
      const [record] = await beside.ended;
      assert.deepEqual([record!.committed, record!.error], [false, null]);
      assert.deepEqual(await all(OPEN), []);
      assert.deepEqual(await all("SELECT id FROM item"), []);
    }
    const interrupted = new AbortController();
    const slow = openBeside([besideOf(0, "SELECT FROM item, pg_sleep(600)", "SELECT pg_sleep(600)")], {
      url,
      runId: RUN_ID,
      nowUs,
      signal: interrupted.signal,
      onSession: () => interrupted.abort(),
    });
    await assert.rejects(slow, InterruptedError);
  });
});

Deno.test("one that fails ends the others", async () => {
  await withMigration(async ({ url, all, theirs }) => {
    await theirs.query("CREATE TABLE item (id integer)");
    await assert.rejects(
      openBeside([besideOf(600, "SELECT FROM item"), besideOf(1, "SELECT FROM itme")], {
        url,
        runId: RUN_ID,
        nowUs,
      }),
      /relation "itme" does not exist/,
    );
    assert.deepEqual(await all(OPEN), []);
  });
});
