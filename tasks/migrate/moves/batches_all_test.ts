import assert from "node:assert/strict";
import fc from "fast-check";
import { planOf, withMigration } from "../testing_steps.ts";
import { FIRST_BATCH } from "./throttle.ts";
import { items, VISIT, VISITED } from "./testing_batches.ts";

/** Types of keys, as SQL makes them of a whole number from -50 to 50; with their edges. */
const TYPES: readonly (readonly [type: string, of: string, edges: readonly string[]])[] = [
  ["smallint", "n", ["-32768", "32767", "0"]],
  ["integer", "n * 1000003", ["-2147483648", "2147483647"]],
  ["bigint", "n::bigint * 1000000007", ["-9223372036854775808", "9223372036854775807"]],
  ["numeric(12, 3)", "n / 8.0", ["-999999999.999", "'NaN'"]],
  ["double precision", "n / 3.0", ["'-Infinity'", "'Infinity'", "'NaN'", "5e-324"]],
  ["text", "chr(1000 + n) || n", ["''", "' '", "E'a\\\\b''c'", "'Ä'", "'a'", "'A'"]],
  ["char(5)", "n", ["''", "'a b'"]],
  ["date", "date '2026-03-01' + n", ["'-infinity'", "'infinity'", "'0044-03-15 BC'"]],
  ["timestamptz", "timestamptz '2026-03-01' + n * interval '1.000001 s'", ["'-infinity'", "'infinity'"]],
  ["uuid", "md5(n::text)::uuid", ["'00000000-0000-0000-0000-000000000000'"]],
  ["bytea", "decode(md5(n::text), 'hex')", ["''", "'\\x00'", "'\\xff'"]],
];

Deno.test("batches take each key once and no key twice, whatever its type, gaps and how many rows have it", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    for (const [type, of, edges] of TYPES) {
      await theirs.query(`CREATE TABLE item (id ${type} NOT NULL, visits integer NOT NULL DEFAULT 0);
        CREATE INDEX ON item (id, visits)`);
      const keys = fc.record({
        numbers: fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 }),
        copies: fc.integer({ min: 1, max: 3 }),
        edges: fc.subarray([...edges]),
      });
      await fc.assert(
        fc.asyncProperty(keys, async ({ numbers, copies, edges }) => {
          await theirs.query("TRUNCATE item");
          await theirs.query(
            `INSERT INTO item (id) SELECT (${of})::${type} FROM unnest($1::integer[]) n, generate_series(1, $2)`,
            [numbers, copies],
          );
          for (const edge of edges) await theirs.query(`INSERT INTO item (id) VALUES (${edge})`);
          const { outcome, rows } = await run(planOf(VISIT));
          assert.equal(outcome.done, true, outcome.stopped?.message);
          const count = numbers.length * copies + edges.length;
          assert.deepEqual(await all("SELECT count(*)::int AS n, min(visits), max(visits) FROM item"), [
            { n: count, min: count === 0 ? null : 1, max: count === 0 ? null : 1 },
          ]);
          assert.equal(rows[0]!.rows, count);
        }),
        { numRuns: 3, seed: 7, examples: [[{ numbers: [1, 2, 50], copies: 2, edges: [...edges] }]] },
      );
      await theirs.query("DROP TABLE item");
    }
  });
});

Deno.test("a batch that takes too long is given up and tried with fewer rows", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query(`${items(1000)};
      CREATE SEQUENCE batches;
      CREATE TABLE made (nth bigint, n bigint);
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        nth bigint := nextval('public.batches');
      BEGIN
        IF nth = 1 THEN PERFORM pg_sleep(60); END IF;
        INSERT INTO public.made SELECT nth, count(*) FROM changed;
        RETURN NULL;
      END $$;
      CREATE TRIGGER slow AFTER UPDATE ON item REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION slow()`);
    const { outcome, rows } = await run(planOf(VISIT));
    assert.equal(outcome.done, true, outcome.stopped?.message);
    assert.deepEqual(await all(VISITED), [{ visits: 1, n: 1000 }]);
    assert.ok(rows[0]!.attempts > rows[0]!.batches!, "none was given up");
    const [{ n }] = await all<{ n: number }>("SELECT n::int AS n FROM made ORDER BY nth LIMIT 1") as [
      { n: number },
    ];
    assert.ok(n < FIRST_BATCH.rows, `${n} rows in the batch after it`);
  });
});

Deno.test("a row that somebody holds for ever ends the batches, with whose it is and how far they came", async () => {
  await withMigration(async ({ run, theirs, all }) => {
    await theirs.query(items(1000));
    await theirs.query("BEGIN; UPDATE item SET visits = 0 WHERE id = 3000");
    const { outcome, rows } = await run(planOf(VISIT), { lockTimeoutMs: 400, lockPatienceMs: 1500 });
    assert.equal(outcome.stopped!.code, "55P03");
    assert.match(
      outcome.stopped!.message,
      /; tried (once|\d+ times) in \d+\.\d s; session \d+ \("their-app", role \w+, idle in transaction for \d+ s\) stands against ShareLock on a row of public\.item$/,
    );
    const [, upto] = /^Of change\/safe\/01-step\.sql the keys up to id = (\d+) are done\.$/.exec(
      outcome.left[0]!,
    )!;
    await theirs.query("ROLLBACK");
    const { rows: [row] } = { rows };
    assert.deepEqual(await all("SELECT max(id) AS upto, count(*)::int AS n FROM item WHERE visits = 1"), [
      { upto: Number(upto), n: row!.rows },
    ]);
    assert.ok(Number(upto) < 3000 && row!.errorCode === "55P03");
  });
});
