import assert from "node:assert/strict";
import fc from "fast-check";
import { LOCK_TIMEOUT, planOf, stepOf, TOGETHER, withMigration } from "../testing_steps.ts";

/** What a statement writes down of its own limit. */
const NOTE = "INSERT INTO seen SELECT current_setting('lock_timeout')";
/** What a step may hold: none of it may take the limit away from those after it. */
const STATEMENTS = [
  NOTE,
  "SET lock_timeout = 0",
  "RESET lock_timeout",
  "RESET ALL",
  "SET lock_timeout = '1h'",
  "SELECT set_config('lock_timeout', '0', false)",
];

Deno.test("no statement of a step under lock_timeout runs without, whatever those before it set or how often it fails", async () => {
  await withMigration(async ({ run, theirs, all, url }) => {
    await theirs.query(`
      CREATE TABLE seen (lock_timeout text);
      CREATE SEQUENCE tries;
      CREATE FUNCTION note(failures integer) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO seen SELECT current_setting('lock_timeout');
        IF nextval('tries') <= failures THEN
          RAISE EXCEPTION 'not now' USING ERRCODE = '40P01';
        END IF;
      END $$`);
    const generous = new URL(url);
    generous.searchParams.set("options", "-c lock_timeout=0");
    const plan = fc.record({
      steps: fc.array(
        fc.record({
          together: fc.boolean(),
          texts: fc.array(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      failures: fc.integer({ min: 0, max: 2 }),
      lockTimeoutMs: fc.integer({ min: 50, max: 500 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ steps, failures, lockTimeoutMs }) => {
        await theirs.query("TRUNCATE seen; ALTER SEQUENCE tries RESTART");
        const planned = steps.map(({ together, texts }, at) =>
          stepOf(at + 1, together ? TOGETHER : LOCK_TIMEOUT, ...texts, `SELECT note(${failures})`)
        );
        const { outcome } = await run(planOf(...planned), { url: generous.href, lockTimeoutMs });
        assert.equal(outcome.done, true, outcome.stopped?.message);
        const seen = await all<{ lock_timeout: string }>("SELECT DISTINCT lock_timeout FROM seen");
        assert.deepEqual(seen, [{ lock_timeout: `${lockTimeoutMs}ms` }]);
      }),
      { numRuns: 20, seed: 13 },
    );
  });
});
