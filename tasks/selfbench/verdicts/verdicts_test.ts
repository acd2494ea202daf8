import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../config.ts";
import type { RunSummary } from "../../model/summary.ts";
import { exampleSummary } from "../../report/testing.ts";
import { withTempDir } from "../../store/testing.ts";
import { OPERATION, slowerArm, timesFor, TRIED } from "./slower_query.ts";
import { verdictFindings } from "./task.ts";

const { operations: [row], comparisons: [compared] } = exampleSummary();

/** The medians of an operation, by arm. */
function medians(by: Readonly<Record<string, number>>): Pick<RunSummary, "operations"> {
  return {
    operations: Object.entries(by).map(([arm, value]) => ({
      ...row!,
      ...{ arm, operation: OPERATION, response: { "0.5": { ...row!.response["0.5"]!, value } } },
    })),
  };
}

Deno.test("how often the clock is read is told from two trials, what the reading itself begins with taken off", () => {
  // 0.02 ms whatever is read, and 0.1 µs each time.
  const at = (times: number) => 0.4 + 0.02 + times / 10_000;
  const tried = ["few", "many"];
  const run = medians({ sql: 0.4, few: at(TRIED[0]), many: at(TRIED[1]) });
  assert.equal(timesFor(0.1, run, tried), 200);
  assert.equal(timesFor(0.1, medians({ sql: 0.4, few: 0.6, many: 0.6 }), tried), null);
  assert.equal(timesFor(0.1, medians({ sql: 0.4, few: 0.8, many: 0.9 }), tried), null);
  assert.equal(timesFor(0.1, medians({ sql: 0.4 }), tried), null);
});

Deno.test("the slower arm asks the same question and has the clock read once a statement", () =>
  withTempDir((dir) => {
    const { root } = readConfig();
    assert.deepEqual(JSON.parse(readFileSync(slowerArm(dir, "slower", root, 250), "utf8")), {
      queries: "slower",
    });
    const own = readFileSync(join(dir, "slower", `${OPERATION}.sql`), "utf8");
    const spins = "(SELECT count(clock_timestamp()) >= 0 FROM generate_series(1, 250)) AND ";
    assert.equal(own.split(spins).length, 2);
    const shipped = join(root, `queries/workloads/access-paths/${OPERATION}.sql`);
    assert.equal(own.replace(spins, ""), readFileSync(shipped, "utf8"));
    return Promise.resolve();
  }));

Deno.test("false verdicts and what is found are held against the goals as shares of what was judged", () => {
  const runs = (verdicts: readonly ("slower" | "faster" | "inconclusive")[]) =>
    verdicts.map((verdict) =>
      exampleSummary({
        comparisons: [{ ...compared!, operation: OPERATION, statistic: "p50", ratio: 1.1, verdict }],
      })
    );
  const [wrong, found, ratio] = verdictFindings(
    runs(["inconclusive", "faster", "inconclusive", "inconclusive"]),
    runs(["slower", "slower", "faster"]),
  );
  assert.deepEqual([wrong!.ours!.median, wrong!.unit, wrong!.reached], [1, "of 4", false]);
  assert.deepEqual([found!.ours!.median, found!.unit, found!.reached], [2, "of 3", true]);
  assert.equal(ratio!.ours!.median, 1.1);
  assert.deepEqual(verdictFindings([], []).map(({ ours, reached }) => [ours, reached]), [
    ...[[null, null], [null, null], [null, null]],
  ]);
});
