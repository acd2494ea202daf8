import assert from "node:assert/strict";
import { figure } from "./figure.ts";
import { loadCurve, type LoadPoint } from "./load_curve.ts";

/** A server of one queue: the nearer to its capacity, the longer the wait; beyond it, requests are shed. */
function points(arm: string, capacity: number): LoadPoint[] {
  return [0.2, 0.4, 0.8, 1.6, 0.9, 0.95, 0.95].map((load, index) => {
    const base = 4 / Math.max(0.02, 1 - load);
    return {
      arm,
      rate: capacity * load,
      achieved: capacity * Math.min(load, 0.99),
      p50: base,
      p95: base * 3,
      p99: load > 1 ? null : base * 6,
      outcome: index === 5 ? "invalid" : load > 0.9 ? "fails" : "holds",
    };
  });
}

const rows = [...points("sql", 400), ...points("graphql", 250)];
const chart = loadCurve(rows, {
  limits: [{ arm: "sql", text: "p95<150ms", ms: 150 }, { arm: "graphql", text: "p95<150ms", ms: 150 }],
  intervals: [{ arm: "sql", low: 360, high: 380 }],
});

Deno.test("loadCurve draws the same picture for the same rows", async (t) => {
  await t.assertSnapshot(figure(chart).replaceAll("><", ">\n<"));
});

Deno.test("loadCurve survives a search without probes", () => {
  const html = figure(loadCurve([]));
  assert.match(html, /<svg /);
  assert.doesNotMatch(html, /NaN|Infinity|undefined/);
});

Deno.test("loadCurve has no coordinate that is not a number", () => {
  assert.doesNotMatch(figure(chart), /NaN|Infinity|undefined/);
});

Deno.test("failing probes are hollow, and invalid ones only in the table", () => {
  const circles = [
    ...String(chart.svg).matchAll(/<(?:path|circle) [^>]*fill="([^"]*)"[^>]*><title>([^<]*)<\/title>/g),
  ];
  const fills = (word: string) =>
    new Set(circles.filter(([, , text]) => text!.endsWith(word)).map(([, fill]) => fill));
  assert.deepEqual([...fills("fails")], ["var(--bb-paper, #fff)"]);
  assert.equal(fills("holds").size, 2);
  assert.equal(fills("invalid").size, 0);
  assert.equal(chart.table.rows.filter((row) => row.at(-1) === "invalid").length, 2);
});

Deno.test("the sentence for the picture says what was found for each arm", () => {
  assert.equal(
    chart.label,
    "sql meets its targets up to a rate between 360 and 380 requests/s; graphql has no known limit",
  );
});
