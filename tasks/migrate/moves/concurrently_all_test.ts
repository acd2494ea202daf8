import assert from "node:assert/strict";
import { planOf, stepOf, withMigration, withOwnMigration } from "../testing_steps.ts";
import { DROP, indexes, ITEMS, KEY, STEP, whileBuilding } from "./testing_concurrently.ts";

Deno.test("an interruption while it builds leaves no INVALID index, or names it where a writer stands against that", async () => {
  await withMigration(async (bench) => {
    const interrupted = new AbortController();
    const { outcome } = await whileBuilding(bench, () => interrupted.abort(), { signal: interrupted.signal });
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
    }, { signal: again.signal });
    assert.equal(ended.outcome.interrupted, true);
    assert.deepEqual(ended.outcome.cleaned, ["The INVALID index public.item_kind was removed."]);
    assert.deepEqual(await indexes(bench), [KEY]);
  });
});

Deno.test("what REINDEX and DROP leave is known as theirs, too", async () => {
  const tables = `${ITEMS}; CREATE INDEX item_kind ON item (kind)`;
  const made: [text: string, removed: string, kept: object[]][] = [
    ["REINDEX INDEX CONCURRENTLY public.item_kind", "item_kind_ccnew", [
      { name: "item_kind", valid: true },
      KEY,
    ]],
    ["DROP INDEX CONCURRENTLY public.item_kind", "item_kind", [KEY]],
  ];
  await withMigration(async (bench) => {
    for (const [text, removed, kept] of made) {
      const act = async (pid: number) => {
        // It has been told to end before the writer lets it go on.
        await bench.theirs.query("SELECT pg_cancel_backend($1)", [pid]);
        await bench.theirs.query("ROLLBACK");
      };
      const { outcome } = await whileBuilding(bench, act, { tables, step: stepOf(1, STEP.move, text) });
      assert.equal(outcome.stopped?.code, "57014");
      assert.deepEqual(outcome.cleaned, [`The INVALID index public.${removed} was removed.`]);
      assert.deepEqual(await indexes(bench), kept);
      await bench.theirs.query("DROP TABLE item");
    }
  });
});

Deno.test("a login that takes on a role by default knows its own index, too", async () => {
  await withOwnMigration(async (bench) => {
    const asEngineer = Object.assign(new URL(bench.url), { username: "engineer", password: "x" }).href;
    const tables = `${ITEMS};
      CREATE ROLE owners;
      CREATE ROLE engineer LOGIN PASSWORD 'x' IN ROLE owners;
      ALTER ROLE engineer SET role = owners;
      GRANT ALL ON SCHEMA public TO owners;
      ALTER TABLE item OWNER TO owners`;
    const { outcome } = await whileBuilding(bench, async (pid) => {
      await bench.theirs.query("SELECT pg_terminate_backend($1)", [pid]);
      await bench.theirs.query("ROLLBACK");
    }, { tables, url: asEngineer });
    assert.deepEqual(outcome.cleaned, ["The INVALID index public.item_kind was removed."]);
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

Deno.test("a transaction that never ends is waited for as long as there is patience, then named with the INVALID index", async () => {
  await withMigration(async (bench) => {
    await bench.theirs.query(ITEMS);
    await bench.theirs.query("BEGIN; INSERT INTO item VALUES (3, 3)");
    const { outcome, rows } = await bench.run(planOf(STEP), { lockPatienceMs: 2_000 });
    assert.equal(outcome.stopped!.code, "55P03");
    assert.match(
      outcome.stopped!.message,
      /tried once in \d+\.\d s; session \d+ \("their-app", role \w+, .*\)/,
    );
    // It stands against the removal too.
    assert.match(
      outcome.left.at(-1)!,
      /^The index public\.item_kind is INVALID and could not be removed .*DROP INDEX CONCURRENTLY IF EXISTS public\.item_kind;$/,
    );
    await bench.theirs.query("ROLLBACK");
    await bench.theirs.query(DROP);
    assert.deepEqual(await indexes(bench), [KEY]);
    assert.equal(rows.at(-1)!.errorCode, "55P03");
  });
});
