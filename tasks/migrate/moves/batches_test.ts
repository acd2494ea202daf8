import assert from "node:assert/strict";
import type { Move } from "../../model/migration.ts";
import type { StatementWatch } from "../statement_watch.ts";
import { type MigrationBench, planOf, stepOf, untilWaiting, withMigration } from "../testing_steps.ts";
import { BATCHES, items, VISIT, VISITED } from "./testing_batches.ts";

Deno.test("many batches are transactions of their own, under a lock_timeout and a limit of their time", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query(`${items(3000)};
      ALTER TABLE item ADD COLUMN seen text;
      CREATE FUNCTION seen() RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT pg_current_xact_id() || ' ' || current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')
      $$`);
    const step = stepOf(
      1,
      BATCHES,
      "UPDATE item SET visits = visits + 1, seen = seen() WHERE id > :after AND :upto >= id",
    );
    const told: string[] = [];
    const locks: StatementWatch = {
      began: ({ step, statement }) => told.push(`began ${step}.${statement}`),
      held: () => Promise.resolve(void told.push("held")),
      ended: () => {
        told.push("ended");
        return { lockMode: "RowExclusiveLock", lockWaitUs: 7 };
      },
      released: () => told.push("released"),
    };
    const { outcome, rows } = await run(planOf(step), { lockTimeoutMs: 123, locks });
    assert.equal(outcome.done, true, outcome.stopped?.message);
    assert.deepEqual(await all(VISITED), [{ visits: 1, n: 3000 }]);
    const seen = await all<{ seen: string; low: number; high: number }>(
      "SELECT seen, min(id) AS low, max(id) AS high FROM item GROUP BY seen ORDER BY low",
    );
    assert.ok(seen.length > 2);
    assert.equal(rows[0]!.batches, seen.length);
    assert.equal(rows[0]!.attempts, seen.length);
    for (const [at, { seen: text, low }] of seen.entries()) {
      assert.match(text, /^\d+ 123ms 2s$/);
      assert.ok(at === 0 || low > seen[at - 1]!.high, "ranges do not overlap");
    }
    assert.deepEqual(told, ["began 1.1", "held", ...seen.map(() => "released"), "ended"]);
    assert.deepEqual([rows[0]!.lockMode, rows[0]!.lockWaitUs], ["RowExclusiveLock", 7]);
  });
});

Deno.test("a range that would take a key twice, or a key that batches cannot go along, is refused before a row is touched", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query(`${items(10)}; CREATE TABLE bare (id integer, part integer);
      CREATE TABLE loose (id integer UNIQUE); INSERT INTO loose VALUES (1), (NULL)`);
    const update = "UPDATE item SET visits = visits + 1 WHERE ";
    const refused: readonly (readonly [where: string, move: Partial<Move>, message: RegExp])[] = [
      [
        `${update} id >= :after AND id <= :upto`,
        {},
        /:1 in batches: each must be of the keys above :after and up to :upto/,
      ],
      [`${update} id BETWEEN :after AND :upto`, {}, /above :after and up to :upto, and it is not$/],
      [`${update} id > :after AND id < :upto`, {}, /above :after and up to :upto/],
      [`${update} id > :after`, {}, /above :after and up to :upto/],
      [
        `${update} id > :after AND id <= :upto`,
        { table: "public.itme" },
        /no table public\.itme with a column id$/,
      ],
      [`${update} id > :after AND id <= :upto`, { key: "idd" }, /no table public\.item with a column idd$/],
      [
        `${update} id > :after AND id <= :upto`,
        { key: "visits" },
        /needs an index that begins with visits, and has none$/,
      ],
      [
        "DELETE FROM bare WHERE id > :after AND id <= :upto",
        { table: "bare" },
        /public\.bare needs an index/,
      ],
      [
        "DELETE FROM loose WHERE id > :after AND id <= :upto",
        { table: "loose" },
        /there are rows without one$/,
      ],
    ];
    for (const [text, move, message] of refused) {
      const { outcome, rows } = await run(planOf(stepOf(1, { ...BATCHES, ...move } as Move, text)));
      assert.equal(outcome.done, false);
      assert.match(outcome.stopped!.message, message);
      assert.deepEqual(rows.map(({ error, attempts }) => [error, attempts]), [[outcome.stopped!.message, 0]]);
    }
    assert.deepEqual(await all(VISITED), [{ visits: 0, n: 10 }]);
  });
});

