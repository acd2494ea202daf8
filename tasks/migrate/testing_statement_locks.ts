import assert from "node:assert/strict";
import type { LockEvent, StatementLock, StepPlan, StepRecord } from "../model/migration.ts";
import type { StepsOptions } from "./run_steps.ts";
import { watchLocks } from "./lock_watch.ts";
import { type MigrationBench, PLAIN, planOf, RUN_ID, stepOf } from "./testing_steps.ts";

/** Runs steps under a watch of locks. */
export async function watched(
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

/** Tables for that. */
export const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.item (id integer PRIMARY KEY, stock integer NOT NULL, note text, code varchar(9));
  CREATE TABLE shop.sale (id integer PRIMARY KEY, item integer NOT NULL);
  CREATE INDEX sale_item ON shop.sale (item);
  CREATE MATERIALIZED VIEW shop.stocked AS SELECT id FROM shop.item;
  INSERT INTO shop.item SELECT n, 10, repeat('x', 3000), 'c' FROM generate_series(1, 100) AS n;
  INSERT INTO shop.sale SELECT n, n FROM generate_series(1, 100) AS n`;

/** Each statement's locks are told, however short it was, and which relations it wrote anew. */
export async function assertLocksTold(bench: MigrationBench): Promise<void> {
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
}

/** The strongest of each relation, which are the first ones. */
function strongest(locks: readonly StatementLock[]): string[] {
  return [...Map.groupBy(locks, ({ relation }) => relation).values()]
    .map(([lock]) => `${lock!.mode} ${lock!.relation}`);
}
