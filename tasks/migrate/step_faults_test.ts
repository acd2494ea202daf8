import assert from "node:assert/strict";
import { HIDDEN } from "../model/hidden_statement.ts";
import { ServiceError } from "../model/errors.ts";
import type { Move, StepPlan } from "../model/migration.ts";
import {
  LOCK_TIMEOUT,
  type MigrationBench,
  PLAIN,
  planOf,
  stepOf,
  untilWaiting,
  withMigration,
} from "./testing_steps.ts";

const TOGETHER: Move = { kind: "plain", oneTransaction: true };

const columns = async ({ all }: MigrationBench) =>
  (await all<{ name: string }>(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'item'::regclass AND attnum > 0 AND NOT attisdropped",
  )).map(({ name }) => name);

Deno.test("a migration that fails half-way says what is done, what is not, and what is half done", async (t) => {
  await withMigration(async (bench) => {
    const { run, theirs } = bench;
    await theirs.query("CREATE TABLE item (id integer); INSERT INTO item VALUES (-1)");
    // Somebody else's: it was there before, and is no business of the migration's.
    await theirs.query("ALTER TABLE item ADD CONSTRAINT theirs CHECK (id < 0) NOT VALID");

    await t.step("by its statements", async () => {
      const { outcome, rows } = await run(planOf(
        stepOf(1, PLAIN, "ALTER TABLE item ADD COLUMN a text"),
        stepOf(
          2,
          LOCK_TIMEOUT,
          "ALTER TABLE item ADD CONSTRAINT above CHECK (id > 0) NOT VALID",
          "ALTER TABLE item\n  VALIDATE CONSTRAINT above",
          "ALTER TABLE item ADD COLUMN b text",
        ),
        stepOf(3, PLAIN, "ALTER TABLE item ADD COLUMN c text"),
      ));
      const { stopped } = outcome;
      assert.deepEqual([outcome.done, stopped!.step, stopped!.statement, stopped!.code], [
        false,
        2,
        2,
        "23514",
      ]);
      assert.equal(
        stopped!.message,
        'Cannot finish the migration at change/safe/02-step.sql:2: check constraint "above" of relation "item" is ' +
          "violated by some row (SQLSTATE 23514)",
      );
      assert.deepEqual(outcome.left, [
        "Done, and it stays: change/safe/01-step.sql.",
        "Of the 3 statements of change/safe/02-step.sql the first one is done.",
        "Not begun: change/safe/03-step.sql.",
        "The constraint above of public.item is NOT VALID: it binds new rows, and old ones were not looked at. " +
        "Finish it: ALTER TABLE public.item VALIDATE CONSTRAINT above; " +
        "or undo it: ALTER TABLE public.item DROP CONSTRAINT above;",
      ]);
      assert.deepEqual(rows.map(({ step, statement, errorCode }) => [step, statement, errorCode]), [
        [1, 1, null],
        [2, 1, null],
        [2, 2, "23514"],
      ]);
      assert.deepEqual(await columns(bench), ["id", "a"]);
    });

    await t.step("by a transaction, of which nothing is left", async () => {
      const { outcome, rows } = await run(planOf(
        stepOf(
          1,
          TOGETHER,
          "ALTER TABLE item ADD COLUMN d text",
          "SELECT nonsense\nFROM item",
          "DROP TABLE item",
        ),
      ));
      assert.equal(outcome.stopped!.line, 2);
      assert.match(outcome.stopped!.message, /:2: column "nonsense" does not exist \(SQLSTATE 42703\)$/);
      assert.equal(outcome.stopped!.next, "The statement: SELECT nonsense\nFROM item");
      assert.deepEqual(outcome.left, ["Nothing of change/safe/01-step.sql is done: it is one transaction."]);
      assert.deepEqual(rows.map(({ errorCode }) => errorCode), ["42703", "42703"]);
      assert.deepEqual(await columns(bench), ["id", "a"]);
    });

    await t.step("at the commit, too", async () => {
      await theirs.query(
        "CREATE TABLE part (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO part VALUES (1)",
      );
      const { outcome, rows } = await run(planOf(
        stepOf(1, TOGETHER, "ALTER TABLE item ADD COLUMN d text", "INSERT INTO part VALUES (1)"),
      ));
      assert.deepEqual([outcome.stopped!.statement, outcome.stopped!.code], [2, "23505"]);
      assert.deepEqual(rows.map(({ errorCode }) => errorCode), ["23505", "23505"]);
      assert.deepEqual(await columns(bench), ["id", "a"]);
    });

    await t.step("by a procedure that has committed before", async () => {
      await theirs.query(
        "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO part VALUES (2); COMMIT; PERFORM 1/0; END $$",
      );
      const rows = () => bench.all("SELECT id FROM part ORDER BY id");
      const one = await run(planOf(stepOf(1, PLAIN, "CALL fill()")));
      assert.equal(one.outcome.stopped!.code, "22012");
      assert.deepEqual(one.outcome.left, [
        "Of change/safe/01-step.sql what its code committed before it failed stays.",
      ]);
      assert.deepEqual(await rows(), [{ id: 1 }, { id: 2 }]);
      const block = "DO $$ BEGIN INSERT INTO part VALUES (3); COMMIT; PERFORM 1/0; END $$";
      const two = await run(planOf(stepOf(1, PLAIN, "ANALYZE part", block)));
      assert.deepEqual(two.outcome.left, [
        "Of the 2 statements of change/safe/01-step.sql the first one is done, " +
        "and of the next one what its code committed before it failed.",
      ]);
      assert.deepEqual(await rows(), [{ id: 1 }, { id: 2 }, { id: 3 }]);
      const plain = "DO $$ BEGIN INSERT INTO part VALUES (4); PERFORM 1/0; END $$";
      const three = await run(planOf(stepOf(1, PLAIN, plain)));
      assert.deepEqual(three.outcome.left, ["Of change/safe/01-step.sql nothing is done."]);
      assert.deepEqual(await rows(), [{ id: 1 }, { id: 2 }, { id: 3 }]);
    });

    await t.step("with an INVALID index that no move knows of", async () => {
      await theirs.query("ALTER TABLE item DROP CONSTRAINT above; INSERT INTO item VALUES (-1)");
      const { outcome } = await run(
        planOf(stepOf(1, PLAIN, "CREATE UNIQUE INDEX CONCURRENTLY item_id ON item (id)")),
      );
      assert.deepEqual(outcome.left.slice(1), [
        "The index public.item_id is INVALID: it slows writes down and serves no query. " +
        "Remove it: DROP INDEX CONCURRENTLY IF EXISTS public.item_id;",
      ]);
    });
  });
});

