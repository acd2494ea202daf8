import assert from "node:assert/strict";
import type { Move } from "../model/migration.ts";
import { LOCK_TIMEOUT, PLAIN, planOf, stepOf, withMigration } from "./testing_steps.ts";

Deno.test("a migration's steps run one after another, and each statement has a row", async () => {
  await withMigration(async ({ all, run, theirs }) => {
    await theirs.query("CREATE TABLE item (id integer PRIMARY KEY); INSERT INTO item VALUES (1), (2), (7)");
    const pids: number[] = [];
    const { outcome, rows } = await run(
      planOf(
        stepOf(1, PLAIN, "ALTER TABLE item ADD COLUMN a integer", "UPDATE item SET a = 0 WHERE id < 7"),
        stepOf(2, { kind: "plain", oneTransaction: true }, "UPDATE item SET a = 1", "UPDATE item SET a = 2"),
        stepOf(3, LOCK_TIMEOUT, "ALTER TABLE item ADD COLUMN b integer"),
        stepOf(
          4,
          { kind: "concurrently", index: "public.item_b" },
          "CREATE INDEX CONCURRENTLY item_b ON item (b)",
        ),
        stepOf(
          5,
          { kind: "batches", table: "item", key: "id" },
          "UPDATE item SET b = a + id WHERE id > :after AND id <= :upto",
        ),
      ),
      { onSession: (pid) => pids.push(pid) },
    );
    assert.deepEqual(outcome, { done: true, interrupted: false, stopped: null, cleaned: [], left: [] });
    assert.deepEqual(await all("SELECT * FROM item ORDER BY id"), [
      { id: 1, a: 2, b: 3 },
      { id: 2, a: 2, b: 4 },
      { id: 7, a: 2, b: 9 },
    ]);
    assert.deepEqual(
      rows.map(({ step, statement, move, attempts, rows, batches }) => [
        step,
        statement,
        move,
        attempts,
        rows,
        batches,
      ]),
      [
        [1, 1, "plain", 1, null, null],
        [1, 2, "plain", 1, 2, null],
        [2, 1, "plain", 1, 3, null],
        [2, 2, "plain", 1, 3, null],
        [3, 1, "lock_timeout", 1, null, null],
        [4, 1, "concurrently", 1, null, null],
        [5, 1, "batches", 1, 3, 1],
      ],
    );
    assert.ok(rows.every(({ startUs, endUs, errorCode }) => endUs! >= startUs && errorCode === null));
    assert.equal(pids.length, 1);
  });
});

Deno.test("batches go from the lowest key to the highest, which numbers sort otherwise than as text", async () => {
  await withMigration(async ({ all, run, theirs }) => {
    await theirs.query("CREATE TABLE item (id integer PRIMARY KEY, b integer)");
    await theirs.query("INSERT INTO item VALUES (-5), (9), (80), (700), (2000000001)");
    const batches: Move = { kind: "batches", table: "public.item", key: "id" };
    const sql = "UPDATE item SET b = id WHERE id > :after AND id <= :upto";
    const { outcome } = await run(planOf(stepOf(1, batches, sql)));
    assert.ok(outcome.done);
    assert.deepEqual(await all("SELECT id FROM item WHERE b IS DISTINCT FROM id"), []);
  });
});
