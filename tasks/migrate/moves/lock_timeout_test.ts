import assert from "node:assert/strict";
import type { Move } from "../../model/migration.ts";
import {
  isWaiting,
  LOCK_TIMEOUT,
  type MigrationBench,
  planOf,
  stepOf,
  TOGETHER,
  untilWaiting,
  withMigration,
} from "../testing_steps.ts";
import { retryPauseMs } from "./retry.ts";

Deno.test("a statement gives its place in the queue up and tries again until the lock is free", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query("CREATE TABLE item (id integer)");
    await theirs.query("BEGIN; SELECT FROM item");
    const readers: Promise<unknown>[] = [];
    const { outcome, rows, told } = await run(
      planOf(stepOf(1, LOCK_TIMEOUT, "ALTER TABLE item ADD COLUMN a text")),
      {
        lockTimeoutMs: 50,
        onRecord: ({ attempts, endUs }) => {
          // The third try finds it free, or one soon after that.
          if (attempts === 2 && endUs !== null) readers.push(theirs.query("COMMIT"));
        },
      },
    );
    assert.equal(outcome.done, true, outcome.stopped?.message);
    const [row] = rows;
    assert.ok(row!.attempts >= 3);
    assert.equal(row!.errorCode, null);
    assert.deepEqual(told.filter(({ endUs }) => endUs !== null).map(({ errorCode }) => errorCode), [
      ...Array.from({ length: row!.attempts - 1 }, () => "55P03"),
      null,
    ]);
    // From the first try to the end of the last one.
    assert.equal(row!.startUs, told[0]!.startUs);
    await Promise.all(readers);
    assert.deepEqual(await all("SELECT a FROM item"), []);
  });
});

Deno.test("a lock that is never free ends the migration, with who holds it", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query("CREATE TABLE item (id integer); CREATE TABLE other (id integer)");
    await theirs.query("BEGIN; SELECT FROM item");
    const { rows: [{ pid, role }] } = await theirs.query(
      "SELECT pg_backend_pid() AS pid, current_user AS role",
    );
    for (
      const [name, move] of [["each by itself", LOCK_TIMEOUT], ["all in one transaction", TOGETHER]] as const
    ) {
      const { outcome, rows } = await run(
        planOf(
          stepOf(
            1,
            move,
            `ALTER TABLE other ADD COLUMN "${name}" text`,
            "ALTER TABLE item ADD COLUMN a text",
          ),
          stepOf(2, LOCK_TIMEOUT, "DROP TABLE item"),
        ),
        { lockTimeoutMs: 400, lockPatienceMs: 1200 },
      );
      const { stopped } = outcome;
      assert.deepEqual(
        [outcome.done, outcome.interrupted, stopped!.step, stopped!.statement, stopped!.line, stopped!.code],
        [false, false, 1, 2, 2, "55P03"],
      );
      assert.match(
        stopped!.message,
        new RegExp(
          "^Cannot finish the migration at change/safe/01-step\\.sql:2: canceling statement due to lock timeout " +
            `\\(SQLSTATE 55P03\\); tried (once|\\d times) in \\d+\\.\\d s; session ${pid} \\("their-app", role ${role}, ` +
            "idle in transaction for \\d+ s\\) stands against AccessExclusiveLock on public\\.item$",
        ),
      );
      assert.equal(stopped!.next, "Let that session end its transaction, then try again.");
      const together: boolean = move === TOGETHER;
      assert.deepEqual(outcome.left, [
        together
          ? "Nothing of change/safe/01-step.sql is done: it is one transaction."
          : "Of the 2 statements of change/safe/01-step.sql the first one is done.",
        "Not begun: change/safe/02-step.sql.",
      ]);
      assert.deepEqual(rows.map(({ statement, errorCode }) => [statement, errorCode]), [
        [1, together ? "55P03" : null],
        [2, "55P03"],
      ]);
      assert.equal(rows[0]!.error, together ? "rolled back with statement 2" : null);
      assert.match(
        rows[1]!.error!,
        /^canceling statement due to lock timeout; tried .*\("their-app", .* on public\.item$/,
      );
      // On a machine that is slow its patience may end with the first one.
      assert.ok(rows[1]!.attempts >= 1 && rows.every(({ endUs }) => endUs !== null));
      const columns = await all(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'other'::regclass AND attnum > 1 AND NOT attisdropped",
      );
      assert.equal(columns.length, 1, "the other table has what was done by itself, and nothing more");
    }
  });
});

Deno.test("pauses between tries grow, are jittered and have an end", () => {
  for (let tries = 1; tries < 50; tries++) {
    const [least, middle, most] = [0, 0.5, 1].map((drawn) => retryPauseMs(tries, () => drawn));
    assert.ok(least! < middle! && middle! < most! && most! <= 3000);
    assert.ok(tries === 1 || middle! >= retryPauseMs(tries - 1, () => 0.5));
  }
});

/** Runs a step and gives the signal as soon as it waits for a lock. */
async function interruptWaiting(bench: MigrationBench, move: Move) {
  const interrupted = new AbortController();
  const running = bench.run(planOf(stepOf(1, move, "ALTER TABLE item ADD COLUMN a text")), {
    signal: interrupted.signal,
    lockTimeoutMs: 30_000,
  });
  await untilWaiting(bench, running);
  interrupted.abort();
  return running;
}

Deno.test("an interruption ends the wait for a lock, at the server too", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query("CREATE TABLE item (id integer)");
    await bench.theirs.query("BEGIN; SELECT FROM item");
    for (const move of [LOCK_TIMEOUT, TOGETHER, { kind: "plain", oneTransaction: false }] as const) {
      const { outcome, rows } = await interruptWaiting(bench, move);
      assert.deepEqual([outcome.done, outcome.interrupted], [false, true]);
      assert.equal(outcome.stopped!.message, "The migration was interrupted in change/safe/01-step.sql:1");
      assert.equal(outcome.left.length, 1);
      assert.equal(await isWaiting(bench), false);
      assert.ok(rows[0]!.endUs !== null && rows[0]!.errorCode !== null);
    }
  });
});