Deno.test("whatever is wrong with a server, its role or its locks is told with what helps", async (t) => {
  await withMigration(async (bench) => {
    const { run, theirs } = bench;
    await theirs.query("CREATE TABLE item (id integer)");

    await t.step("too few privileges", async () => {
      const { outcome } = await run(
        planOf(stepOf(1, LOCK_TIMEOUT, "SET ROLE pg_monitor", "ALTER TABLE item ADD COLUMN a text")),
      );
      assert.match(outcome.stopped!.message, /:2: must be owner of table item \(SQLSTATE 42501\)$/);
      assert.match(outcome.stopped!.next, /^Use a role that owns/);
    });

    await t.step("a full disk", async () => {
      const full = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$";
      const { outcome } = await run(planOf(stepOf(1, LOCK_TIMEOUT, full)));
      assert.match(outcome.stopped!.message, /:1: could not extend file \(SQLSTATE 53100\)$/);
      assert.match(outcome.stopped!.next, /^Free some space/);
    });

    await t.step(
      "a transaction that never ends, to a statement without a lock_timeout of its own",
      async () => {
        await theirs.query("BEGIN; SELECT FROM item");
        const { outcome, rows } = await run(planOf(stepOf(1, PLAIN, "DROP TABLE item")), {
          lockPatienceMs: 2500,
        });
        assert.match(
          outcome.stopped!.message,
          /SQLSTATE 55P03\); session \d+ \("their-app", role \w+, .*\) stands against AccessExclusiveLock on public\.item$/,
        );
        assert.equal(rows[0]!.attempts, 1);
      },
    );

    await t.step("a session that somebody ends", async () => {
      let pid = 0;
      const running = run(
        planOf(stepOf(1, PLAIN, "ALTER TABLE item ADD COLUMN a text"), stepOf(2, PLAIN, "DROP TABLE item")),
        { onSession: (own) => pid = own },
      );
      await untilWaiting(bench, running);
      await bench.all("SELECT pg_terminate_backend($1)", [pid]);
      const { outcome, rows } = await running;
      await theirs.query("ROLLBACK");
      assert.match(outcome.stopped!.message, /:1: terminating connection .*\(SQLSTATE 57P01\)$/);
      assert.deepEqual([outcome.interrupted, rows.length, rows[0]!.errorCode], [false, 1, "57P01"]);
      assert.deepEqual(await columns(bench), ["id"]);
    });

    await t.step("a server that is not there", async () => {
      const nowhere = new URL(bench.url);
      nowhere.port = "1";
      await assert.rejects(run(planOf(stepOf(1, PLAIN, "SELECT 1")), { url: nowhere.href }), ServiceError);
    });
  });
});

