import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { normalQuantile } from "./normal.ts";
import { type Blocks, SHIFT_LEVELS, shiftFunction } from "./shift_function.ts";

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

function blocks(
  seed: number,
  count: number,
  each: number,
  of: (z: number, level: number) => number,
): number[][] {
  const random = counter(seed, "blocks");
  const normal = (at: number, lane: number) => normalQuantile((random.u32(at, lane) + 0.5) / 2 ** 32);
  return Array.from(
    { length: count },
    (_, block) => Array.from({ length: each }, (_, at) => of(normal(block, at + 1), normal(block, 0))),
  );
}

Deno.test("a quantile by Harrell and Davis is scipy's hdquantiles", () => {
  // deno-fmt-ignore
  const values = [77, 87, 88, 114, 151, 210, 219, 246, 253, 262, 296, 299, 306, 376, 428, 515, 666, 1310, 2611];
  const known = [[0.25, 163.09893281686684], [0.5, 271.7212005490892], [0.9, 1367.915356286319]] as const;
  const shifts = shiftFunction(values.map((value) => [value]), [[1], [2], [3]], {
    levels: known.map(([level]) => level),
    paired: false,
    seed: 1,
  })!;
  known.forEach(([, value], at) => near(shifts[at]!.baseline, value, 1e-4));
});

Deno.test("what was added to all values is found at each quantile, and all intervals together hold it", () => {
  const draw = (z: number, level: number) => 0.3 * z + 0.05 * level;
  let held = 0;
  for (let run = 0; run < 30; run++) {
    const base = blocks(2 * run, 40, 12, draw);
    const candidate = blocks(2 * run + 1, 40, 12, (z, level) => draw(z, level) + 0.1);
    const shifts = shiftFunction(base, candidate, { paired: false, seed: run, resamples: 200 })!;
    if (shifts.every(({ low, high }) => low <= 0.1 && 0.1 <= high)) held++;
  }
  assert.ok(held >= 25, `${held} of 30`);
});

Deno.test("a tail that grows alone shows in the upper quantiles only", () => {
  const base = blocks(1, 60, 40, (z) => Math.max(z, -9));
  const candidate = blocks(2, 60, 40, (z) => z > 1.2 ? z + 0.8 : z);
  const shifts = shiftFunction(base, candidate, { paired: true, seed: 1 })!;
  assert.deepEqual(shifts.map(({ level }) => level), SHIFT_LEVELS);
  for (const { level, low, high } of shifts) {
    if (level <= 0.8) assert.ok(low <= 0 && 0 <= high, `${level}: ${low} to ${high}`);
    else assert.ok(low > 0, `${level}: ${low}`);
  }
});

Deno.test("exchanged sides turn the sign, the same seed draws the same, and a moved side moves all", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      (seed, moved) => {
        const [base, candidate]: [Blocks, Blocks] = [
          blocks(seed, 12, 5, (z) => z),
          blocks(seed + 1, 12, 5, (z) => 2 * z),
        ];
        const options = { paired: true, seed, resamples: 100 };
        const there = shiftFunction(base, candidate, options)!;
        assert.deepEqual(shiftFunction(base, candidate, options), there);
        shiftFunction(candidate, base, options)!.forEach(({ difference, low }, at) => {
          assert.ok(Math.abs(difference + there[at]!.difference) < 1e-12);
          assert.ok(Math.abs(low + there[at]!.high) < 1e-9);
        });
        const up = shiftFunction(base, candidate.map((own) => own.map((value) => value + moved)), options)!;
        up.forEach(({ low }, at) => assert.ok(Math.abs(low - there[at]!.low - moved) < 1e-9));
      },
    ),
    { numRuns: 8 },
  );
});

Deno.test("empty blocks are no values, fewer than three blocks tell nothing, and paired ones are as many", () => {
  const options = { paired: false, seed: 1 };
  assert.equal(shiftFunction([[1], [2], []], [[1], [2], [3]], options), null);
  assert.equal(shiftFunction([[1], [2], [], [3]], [[1], [2], [3]], options)!.length, SHIFT_LEVELS.length);
  assert.throws(() => shiftFunction([[1], [2], [3]], [[1], [2]], { ...options, paired: true }), /3 and 2/);
});
