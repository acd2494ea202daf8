import assert from "node:assert/strict";
import type { LockEvent, StatementLock, StepPlan, StepRecord } from "../model/migration.ts";
import type { StepsOptions } from "./run_steps.ts";
import { looked, TestSessions, waits } from "./testing_sessions.ts";
import { watchLocks } from "./lock_watch.ts";
import {
  LOCK_TIMEOUT,
  type MigrationBench,
  PLAIN,
  planOf,
  RUN_ID,
  stepOf,
  withMigration,
} from "./testing_steps.ts";

/** Runs steps under a watch of locks. */
async function watched(
  { run, url }: MigrationBench,
  step: StepPlan,
  options: Partial<StepsOptions> = {},
): Promise<{ rows: readonly StepRecord[]; locks: StatementLock[]; events: LockEvent[]; errorUs: number }> {
  const locks: StatementLock[] = [];
  const events: LockEvent[] = [];
  const nowUs = () => performance.now() * 1000;
  const watch = watchLocks({
    url,
    runId: RUN_ID,
    nowUs,
    // On a machine that tests keep busy nothing is to be given up.
    timeoutMs: 60_000,
    heldMs: 60_000,
    onEvents: (waits) => events.push(...waits),
    onLocks: (rows) => locks.push(...rows),
  });
  try {
    const { rows, outcome } = await run(planOf(step), { ...options, nowUs, locks: watch.statements });
    assert.deepEqual(outcome.left, []);
    const { clockErrorMs } = await watch.stop();
    return { rows, locks, events, errorUs: 1000 * clockErrorMs + 1 };
  } finally {
    assert.deepEqual((await watch.stop()).unavailable, []);
  }
}

const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.item (id integer PRIMARY KEY, stock integer NOT NULL, note text, code varchar(9));
  CREATE TABLE shop.sale (id integer PRIMARY KEY, item integer NOT NULL);
  CREATE INDEX sale_item ON shop.sale (item);
  CREATE MATERIALIZED VIEW shop.stocked AS SELECT id FROM shop.item;
  INSERT INTO shop.item SELECT n, 10, repeat('x', 3000), 'c' FROM generate_series(1, 100) AS n;
  INSERT INTO shop.sale SELECT n, n FROM generate_series(1, 100) AS n`;

Deno.test("each statement's locks are told, however short it was, and which relations it wrote anew", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(SHOP);
    const statements:
      readonly (readonly [sql: string, locks: readonly string[], rewritten?: readonly string[]])[] = [
        ["ALTER TABLE shop.item ADD COLUMN a integer", ["AccessExclusiveLock shop.item"]],
        ["CREATE INDEX item_stock ON shop.item (stock)", ["ShareLock shop.item"]],
        [
          "ALTER TABLE shop.sale ADD CONSTRAINT sale_of FOREIGN KEY (item) REFERENCES shop.item NOT VALID",
          ["ShareRowExclusiveLock shop.item", "ShareRowExclusiveLock shop.sale"],
        ],
        ["ALTER TABLE shop.sale VALIDATE CONSTRAINT sale_of", [
          "ShareUpdateExclusiveLock shop.sale",
          "RowShareLock shop.item",
        ]],
        ["UPDATE shop.item SET a = 9 WHERE id = 7", ["RowExclusiveLock shop.item"]],
        ["ALTER TABLE shop.item ADD COLUMN b uuid DEFAULT gen_random_uuid()", [
          "AccessExclusiveLock shop.item",
          "AccessExclusiveLock shop.item_pkey",
          "AccessExclusiveLock shop.item_stock",
        ], ["shop.item"]],
        // Only its description changes: no file does.
        ["ALTER TABLE shop.item ALTER COLUMN code TYPE text", ["AccessExclusiveLock shop.item"]],
        ["REINDEX INDEX shop.item_stock", [
          "AccessExclusiveLock shop.item_stock",
          "ShareLock shop.item",
        ], ["shop.item_stock"]],
        ["REFRESH MATERIALIZED VIEW shop.stocked", [
          "AccessExclusiveLock shop.stocked",
          "AccessShareLock shop.item",
        ], ["shop.stocked"]],
        ["DROP INDEX shop.sale_item", [
          "AccessExclusiveLock shop.sale",
          "AccessExclusiveLock shop.sale_item",
        ]],
        ["CREATE TABLE shop.other (id integer)", []],
        ["ALTER TABLE shop.sale RENAME TO sold", ["AccessExclusiveLock shop.sale"]],
        ["DROP TABLE shop.sold", [
          "AccessExclusiveLock shop.item",
          "AccessExclusiveLock shop.sale_pkey",
          "AccessExclusiveLock shop.sold",
        ]],
      ];
    const { rows, locks } = await watched(bench, stepOf(1, PLAIN, ...statements.map(([sql]) => sql)));
    const found = rows.map(({ sql, statement, rewritten, lockMode }) => {
      const own = locks.filter((lock) => lock.statement === statement);
      assert.equal(lockMode, own[0]?.mode ?? null);
      assert.ok(
        own.every(({ atUs, heldUs, blocked }) => atUs !== null && heldUs >= 0 && blocked === 0),
      );
      return [sql, strongest(own), rewritten];
    });
    assert.deepEqual(found, statements.map(([sql, locks, rewritten]) => [sql, locks, rewritten ?? []]));
  });
});

/** The strongest of each relation, which are the first ones. */
function strongest(locks: readonly StatementLock[]): string[] {
  return [...Map.groupBy(locks, ({ relation }) => relation).values()]
    .map(([lock]) => `${lock!.mode} ${lock!.relation}`);
}

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
    const [wait] = events.filter(({ blockerRole }) => blockerRole === "other");
    assert.deepEqual([wait!.role, wait!.relation, wait!.mode, wait!.blockerQuery], [
      "migration",
      null,
      "ShareLock",
      "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM shop.sale",
    ]);
  });
});
