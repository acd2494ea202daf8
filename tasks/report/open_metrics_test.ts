import assert from "node:assert/strict";
import { openMetrics } from "./open_metrics.ts";
import { exampleSummary } from "./testing.ts";

Deno.test("a summary is OpenMetrics text: each metric with its type, and an end", async (t) => {
  await t.assertSnapshot(openMetrics(exampleSummary()));
});

Deno.test("labels keep to themselves, whatever stands in them", () => {
  const summary = exampleSummary();
  const text = openMetrics({ ...summary, run: { ...summary.run, label: 'a"b\\c\nd # EOF' } });
  assert.match(text, /,label="a\\"b\\\\c\\nd # EOF",/);
  assert.equal(text.match(/^# EOF$/gm)!.length, 1);
  for (const line of text.trimEnd().split("\n")) {
    assert.match(
      line,
      /^(# (TYPE|UNIT|HELP) benchbook_\w+ .+|# EOF|benchbook_\w+\{(\w+="([^"\\]|\\.)*",?)+\} \S+)$/,
      line,
    );
  }
});

Deno.test("a closed loop's response times are told to begin when the client was ready", () => {
  const summary = exampleSummary();
  const { run } = summary;
  const closed = { ...summary, run: { ...run, config: { ...run.config, loop: "closed" as const } } };
  assert.match(
    openMetrics(closed),
    /^# HELP benchbook_response_time_seconds Response time from the client being ready,/m,
  );
});
