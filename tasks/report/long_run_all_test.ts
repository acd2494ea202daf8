import assert from "node:assert/strict";
import { summarise } from "../summary/summarise.ts";
import { checkCharts, checkPage, withLongRun } from "./testing_long_run.ts";

Deno.test("a run of thirty-three hours and six thousand blocks is summarised and drawn", () =>
  withLongRun({ rounds: 2000, blockSeconds: 20, rate: 2 }, async (bench) => {
    const { comparisons, operations } = await summarise(bench, bench.run.runId);
    assert(operations.length > 0 && comparisons.some(({ verdict }) => verdict !== "inconclusive"));
    await checkCharts(bench);
  }));

Deno.test("the charts of a run of ten hours are as small as those of half an hour, and leave no request out", () =>
  withLongRun({ rounds: 100, blockSeconds: 120, rate: 0.5 }, checkCharts));

Deno.test("the whole page of a run of three hours, whose arms share each bin, is under two megabytes", () =>
  withLongRun({ rounds: 1000, blockSeconds: 4, rate: 6 }, checkPage));
