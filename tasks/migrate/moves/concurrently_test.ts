import assert from "node:assert/strict";
import { Client } from "pg";
import { sleep } from "../../net/sleep.ts";
import { planOf, stepOf, untilWaiting, withMigration } from "../testing_steps.ts";
import { DROP, indexes, ITEMS, KEY, looked, STEP, whileBuilding } from "./testing_concurrently.ts";

Deno.test("the INVALID index that a failure leaves is removed, and no other", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(ITEMS);
    // Somebody else's has failed before.
    await assert.rejects(
      bench.theirs.query("CREATE UNIQUE INDEX CONCURRENTLY item_kind_ccnew_theirs ON item (kind)"),
    );
    const { outcome, rows } = await bench.run(planOf(STEP));
    assert.equal(outcome.done, false);
    assert.match(
      outcome.stopped!.message,
      /:1: could not create unique index "item_kind" \(Key \(kind\)=\(1\) is duplicated\.\) \(SQLSTATE 23505\)$/,
    );
    assert.deepEqual(outcome.cleaned, ["The INVALID index public.item_kind was removed."]);
    assert.deepEqual(outcome.left, ["Of change/safe/01-step.sql nothing is done."]);
    assert.equal(rows[0]!.errorCode, "23505");
    assert.deepEqual(await indexes(bench), [{ name: "item_kind_ccnew_theirs", valid: false }, KEY]);
  });
});

Deno.test("an INVALID index of that name that was there before is not ours to remove", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(ITEMS);
    await assert.rejects(bench.theirs.query("CREATE UNIQUE INDEX CONCURRENTLY item_kind ON item (kind)"));
    const { outcome } = await bench.run(planOf(STEP));
    assert.equal(outcome.stopped!.code, "42P07");
    assert.deepEqual(outcome.cleaned, []);
    assert.deepEqual(outcome.left, ["Of change/safe/01-step.sql nothing is done."]);
    assert.deepEqual(await indexes(bench), [{ name: "item_kind", valid: false }, KEY]);
  });
});

Deno.test("what somebody else's build leaves of that name before ours has made its own is not ours to remove", async () => {
  await withMigration(async (bench) => {
    const { theirs, url, run, all } = bench;
    await theirs.query(`${ITEMS};
      CREATE FUNCTION stay() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_sleep(3600);
        RETURN true;
      END $$`);
    await theirs.query("BEGIN; INSERT INTO item VALUES (3, 3)");
    const other = new Client({ connectionString: url });
    await other.connect();
    const are = async (what: string) => {
      while ((await all(what)).length === 0) await sleep(5);
    };
    try {
      // It has its index already, and waits for the writer; ours waits for the table behind it.
      const failed = assert.rejects(
        other.query("CREATE UNIQUE INDEX CONCURRENTLY item_kind ON item (kind)"),
        /could not create unique index/,
      );
      await are("SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for writers%'");
      const interrupted = new AbortController();
      const [statement] = STEP.statements;
      // The planner calls it: once the table is had, and before there is an index.
      const step = stepOf(1, STEP.move, `${statement!.text} WHERE public.stay()`);
      const running = run(planOf(step), { signal: interrupted.signal });
      await untilWaiting(bench, running);
      await theirs.query("ROLLBACK");
      await failed;
      await are(
        "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
      );
      await looked(bench);
      interrupted.abort();
      const { outcome } = await running;
      assert.deepEqual([outcome.interrupted, outcome.cleaned], [true, []]);
      assert.match(outcome.left.at(-1)!, /^The index public\.item_kind is INVALID: .* Remove it: DROP INDEX/);
      assert.deepEqual(await indexes(bench), [{ name: "item_kind", valid: false }, KEY]);
    } finally {
      await other.end();
    }
  });
});

Deno.test("a removal that is refused is told, with the command that does it", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(`${ITEMS};
      CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'indexes stay' USING ERRCODE = '42501';
      END $$;
      CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('DROP INDEX') EXECUTE FUNCTION refuse()`);
    const { outcome } = await bench.run(planOf(STEP));
    assert.equal(outcome.stopped!.code, "23505");
    assert.deepEqual(outcome.cleaned, []);
    assert.deepEqual(outcome.left, [
      "Of change/safe/01-step.sql nothing is done.",
      "The index public.item_kind is INVALID and could not be removed (indexes stay, SQLSTATE 42501): it slows writes " +
      `down and serves no query. Remove it: ${DROP}`,
    ]);
    assert.deepEqual(await indexes(bench), [{ name: "item_kind", valid: false }, KEY]);
    await bench.theirs.query("DROP EVENT TRIGGER refuse");
    await bench.theirs.query(DROP);
    assert.deepEqual(await indexes(bench), [KEY]);
  });
});

Deno.test("a session that is ended while it builds leaves no INVALID index", async () => {
  await withMigration(async (bench) => {
    const { outcome, rows } = await whileBuilding(bench, async (pid) => {
      await bench.theirs.query("SELECT pg_terminate_backend($1)", [pid]);
      await bench.theirs.query("ROLLBACK");
    });
    assert.equal(outcome.stopped!.code, "57P01");
    assert.equal(rows[0]!.errorCode, "57P01");
    assert.deepEqual(outcome.cleaned, ["The INVALID index public.item_kind was removed."]);
    assert.deepEqual(await indexes(bench), [KEY]);
  });
});
