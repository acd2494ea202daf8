import assert from "node:assert/strict";
import { cacheMap } from "./cache_map.ts";
import { cacheStates } from "./cache_states.ts";
import { type Figure, figure } from "./figure.ts";
import { latencyHeatmap } from "./heatmap.ts";
import { unbroken } from "./html.ts";
import { latencyHistogram } from "./histogram.ts";
import { latencyByQuantile } from "./latency_by_quantile.ts";
import { operationDots } from "./operation_dots.ts";
import { overTime } from "./over_time.ts";
import { ratioChart } from "./ratios.ts";
import { sampleSeries } from "./sample_series.ts";
import { sparkline } from "./sparkline.ts";
import * as rows from "./testing.ts";

const CHARTS: readonly [string, Figure, () => Figure][] = [
  ["latencyByQuantile", latencyByQuantile(rows.quantilePoints()), () => latencyByQuantile([])],
  ["latencyHistogram", latencyHistogram(rows.histogramBins()), () => latencyHistogram([])],
  ["overTime", overTime(rows.secondPoints()), () => overTime([])],
  ["latencyHeatmap", latencyHeatmap(rows.heatmapBins()), () => latencyHeatmap([])],
  ["ratioChart", ratioChart(rows.ratioRows()), () => ratioChart([])],
  ["cacheStates", cacheStates(rows.cacheSeconds()), () => cacheStates([])],
  ["cacheMap", cacheMap(rows.cacheMapCells()), () => cacheMap([])],
  ["operationDots", operationDots(rows.operationQuantiles()), () => operationDots([])],
  ["sampleSeries", sampleSeries(rows.samplePoints()), () => sampleSeries([])],
];

for (const [name, chart, empty] of CHARTS) {
  Deno.test(`${name} draws the same picture for the same rows`, async (t) => {
    // An element a line: a change in one mark is a change in one line of the snapshot.
    await t.assertSnapshot(figure(chart).replaceAll("><", ">\n<"));
  });

  Deno.test(`${name} survives a run without rows`, () => {
    const html = figure(empty());
    assert.match(html, /<svg |nothing to draw/);
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  });

  Deno.test(`${name} has no coordinate that is not a number`, () => {
    assert.doesNotMatch(figure(chart), /NaN|Infinity|undefined/);
  });

  Deno.test(`${name} says in two sentences or more how to read it`, () => {
    assert.ok(chart.reading.split(/[.] |[.]$/).filter((part) => part !== "").length >= 2);
  });
}

Deno.test("a quantile that falls among requests never answered leaves a gap, not a point", () => {
  const chart = latencyByQuantile([
    { arm: "sql", level: 0.5, ms: 2 },
    { arm: "sql", level: 0.99, ms: null },
  ]);
  assert.doesNotMatch(String(chart.svg), /sql p99/);
  assert.deepEqual(chart.table.rows.at(-1), ["p99", "—"]);
});

Deno.test("a quantile that no second has enough requests for has no line and no key", () => {
  const seconds = rows.secondPoints().map((point) => ({ ...point, n: 100, p99: null }));
  const chart = overTime(seconds);
  assert.deepEqual(chart.legend.map(({ name }) => name), ["p50", "p95", ...rows.ARMS]);
  assert.match(chart.reading, /^The lines are p50 and p95 of each second; one with too few requests/);
  assert.doesNotMatch(String(chart.svg), /p99/);
  assert.deepEqual(new Set(chart.table.rows.map((row) => row[6])), new Set(["—"]));
});

Deno.test("an arm has the same colour in every chart, whichever arms a chart shows", () => {
  const all = operationDots(rows.operationQuantiles());
  const one = latencyByQuantile(rows.quantilePoints().filter(({ arm }) => arm === "sql+cache"));
  const style = (chart: Figure) => chart.legend.find(({ name }) => name === "sql+cache")?.style;
  assert.deepEqual(style(all), style(one));
});

Deno.test("two charts of one kind share no id when they are given different ids", () => {
  const [a, b] = ["first", "second"].map((id) => figure(overTime(rows.secondPoints(), { id })));
  const ids = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.ok(ids(a!).length > 1);
  assert.equal(new Set([...ids(a!), ...ids(b!)]).size, ids(a!).length + ids(b!).length);
});