Deno.test("of a statement that may hold a password the server's words are nowhere", async () => {
  await withMigration(async ({ run }) => {
    const text = "DO $$BEGIN RAISE EXCEPTION 'the key is hunter2'; END$$";
    const step = { ...stepOf(1, PLAIN, text), statements: [{ text, line: 1, shown: `DO ${HIDDEN}` }] };
    const { outcome, told } = await run(planOf(step));
    assert.equal(outcome.stopped!.code, "P0001");
    assert.doesNotMatch(JSON.stringify([outcome, told]), /hunter2/);
  });
});

Deno.test("what a statement writes outside of a clone is refused, and in place it is the user's to decide", () =>
  withMigration(async ({ run, theirs }) => {
    await theirs.query(
      "CREATE TABLE item (id integer PRIMARY KEY); INSERT INTO item VALUES (1);" +
        "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;" +
        "CREATE FOREIGN TABLE remote (id integer) SERVER away; CREATE SCHEMA other",
    );
    const batches: Move = { kind: "batches", table: "public.item", key: "id" };
    const tried: [name: string, steps: StepPlan][] = [
      ["pg_authid", stepOf(1, PLAIN, "SELECT 1", "UPDATE pg_authid SET rolname = rolname WHERE false")],
      ["remote", stepOf(1, LOCK_TIMEOUT, "SELECT 1", "INSERT INTO remote VALUES (1)")],
      ["remote", stepOf(1, TOGETHER, "CREATE VIEW other.seen AS TABLE remote", "DELETE FROM other.seen")],
      [
        "remote",
        stepOf(
          1,
          batches,
          "WITH gone AS (DELETE FROM remote RETURNING id) SELECT FROM item WHERE id > :after AND id <= :upto",
        ),
      ],
    ];
    for (const [table, step] of tried) {
      const { outcome, rows } = await run(planOf(step));
      assert.match(
        outcome.stopped!.message,
        new RegExp(
          `^Cannot migrate a clone by change/safe/01-step\\.sql:${step.statements.length}: .*\\.${table}, `,
        ),
      );
      assert.equal(outcome.stopped!.next, "Nothing was changed there. Leave that statement out.");
      assert.equal(rows.at(-1)!.attempts, 0);
    }
    const { outcome } = await run(planOf(tried[0]![1]), { inPlace: true });
    assert.equal(outcome.done, true);
  }));

Deno.test("a transaction has the isolation level that its first statement asks for", () =>
  withMigration(async ({ run, all, theirs }) => {
    await theirs.query("CREATE TABLE level (name text)");
    for (const move of [TOGETHER, { ...TOGETHER, kind: "plain" }] as const) {
      const { outcome } = await run(planOf(stepOf(
        1,
        move,
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION DEFERRABLE",
        "INSERT INTO level SELECT current_setting('transaction_isolation')",
      )));
      assert.deepEqual([outcome.stopped, outcome.done], [null, true]);
    }
    assert.deepEqual(await all("SELECT name FROM level"), [{ name: "serializable" }, {
      name: "serializable",
    }]);
  }));
