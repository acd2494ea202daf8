import { COVERAGE_CELLS } from "./coverage.ts";
import { exerciseCoverage } from "./testing_intervals.ts";

Deno.test("500 runs a cell: intervals of quantiles hold the truth", () =>
  exerciseCoverage(COVERAGE_CELLS, 500));
