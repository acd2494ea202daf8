import assert from "node:assert/strict";
import { counter } from "../random/counter.ts";
import { breakEvenInterval, breakEvenRate } from "./break_even.ts";

/** An hour of work at the database, ms, added up event by event. */
function hourOfWork(
  { reads, readMs, costs, costMs }: { reads: number; readMs: number; costs: number; costMs: number },
): number {
  let total = 0;
  for (let second = 0; second < 3600; second++) {
    for (let read = 0; read < reads; read++) total += readMs;
  }
  const often = Math.floor(3600 * costs);
  for (let cost = 0; cost < often; cost++) total += costMs;
  return total;
}

Deno.test("the break-even point is where a search over rates, each added up event by event, finds equal work", () => {
  for (
    const [readMs, tierMs, reads, costMs] of [[12, 2, 40, 7.5], [3, 2.5, 200, 900], [50, 1, 5, 0.4]] as const
  ) {
    const without = hourOfWork({ reads, readMs, costs: 0, costMs });
    const work = (costs: number) => hourOfWork({ reads, readMs: tierMs, costs, costMs });
    let [swept, dear] = [0, 1];
    while (work(dear) < without) dear *= 2;
    // Where the tier becomes dearer, to a tenth of a per cent.
    while (dear - swept > dear / 1000) {
      const middle = (swept + dear) / 2;
      if (work(middle) < without) swept = middle;
      else dear = middle;
    }
    const saving = {
      savedMs: Array(20).fill(readMs - tierMs),
      readsPerSecond: reads,
      costMs: Array(20).fill(costMs),
    };
    const found = breakEvenRate(saving, counter(1, "test"))!;
    assert.ok(Math.abs(found.value / swept - 1) < 0.01, `${found.value} and ${swept}`);
    assert.ok(Math.abs(found.low / found.value - 1) < 1e-9 && Math.abs(found.high / found.value - 1) < 1e-9);
    const interval = breakEvenInterval(saving, counter(1, "test"))!;
    assert.ok(Math.abs(interval.value * found.value - 1) < 1e-9);
  }
});

Deno.test("its interval holds the truth about as often as it says", () => {
  let covered = 0;
  const runs = 100;
  for (let run = 0; run < runs; run++) {
    const random = counter(run, "break-even");
    let drawn = 0;
    const around = (value: number) => value * (0.4 + 1.2 * random.float(drawn++, 1));
    const savedMs = Array.from({ length: 40 }, () => around(8));
    const costMs = Array.from({ length: 12 }, () => around(500));
    const { low, high } = breakEvenRate({ savedMs, readsPerSecond: 30, costMs }, random)!;
    if (low <= 30 * 8 / 500 && high >= 30 * 8 / 500) covered++;
  }
  // With twelve refreshes a percentile bootstrap covers a little less than 95 %.
  assert.ok(covered >= 0.87 * runs && covered < runs, String(covered));
});

Deno.test("a tier that saves nothing never pays, one that costs nothing always does, and of too little nothing is said", () => {
  const few = { savedMs: [1, 2], readsPerSecond: 10, costMs: [1, 1, 1] };
  assert.equal(breakEvenRate(few, counter(1, "test")), null);
  const nothing = { savedMs: [-1, -1, -2], readsPerSecond: 10, costMs: [1, 1, 1] };
  assert.deepEqual(breakEvenRate(nothing, counter(1, "test")), { value: 0, low: 0, high: 0 });
  assert.equal(breakEvenInterval(nothing, counter(1, "test"))!.value, Infinity);
  const free = { savedMs: [1, 1, 2], readsPerSecond: 10, costMs: [0, 0, 0] };
  assert.equal(breakEvenRate(free, counter(1, "test"))!.value, Infinity);
});
