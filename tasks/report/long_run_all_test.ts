import assert from "node:assert/strict";
import { summarise } from "../summary/summarise.ts";
import { checkCharts, withLongRun } from "./testing_long_run.ts";

Deno.test("a run of a hundred hours, thirty thousand blocks and a million samples is summarised and drawn", () =>
  withLongRun({ rounds: 10_000, blockSeconds: 12, rate: 3 }, async (bench) => {
    const { comparisons, operations } = await summarise(bench, bench.run.runId);
    assert(operations.length > 0 && comparisons.some(({ n }) => n === 10_000));
    await checkCharts(bench);
  }));
