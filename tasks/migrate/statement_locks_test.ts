import assert from "node:assert/strict";
import type { StepRecord } from "../model/migration.ts";
import { looked, TestSessions, waits } from "./testing_sessions.ts";
import { LOCK_TIMEOUT, stepOf, withMigration } from "./testing_steps.ts";

import { assertLocksTold, SHOP, watched } from "./testing_statement_locks.ts";

Deno.test("each statement's locks are told, however short it was, and which relations it wrote anew", async () => {
  await withMigration(assertLocksTold);
});

Deno.test("a lock is the statement's that took it, until the transaction of both ends", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(SHOP);
    const { rows, locks, errorUs } = await watched(
      bench,
      stepOf(
        1,
        { kind: "plain", oneTransaction: true },
        "ALTER TABLE shop.item ADD COLUMN a integer",
        "ALTER TABLE shop.sale ADD COLUMN a integer",
        "UPDATE shop.item SET a = 1, stock = (SELECT 9 FROM pg_sleep(0.02)) WHERE id < 3",
      ),
    );
    const [first, second, third] = rows as [StepRecord, StepRecord, StepRecord];
    assert.deepEqual(rows.map(({ lockMode }) => lockMode), [
      "AccessExclusiveLock",
      "AccessExclusiveLock",
      "RowExclusiveLock",
    ]);
    assert.deepEqual(locks.map(({ statement, relation, mode }) => [statement, relation, mode]), [
      [1, "shop.item", "AccessExclusiveLock"],
      [2, "shop.sale", "AccessExclusiveLock"],
      [3, "shop.item", "RowExclusiveLock"],
    ]);
    for (const { atUs, heldUs } of locks) assert.ok(atUs! + heldUs >= third.startUs - errorUs);
    for (const [index, { startUs, endUs }] of [first, second].entries()) {
      const { atUs } = locks[index]!;
      assert.ok(startUs <= atUs! && atUs! <= endUs! + errorUs, `${startUs} ${atUs} ${endUs}`);
    }
  });
});

Deno.test("the tries of a statement are its one row: all their waits, and the lock that the last one had", async () => {
  await withMigration(async (bench) => {
    const { theirs, all } = bench;
    await theirs.query(SHOP);
    await theirs.query("BEGIN; SELECT FROM shop.item");
    const { rows, locks } = await watched(
      bench,
      stepOf(1, LOCK_TIMEOUT, "ALTER TABLE shop.item ADD COLUMN a integer"),
      { onRecord: ({ attempts }) => void (attempts === 3 && theirs.query("COMMIT")) },
    );
    const [{ attempts, lockMode, lockWaitUs }] = rows as [StepRecord];
    assert.ok(attempts >= 3 && lockWaitUs! > 0);
    assert.equal(lockMode, "AccessExclusiveLock");
    assert.deepEqual(locks.map(({ relation, mode, waitedUs }) => [relation, mode, waitedUs]), [
      ["shop.item", "AccessExclusiveLock", lockWaitUs],
    ]);
    assert.ok(locks[0]!.atUs !== null && locks[0]!.heldUs >= 0);
    assert.deepEqual(await all("SELECT FROM shop.item WHERE a IS NOT NULL"), []);
  });
});

Deno.test("CONCURRENTLY has its lock seen while it is held", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(SHOP);
    // As long as this is open it does not end.
    await bench.theirs.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM shop.sale");
    const { promise: begun, resolve } = Promise.withResolvers<number>();
    const made = watched(
      bench,
      stepOf(
        1,
        { kind: "concurrently", index: "shop.item_stock" },
        "CREATE INDEX CONCURRENTLY item_stock ON shop.item (stock)",
      ),
      { onSession: resolve },
    );
    await using sessions = new TestSessions(bench.url);
    const seen = await sessions.open(null);
    await waits(seen, await begun);
    await looked(seen);
    await bench.theirs.query("COMMIT");
    const { rows: [record], locks, events } = await made;
    assert.equal(record!.lockMode, "ShareUpdateExclusiveLock");
    assert.deepEqual(locks.map(({ relation, mode, waitedUs }) => [relation, mode, waitedUs]), [
      ["shop.item", "ShareUpdateExclusiveLock", 0],
    ]);
    assert.ok(locks[0]!.heldUs >= record!.lockWaitUs! && record!.lockWaitUs! > 0);
    // It may wait for a look of somebody's, too.
    const wait = events.find(({ blockerQuery }) => blockerQuery?.startsWith("BEGIN ISOLATION LEVEL"));
    assert.deepEqual([wait!.role, wait!.blockerRole, wait!.relation, wait!.mode, wait!.blockerQuery], [
      "migration",
      "other",
      null,
      "ShareLock",
      "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM shop.sale",
    ]);
  });
});
