import assert from "node:assert/strict";
import { Client } from "pg";
import { sleep } from "../../net/sleep.ts";
import { type MigrationBench, planOf, untilWaiting, withMigration } from "../testing_steps.ts";
import { DROP, indexes, ITEMS, KEY, STEP, whileBuilding } from "./testing_concurrently.ts";

/** Waits until a look at what a statement waits for is over that began after now: until the next one begins. */
async function looked({ all }: MigrationBench): Promise<void> {
  const begunAfter = async (moment: string) => {
    const [row] = await all<{ at: string }>(
      `SELECT query_start::text AS at FROM pg_stat_activity
       WHERE application_name LIKE 'benchbook-locks%' AND query LIKE '-- Which locks%' AND query_start > $1`,
      [moment],
    );
    return row?.at ?? null;
  };
  const [now] = await all<{ at: string }>("SELECT clock_timestamp()::text AS at");
  let moment = now!.at;
  for (let looks = 0; looks < 2;) {
    const at = await begunAfter(moment);
    if (at === null) await sleep(5);
    else {
      moment = at;
      looks++;
    }
  }
}

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

Deno.test("what somebody else's build leaves of that name while ours waits for the table is not ours to remove", async () => {
  await withMigration(async (bench) => {
    const { theirs, url, run, all } = bench;
    await theirs.query(ITEMS);
    await theirs.query("BEGIN; INSERT INTO item VALUES (3, 3)");
    const other = new Client({ connectionString: url });
    await other.connect();
    try {
      // It has its index already, and waits for the writer; ours waits for the table behind it.
      const failed = assert.rejects(
        other.query("CREATE UNIQUE INDEX CONCURRENTLY item_kind ON item (kind)"),
        /could not create unique index/,
      );
      const building = async () =>
        (await all("SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for writers%'"))
          .length > 0;
      while (!await building()) await sleep(5);
      const interrupted = new AbortController();
      const running = run(planOf(STEP), { signal: interrupted.signal });
      await untilWaiting(bench, running);
      await looked(bench);
      interrupted.abort();
      await theirs.query("ROLLBACK");
      await failed;
      const { outcome } = await running;
      assert.deepEqual([outcome.interrupted, outcome.cleaned], [true, []]);
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
