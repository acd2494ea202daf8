import assert from "node:assert/strict";
import { COVERAGE_CELLS, coverageOf } from "./coverage.ts";
import { STEADY_CELLS } from "./steadiness.ts";
import { exerciseCoverage, exerciseSteadiness } from "./testing_intervals.ts";

// The full numbers are in intervals_all_test.ts.
Deno.test("intervals of quantiles hold the truth where blocks differ, which those of independent requests do not", () => {
  const cells = COVERAGE_CELLS.filter(({ blocks, requests }) => blocks === 30 && requests === 40);
  exerciseCoverage(cells, 60);
  const noisy = cells.find(({ title, level }) => title === "12 %, AR(0.5)" && level === 0.5)!;
  assert.ok(coverageOf(noisy, 60).independent.high < 0.8);
});

Deno.test("noise that hangs together is not called unsteady, and steps within it are found", () =>
  exerciseSteadiness(STEADY_CELLS.filter(({ bins, noise }) => bins === 90 && noise === 0.06), 60));
