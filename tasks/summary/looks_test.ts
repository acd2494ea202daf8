import assert from "node:assert/strict";
import { counter } from "../random/counter.ts";
import { normalQuantile } from "../stats/normal.ts";
import { comparePairs } from "./comparisons.ts";
import { confirmed } from "./confirm.ts";
import { judgingAfter, LOOKS, looksOf, undecided } from "./looks.ts";
import { type PairRatios, pairsUntil } from "./pair_ratios.ts";
import { longestOf, plannedLengths } from "./planned_length.ts";

const OPERATIONS = [{ name: "one", weight: 3 }, { name: "other", weight: 1 }];

/** Pairs of both operations' medians and of both together: noise around a shift each. */
function pairs(
  seed: number,
  rounds: number,
  shift: { one: number; other: number },
  noise = 0.05,
): PairRatios[] {
  const random = counter(seed, "pairs");
  const of = (lane: number, log: number) =>
    Array.from({ length: rounds }, (_, round) => ({
      round,
      end: round + 1,
      log: log + noise * normalQuantile((random.u32(round, lane) + 0.5) / 2 ** 32),
    }));
  return [
    { kind: "all", operation: null, pairs: of(0, (3 * shift.one + shift.other) / 4) },
    { kind: "p50", operation: "one", pairs: of(1, shift.one) },
    { kind: "p50", operation: "other", pairs: of(2, shift.other) },
  ];
}

Deno.test("looks rise to the whole run, apart from each other, and begin where so many pairs can decide", () => {
  const looks = looksOf(200, 120);
  assert.deepEqual(looks.slice(0, 2), [40, 50]);
  assert.equal(looks.at(-1), 200);
  assert.ok(looks.length <= LOOKS);
  assert.deepEqual(looksOf(200, 15), [100, 200]);
  // Seven pairs decide nothing before the end, and a second is too short to pause in.
  assert.deepEqual([looksOf(7, 60), looksOf(200, 1), looksOf(1, 60)], [[7], [200], [1]]);
});

Deno.test("a pair is known once its last round is over", () => {
  const of: PairRatios[] = [{
    kind: "p95",
    operation: "one",
    pairs: [{ round: 0, end: 4, log: 1 }, { round: 4, end: Infinity, log: 2 }],
  }];
  assert.deepEqual([3, 4, 9].map((rounds) => pairsUntil(of, rounds)[0]!.pairs.length), [0, 1, 1]);
  assert.equal(pairsUntil(of, Infinity)[0]!.pairs.length, 2);
});

Deno.test("a large change is decided long before the end, a small one at it, and nothing early by chance alone", () => {
  const plan = { margin: 0.05, looks: looksOf(200, 120) };
  const endOf = (of: PairRatios[]) =>
    plan.looks.find((after) =>
      undecided(comparePairs(pairsUntil(of, after), OPERATIONS, judgingAfter(after, plan))).length === 0
    ) ?? null;
  const large = endOf(pairs(1, 200, { one: 0.2, other: -0.2 }))!;
  const small = endOf(pairs(1, 200, { one: 0.03, other: 0.03 })) ?? 200;
  assert.ok(large <= 60, `${large}`);
  assert.ok(small >= 1.5 * large, `${small} and ${large}`);
  // At a twentieth of the run no p is small enough.
  const first = comparePairs(
    pairsUntil(pairs(2, 200, { one: 2, other: 2 }), 10),
    OPERATIONS,
    judgingAfter(10, plan),
  );
  assert.deepEqual(first.map(({ verdict }) => verdict), ["inconclusive", "inconclusive", "inconclusive"]);
});

Deno.test("what changed by less than the margin ends as equivalent, and a p95 does not prolong a run", () => {
  const plan = { margin: 0.1, looks: [100, 200, 300] };
  const rows = comparePairs(pairs(3, 300, { one: 0.001, other: 0.001 }), OPERATIONS, judgingAfter(300, plan));
  assert.deepEqual(rows.map(({ verdict }) => verdict), ["equivalent", "equivalent", "equivalent"]);
  assert.deepEqual(undecided(rows), []);
  const open = { operation: "one", verdict: "inconclusive" } as const;
  assert.equal(undecided([{ ...open, statistic: "p95" }, { ...open, statistic: "p50" }]).length, 1);
});

Deno.test("intervals are wider the earlier a run ends, and have the level over all looks together", () => {
  const plan = { margin: 0.05, looks: [50, 100, 150, 200] };
  const of = pairs(7, 200, { one: 0.1, other: 0.1 });
  const widths = plan.looks.map((after) => {
    const [all] = comparePairs(pairsUntil(of, after), OPERATIONS, judgingAfter(after, plan));
    assert.equal(all!.level, 0.95);
    return Math.log(all!.high! / all!.low!) * Math.sqrt(after);
  });
  assert.deepEqual(widths, widths.toSorted((a, b) => b - a));
  // At the end all but what was spent before is left, so it is hardly wider than that of a run looked at once.
  const [once] = comparePairs(of, OPERATIONS);
  const last = widths.at(-1)! / Math.log(once!.high! / once!.low!) / Math.sqrt(200);
  assert.ok(last > 1 && last < 1.06, `${last}`);
  // Between two looks, where a run was interrupted, it is one look more.
  const between = judgingAfter(75, plan).nominal(0.05, 2);
  assert.ok(
    between > judgingAfter(50, plan).nominal(0.05, 2) && between < judgingAfter(100, plan).nominal(0.05, 2),
  );
});

Deno.test("a run is planned for what takes longest, four times as long for half the change", () => {
  const measured = pairs(4, 90, { one: 0, other: 0.3 });
  const planned = plannedLengths(measured, { ratio: Math.exp(0.04), seconds: 90 });
  assert.deepEqual(planned.map(({ operation }) => operation), [null, "one", "other"]);
  // One median of two has 1.5 %, all together 1 %: (z(0.9925) + z(0.9))² · 0.05² · π/3 / 0.04² and so on, by Student.
  for (const { seconds } of planned) assert.ok(seconds! > 20 && seconds! < 45, `${seconds}`);
  const half = plannedLengths(measured, { ratio: Math.exp(0.02), seconds: 90 });
  assert.ok(Math.abs(longestOf(half)! / longestOf(planned)! - 4) < 0.2);
  assert.equal(
    longestOf(plannedLengths(pairs(4, 3, { one: 0, other: 0 }), { ratio: 1.05, seconds: 3 })),
    null,
  );
});

Deno.test("no plan is shorter than what can decide at all", () => {
  const [all, one] = plannedLengths(pairs(5, 60, { one: 0, other: 0 }, 1e-4), { ratio: 1.5, seconds: 60 });
  assert.deepEqual([all!.pairs, one!.pairs], [8, 8]);
});

Deno.test("a second run is asked only for what looked slower, which alone shares the 5 %", () => {
  const again = pairs(6, 40, { one: 0.1, other: 0 });
  const rows = confirmed([{ operation: "one", statistic: "p50" }], again, OPERATIONS);
  assert.deepEqual(rows.map(({ operation, verdict }) => [operation, verdict]), [["one", "slower"]]);
  const whole = comparePairs(again, OPERATIONS).find(({ operation }) => operation === "one")!;
  assert.ok(rows[0]!.p! < whole.p!);
  assert.equal(
    confirmed([{ operation: "other", statistic: "p50" }], again, OPERATIONS)[0]!.verdict !== "slower",
    true,
  );
  assert.deepEqual(confirmed([], again, OPERATIONS), []);
});