Deno.test("what passes is tried again with fewer rows, and no key is done twice for it", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query(`${items(2000)};
      CREATE SEQUENCE tries;
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        CASE nextval('tries')
          WHEN 2 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
          WHEN 4 THEN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001';
          WHEN 6 THEN RAISE EXCEPTION 'lock timeout' USING ERRCODE = '55P03';
          ELSE RETURN NULL;
        END CASE;
      END $$;
      CREATE TRIGGER fail AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION fail()`);
    const { outcome, rows } = await run(planOf(VISIT));
    assert.equal(outcome.done, true, outcome.stopped?.message);
    assert.equal(rows[0]!.attempts, rows[0]!.batches! + 3);
    assert.equal(rows[0]!.rows, 2000);
    assert.deepEqual(await all(VISITED), [{ visits: 1, n: 2000 }]);
  });
});

/** Runs batches that wait for somebody's row, and does something to them then. */
async function whileWaiting(bench: MigrationBench, act: (pid: number) => unknown, signal?: AbortSignal) {
  await bench.theirs.query(items(1000));
  await bench.theirs.query("BEGIN; UPDATE item SET visits = 0 WHERE id = 3000");
  let pid = 0;
  const running = bench.run(
    planOf(VISIT, stepOf(2, { kind: "plain", oneTransaction: false }, "DROP TABLE item")),
    {
      lockTimeoutMs: 30_000,
      signal,
      onSession: (own) => pid = own,
    },
  );
  await untilWaiting(bench, running);
  await act(pid);
  const ran = await running;
  await bench.theirs.query("ROLLBACK");
  const [{ n }] = await bench.all<{ n: number }>("SELECT count(*)::int AS n FROM item WHERE visits = 1") as [
    { n: number },
  ];
  assert.ok(n > 0 && n < 1000);
  assert.deepEqual(ran.outcome.left, [
    `Of change/safe/01-step.sql the keys up to id = ${3 * n} are done.`,
    "Not begun: change/safe/02-step.sql.",
  ]);
  return ran;
}

Deno.test("an interruption ends batches at once, and what they did up to there stays and is named", async () => {
  await withMigration(async (bench) => {
    const interrupted = new AbortController();
    const { outcome } = await whileWaiting(bench, () => interrupted.abort(), interrupted.signal);
    assert.deepEqual([outcome.done, outcome.interrupted], [false, true]);
  });
});

Deno.test("an interruption ends a pause between batches", async () => {
  await withMigration(async ({ run, theirs }) => {
    await theirs.query(items(1000));
    const interrupted = new AbortController();
    const { outcome, rows } = await run(planOf(VISIT), {
      signal: interrupted.signal,
      limitP95Ms: 20,
      // Asked before a pause, and in it.
      liveP95Ms: () => {
        setTimeout(() => interrupted.abort());
        return 1000;
      },
    });
    assert.deepEqual([outcome.interrupted, outcome.stopped!.code], [true, null]);
    assert.deepEqual(outcome.left, ["Of change/safe/01-step.sql the keys up to id = 600 are done."]);
    assert.deepEqual([rows[0]!.batches, rows[0]!.errorCode, rows[0]!.error], [1, null, "interrupted"]);
  });
});

Deno.test("a session that is ended under batches ends them likewise", async () => {
  await withMigration(async (bench) => {
    const { outcome, rows } = await whileWaiting(
      bench,
      (pid) => bench.all("SELECT pg_terminate_backend($1)", [pid]),
    );
    assert.deepEqual([outcome.interrupted, outcome.stopped!.code, rows[0]!.errorCode], [
      false,
      "57P01",
      "57P01",
    ]);
  });
});

Deno.test("batches pause while users wait too long, and not for ever", async (t) => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query(items(1500));
    await t.step("until p95 is below its limit again", async () => {
      let looks = 0;
      const { outcome, rows } = await run(planOf(VISIT), {
        limitP95Ms: 20,
        liveP95Ms: () => ++looks % 3 === 0 ? 10 : 50,
      });
      assert.equal(outcome.done, true);
      assert.ok(rows[0]!.pausedUs! > 0 && looks > rows[0]!.batches!);
    });
    await t.step("also where it never is", async () => {
      const { outcome, rows } = await run(planOf(VISIT), { limitP95Ms: 20, liveP95Ms: () => 1000 });
      assert.equal(outcome.done, true);
      assert.ok(rows[0]!.pausedUs! > 0);
    });
    await t.step("as long as they take where nobody knows", async () => {
      const { outcome, rows } = await run(planOf(VISIT), { limitP95Ms: 20, liveP95Ms: () => null });
      assert.equal(outcome.done, true);
      assert.ok(rows[0]!.pausedUs! > 0);
    });
    await t.step("and not at all where it always is", async () => {
      const { rows } = await run(planOf(VISIT), { limitP95Ms: 20, liveP95Ms: () => 1 });
      assert.equal(rows[0]!.pausedUs, 0);
    });
    assert.deepEqual(await all(VISITED), [{ visits: 4, n: 1500 }]);
  });
});
