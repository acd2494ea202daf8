import assert from "node:assert/strict";
import { exampleSummary } from "../report/testing.ts";
import { seriesText } from "./series_text.ts";

Deno.test("runs of one series stand below each other's figures, with what they differ by", async (t) => {
  const summary = exampleSummary();
  const slower = (factor: number) => ({
    ...summary,
    operations: summary.operations.map((each) => ({
      ...each,
      response: Object.fromEntries(
        Object.entries(each.response).map(([level, estimate]) => [level, {
          ...estimate,
          value: estimate.value === null ? null : estimate.value * factor,
        }]),
      ),
    })),
  });
  const series = [1, 1.1, 0.95, 1.02, 1].map(slower);
  await t.assertSnapshot(seriesText(series, 100));
  assert.doesNotMatch(seriesText(series, 100), /is told by 5 or more/);
  assert.match(seriesText(series.slice(0, 4), 100), /is told by 5 or more/);
});

Deno.test("what no run could tell is a dash", () => {
  const summary = exampleSummary();
  const none = { ...summary, operations: [] };
  assert.match(seriesText([none, none], 100), /p50 +— +— +— +—/);
});
