import assert from "node:assert/strict";
import { type MigrationBench, planOf, stepOf, untilWaiting, withMigration } from "../testing_steps.ts";

const STEP = stepOf(
  1,
  { kind: "concurrently", index: "public.item_kind" },
  "CREATE UNIQUE INDEX CONCURRENTLY item_kind ON public.item (kind)",
);
const DROP = "DROP INDEX CONCURRENTLY IF EXISTS public.item_kind;";

const ITEMS =
  "CREATE TABLE item (id integer PRIMARY KEY, kind integer); INSERT INTO item VALUES (1, 1), (2, 1)";

/** Indexes of the table, and whether they are INVALID. */
const indexes = ({ all }: MigrationBench) =>
  all<{ name: string; valid: boolean }>(
    "SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index " +
      "WHERE indrelid = 'item'::regclass ORDER BY 1",
  );
const KEY = { name: "item_pkey", valid: true };

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

/** Runs the step while a writer is open, and does something to it as soon as it waits for that. */
async function whileBuilding(bench: MigrationBench, act: (pid: number) => unknown, signal?: AbortSignal) {
  const { run, theirs } = bench;
  await theirs.query(ITEMS);
  await theirs.query("BEGIN; INSERT INTO item VALUES (3, 3)");
  let pid = 0;
  const running = run(planOf(STEP), { signal, onSession: (own) => pid = own });
  await untilWaiting(bench, running);
  await act(pid);
  return running;
}

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

Deno.test("an interruption while it builds leaves no INVALID index, or names it where a writer stands against that", async () => {
  await withMigration(async (bench) => {
    const interrupted = new AbortController();
    const { outcome } = await whileBuilding(bench, () => interrupted.abort(), interrupted.signal);
    assert.deepEqual([outcome.interrupted, outcome.cleaned], [true, []]);
    assert.match(
      outcome.left.at(-1)!,
      /^The index public\.item_kind is INVALID and could not be removed \(cancel.*55P03\)/,
    );
    assert.equal(outcome.left.length, 2);
    assert.deepEqual(await indexes(bench), [{ name: "item_kind", valid: false }, KEY]);
    await bench.theirs.query("ROLLBACK");
    await bench.theirs.query("DROP TABLE item");

    const again = new AbortController();
    const ended = await whileBuilding(bench, async () => {
      again.abort();
      await bench.theirs.query("ROLLBACK");
    }, again.signal);
    assert.equal(ended.outcome.interrupted, true);
    assert.deepEqual(ended.outcome.cleaned, ["The INVALID index public.item_kind was removed."]);
    assert.deepEqual(await indexes(bench), [KEY]);
  });
});

Deno.test("a deadlock is tried again, once what it has left is gone", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(`
      CREATE TABLE item (id integer PRIMARY KEY, kind integer);
      INSERT INTO item VALUES (1, 1);
      CREATE SEQUENCE tries;
      CREATE FUNCTION kind_of(kind integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('public.tries') <= 2 THEN
          RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
        END IF;
        RETURN kind;
      END $$`);
    const step = stepOf(
      1,
      { kind: "concurrently", index: "item_kind" },
      "CREATE INDEX CONCURRENTLY item_kind ON item (public.kind_of(kind))",
    );
    const { outcome, rows } = await bench.run(planOf(step));
    assert.equal(outcome.done, true, outcome.stopped?.message);
    assert.equal(rows[0]!.attempts, 3);
    assert.deepEqual(await indexes(bench), [{ name: "item_kind", valid: true }, KEY]);
  });
});
