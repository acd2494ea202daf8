import assert from "node:assert/strict";
import { withStore, withTempDir } from "../store/testing.ts";
import { summarise } from "./summarise.ts";
import { fixtureRun, withoutLastDigits } from "./testing.ts";

/** The same rows in an order that tells nothing of time. */
const SHUFFLE = `
  CREATE TEMP TABLE kept AS SELECT * FROM timing;
  DELETE FROM timing;
  INSERT INTO timing SELECT * FROM kept ORDER BY hash(slot, attempt)
`;

for (const arrivals of ["poisson", "constant"] as const) {
  Deno.test(`a summary is the same whatever order a run's rows are stored in: ${arrivals} arrivals`, () =>
    withTempDir(async (dir) => {
      const { db, runId } = await fixtureRun(dir, {
        blocks: 9,
        rate: 200,
        run: (run) => ({ ...run, config: { ...run.config, arrivals } }),
      });
      const summaryOf = () =>
        withStore(db, "read", async (store) => withoutLastDigits(await summarise(store, runId)));
      const ordered = await summaryOf();
      await withStore(db, "write", async (store) => {
        await store.run(SHUFFLE);
        const [out] = await store.rows<{ n: number }>(
          "SELECT count(*) AS n FROM (SELECT intended_us < lag(intended_us) OVER () AS late FROM timing) WHERE late",
        );
        assert(out!.n > 1000, `${out!.n} rows stand before an earlier one`);
      });
      assert.deepEqual(await summaryOf(), ordered);
    }));
}
