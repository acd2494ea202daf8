import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { figure } from "./figure.ts";
import { historyTrend } from "./history_trend.ts";
import { historyFixture } from "./testing_history.ts";

const history = historyFixture();

/** What is asked of a drawing; linkedom's own types assume those of a browser. */
interface Drawing {
  querySelectorAll(selector: string): Iterable<{ getAttribute(name: string): string | null }>;
}

function drawing(svg: string): Drawing {
  return (parseHTML(`<body>${svg}</body>`) as unknown as { document: Drawing }).document;
}

Deno.test("historyTrend draws the same picture for the same runs", async (t) => {
  const drawn = figure(historyTrend(history, { operation: "order-details" }));
  await t.assertSnapshot(drawn.replaceAll("><", ">\n<"));
});

Deno.test("a history says where its level changed, and that it did not", () => {
  const { label, table } = historyTrend(history, { operation: "order-details" });
  assert.match(label, /^14 runs; sql p50 1\.25× slower from 2026-03-18 08:00 UTC on; sql p95 1\.25× slower/);
  assert.match(label, /; 1 break$/);
  assert.deepEqual(table.rows.length, 2 * 14);
  assert.match(historyTrend({ stretches: [] }).label, /no change of level was found/);
});

Deno.test("no line is joined over a break, and a run without a value has no mark", () => {
  const [sql, graphql, throughput, errors, ...more] =
    historyTrend(history, { operation: "order-details" }).svg;
  assert.deepEqual(more, []);
  // p50 and p95 of two stretches each.
  const lines = [...drawing(sql!).querySelectorAll('g[stroke-linejoin="round"] > path')];
  assert.equal(lines.length, 4, sql);
  const dots = (svg: string) => svg.match(/<title>/g)!.length;
  assert.deepEqual([dots(sql!), dots(graphql!), dots(throughput!), dots(errors!)], [28, 26, 28, 28]);
});
