import { checkCharts, withLongRun } from "./testing_long_run.ts";

// Days are in long_run_all_test.ts.
Deno.test("the charts of a run of two hours are as small as those of half an hour, and leave no request out", () =>
  withLongRun({ rounds: 20, blockSeconds: 120, rate: 0.5 }, checkCharts));

Deno.test("blocks that are shorter than a bin share it, arm by arm", () =>
  withLongRun({ rounds: 700, blockSeconds: 1, rate: 2 }, checkCharts));
