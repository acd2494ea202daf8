import assert from "node:assert/strict";
import { planOf, withMigration } from "../testing_steps.ts";
import { DROP, indexes, ITEMS, KEY, STEP, whileBuilding } from "./testing_concurrently.ts";

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
