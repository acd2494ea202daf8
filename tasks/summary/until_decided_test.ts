import assert from "node:assert/strict";
import type { Run } from "../model/run.ts";
import { openStore } from "../store/open.ts";
import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { summarise } from "./summarise.ts";
import { fixtureRun } from "./testing.ts";

const ROUNDS = 16;
const OPTIONS = {
  blocks: ROUNDS,
  blockSeconds: 0.4,
  washoutSeconds: 0.05,
  warmupSeconds: 0.6,
  rate: 300,
} as const;

/** As it ended at the second of three looks. */
const looked = (run: Run): Run => ({
  ...run,
  config: { ...run.config, untilDecided: { margin: 0.05, looks: [ROUNDS / 2, ROUNDS, 2 * ROUNDS] } },
});

Deno.test("a run that ended early is judged by the bounds of its looks, and says how far it came", () =>
  withTempDir(async (dir) => {
    const { db } = await fixtureRun(dir, { ...OPTIONS, runId: "20250101-000000-000a" });
    await fixtureRun(dir, { ...OPTIONS, runId: "20250101-000000-000b", run: looked });
    const summaryOf = async (ref: string) => await summarise(await openRun(ref, { db }), ref);
    const [once, early] = [await summaryOf("20250101-000000-000a"), await summaryOf("20250101-000000-000b")];
    assert.equal(once.untilDecided, undefined);
    const { rounds, look, seconds, mostSeconds, asked, open, decided } = early.untilDecided!;
    assert.deepEqual([rounds, look, seconds], [ROUNDS, 2, mostSeconds / 2]);
    assert.equal(asked, early.comparisons.filter(({ statistic }) => statistic === "p50").length);
    assert.equal(decided, open.length === 0);
    assert.match(early.reasons.join("\n"), /^(Und|D)ecided after 2 of 3 looks and .*, 50 % of the/m);
    for (const [at, row] of early.comparisons.entries()) {
      const plain = once.comparisons[at]!;
      // Where rounds are joined, what is left at the end belongs to the last pair of a run that did not go on.
      if (row.n < ROUNDS) continue;
      assert.equal(row.ratio, plain.ratio);
      if (plain.low === null || row.low === null) continue;
      assert.ok(row.low <= plain.low && row.high! >= plain.high!, JSON.stringify([row, plain]));
      // What the looks find they would have found at once, too.
      if (row.verdict !== "inconclusive") assert.equal(row.verdict, plain.verdict);
    }
    const [all] = early.comparisons;
    assert.equal(all!.verdict, "slower");
    assert.ok(
      Math.log(all!.high! / all!.low!) >
        1.2 * Math.log(once.comparisons[0]!.high! / once.comparisons[0]!.low!),
    );
  }));

Deno.test("one that was interrupted was not decided, and blocks that never were do not count", () =>
  withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { ...OPTIONS, run: looked, status: "interrupted" });
    const store = await openStore(db, { mode: "write" });
    await store.run(
      "INSERT INTO phase SELECT run_id, 1000 + phase_id, segment, measured, 1000 + block, arm, end_us, end_us FROM phase",
    );
    store.close();
    const { reasons, untilDecided } = await summarise(await openRun(runId, { db }), runId);
    assert.equal(untilDecided!.rounds, ROUNDS);
    assert.equal(untilDecided!.requiredSeconds, null);
    assert.match(reasons.join("\n"), /^It was not decided when the run ended, after 2 of 3 looks/m);
  }));
