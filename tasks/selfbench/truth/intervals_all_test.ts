import { COVERAGE_CELLS } from "./coverage.ts";
import { STEADY_CELLS } from "./steadiness.ts";
import { exerciseCoverage, exerciseSteadiness } from "./testing_intervals.ts";

Deno.test("250 runs a cell: intervals of quantiles hold the truth", () =>
  exerciseCoverage(COVERAGE_CELLS, 250));

Deno.test("250 runs a cell: noise that hangs together is not called unsteady, and steps within it are found", () =>
  exerciseSteadiness(STEADY_CELLS, 250));
