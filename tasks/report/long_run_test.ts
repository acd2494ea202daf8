import { checkCharts, withLongRun } from "./testing_long_run.ts";

Deno.test("the charts of a run of ten hours are as small as those of half an hour, and leave no request out", () =>
  withLongRun({ rounds: 100, blockSeconds: 120, rate: 0.5 }, checkCharts));

Deno.test("blocks that are shorter than a bin share it, arm by arm", () =>
  withLongRun({ rounds: 700, blockSeconds: 4, rate: 2 }, checkCharts));