Deno.test("a clip path that a chart refers to exists in that chart", () => {
  const html = figure(overTime(rows.secondPoints()));
  const used = [...html.matchAll(/url\(#([^)]+)\)/g)].map((match) => match[1]!);
  assert.ok(used.length > 0);
  for (const id of used) assert.ok(html.includes(`id="${id}"`), id);
});

Deno.test("the heatmap of a long run counts every request in fewer, wider cells", () => {
  const bins = Array.from(
    { length: 600 },
    (_, second) =>
      [1, 1.19, 1.41].map((lowMs) => ({ arm: "sql", second, lowMs, highMs: lowMs * 1.19, n: 2 })),
  ).flat();
  const { rows: cells } = latencyHeatmap(bins).table;
  assert.ok(cells.length < bins.length / 4);
  assert.equal(cells.reduce((sum, row) => sum + Number(row[4]!.replace(",", "")), 0), 600 * 3 * 2);
});

Deno.test("text from the data cannot become markup", () => {
  const hostile = `<script>alert("1")</script>`;
  const html = figure(operationDots([{ arm: hostile, operation: hostile, p50: 1, p95: 2 }]));
  assert.doesNotMatch(html, /<script/);
});

Deno.test("a sparkline needs two values", () => {
  assert.equal(sparkline([1]), "");
  // Zero at the foot, which is 48, and twice as high is twice as far from it.
  assert.match(sparkline([1, 2]), /<path d="M8 29 232 10"\/><circle cx="232" cy="10"/);
  assert.doesNotMatch(sparkline([0, 0]), /NaN/);
});

Deno.test("all operations together come first, and every column has its axis at the foot", () => {
  const whole = { ...rows.ratioRows()[0]!, operation: null, statistic: "p50" };
  const lacking = rows.ratioRows().filter(({ operation, statistic }) =>
    operation !== "product-by-id" || statistic === "p50"
  );
  const svg = String(ratioChart([...lacking, whole]).svg);
  assert.match(svg, /<text[^>]*>all<.*>sales-by-employee</s);
  // Each column's tick of 1 stands in the facet of the same row.
  const feet = [
    ...svg.matchAll(
      /<g transform="translate\([\d.]+,([\d.]+)\)"[^>]*>(?:<text[^>]*>[^<]*<\/text>)*?<text[^>]*>1×</g,
    ),
  ]
    .map((match) => match[1]);
  assert.equal(feet.length, 2);
  assert.equal(new Set(feet).size, 1, feet.join());
});

Deno.test("too few pairs are listed as just that beside a ratio", () => {
  const few = rows.ratioRows().map((row) => ({ ...row, p: null, verdict: "inconclusive" }));
  for (const row of ratioChart(few).table.rows) assert.equal(row.at(-1), "too few pairs");
});

Deno.test("a number and its unit stay on one line", () => {
  assert.equal(unbroken("up to 76 % in 12 ms, of 3 streams"), "up to 76\u00a0% in 12\u00a0ms, of 3 streams");
  assert.match(figure(ratioChart(rows.ratioRows())), /its 95\u00a0% interval/);
});

Deno.test("the name of a sampled line fits beside it", () => {
  const line = (series: string, value: number) =>
    [0, 60].map((second) => ({
      panel: "PostgreSQL blocks",
      series,
      unit: "per second" as const,
      second,
      value,
    }));
  const svg = String(sampleSeries([...line("from cache", 9), ...line("read", 1)]).svg);
  const label = svg.match(/translate\(([\d.]+),[\d.]+\)"[^>]*>from cache</);
  const shift = Number(
    svg.match(/<g transform="translate\(([\d.]+),[^>]*>(?:(?!<g).)*>from cache</s)?.[1] ?? 0,
  );
  // A wide face takes about 0.65 of the letters' 12 px each.
  assert.ok(Number(label?.[1]) + shift + "from cache".length * 12 * 0.65 <= 350, `${label?.[1]} + ${shift}`);
});

Deno.test("the name of an arm beside its row is within the chart, however long", () => {
  const arm = "matview+cache in February";
  const renamed = <Row extends { readonly arm: string }>(of: readonly Row[]) =>
    of.map((row) => ({ ...row, arm }));
  const charts = [
    cacheStates(renamed(rows.cacheSeconds().filter((row) => row.arm === rows.cacheSeconds()[0]!.arm))),
    cacheMap(renamed(rows.cacheMapCells().filter((cell) => cell.arm === rows.cacheMapCells()[0]!.arm))),
    latencyHistogram(renamed(rows.histogramBins())),
    latencyHeatmap(renamed(rows.heatmapBins())),
    overTime(renamed(rows.secondPoints())),
  ];
  for (const { id, svg } of charts) {
    const [, x] =
      /<text transform="translate\(([\d.]+),[^>]*>matview\+cache in February</.exec(String(svg)) ?? [];
    // The axis stands 9 px to the right of the plot.
    assert.ok(Number(x) + 9 + arm.length * 12 * 0.65 <= 720, `${id}: ${x}`);
  }
});

Deno.test("the longest name beside a chart has room for seven pixels a letter, and leaves the chart a half", () => {
  const left = (operation: string) => {
    const html = figure(operationDots(rows.operationQuantiles().map((row) => ({ ...row, operation }))));
    return Number(/translate\((-?[\d.]+),[\d.]+\)"[^>]*>(?:<title>[^<]*<\/title>)?sales/.exec(html)![1]);
  };
  const [short, long, longer] = ["sales", "sales-rep-leaderboard", `sales${"-".repeat(500)}`].map(left);
  assert.ok(long! - short! >= 25, `${short} ${long}`);
  assert.ok(long! >= 7 * 21, String(long));
  assert.ok(longer! <= 360, String(longer));
});
