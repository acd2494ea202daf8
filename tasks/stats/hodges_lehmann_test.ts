import assert from "node:assert/strict";
import { counter } from "../random/counter.ts";
import { hodgesLehmann } from "./hodges_lehmann.ts";
import { walshCut } from "./signed_rank.ts";

/** By listing all averages. */
function listed(values: readonly number[]): readonly number[] {
  const averages = values.flatMap((a, i) =>
    values.slice(i).map((b) => Number.isNaN((a + b) / 2) ? 0 : (a + b) / 2)
  );
  averages.sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const middle = averages.length >> 1;
  const [below, above] = [averages[averages.length % 2 === 1 ? middle : middle - 1]!, averages[middle]!];
  const { cut } = walshCut(values.length, 0.95);
  const half = (below + above) / 2;
  const estimate = Number.isNaN(half) ? 0 : half;
  return cut === 0 ? [estimate] : [estimate, averages[cut - 1]!, averages.at(-cut)!];
}

Deno.test("averages that are counted are those that are listed, with ties, one sign only and infinities", () => {
  const random = counter(7, "hodges-lehmann");
  let draw = 0;
  const next = () => random.float(draw++, 0);
  const kinds: (() => number)[] = [
    () => next() - 0.5,
    () => Math.floor(next() * 4) - 1,
    () => 1 + next(),
    () => -1 - next(),
    () => next() < 0.2 ? Infinity : next() < 0.2 ? -Infinity : next() * 1e300,
    () => next() < 0.5 ? Infinity : -Infinity,
    () => next() * 1e-300,
  ];
  for (const [index, kind] of kinds.entries()) {
    for (let n = 1; n <= 40; n++) {
      const values = Array.from({ length: n }, kind);
      const { estimate, interval } = hodgesLehmann(values)!;
      const found = interval === null ? [estimate] : [estimate, interval.low, interval.high];
      assert.deepEqual(found.map((x) => x + 0), listed(values).map((x) => x + 0), `kind ${index}, n ${n}`);
    }
  }
});

Deno.test("the pairs of blocks of a week are compared in little memory", () => {
  const random = counter(8, "week");
  const values = Float64Array.from({ length: 100_000 }, (_, at) => random.float(at, 0) + 1);
  const { estimate, interval } = hodgesLehmann([...values])!;
  assert.ok(Math.abs(estimate - 1.5) < 0.01);
  assert.ok(interval!.low < estimate && estimate < interval!.high && interval!.high - interval!.low < 0.01);
});
