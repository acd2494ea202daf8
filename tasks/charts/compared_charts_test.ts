import assert from "node:assert/strict";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { comparedRatios } from "./compared_ratios.ts";
import { figure } from "./figure.ts";
import { shiftPlot } from "./shift_plot.ts";

const { rows, shifts } = comparisonFixture();

Deno.test("comparedRatios draws each ratio over its noise floor", () => {
  const chart = comparedRatios(rows);
  const html = figure(chart);
  assert.equal(html.match(/<title>/g)?.length, rows.length);
  assert.equal(String(chart.svg).match(/<rect/g)?.length, rows.filter(({ floor }) => floor !== null).length);
  assert.match(chart.label, /Of 11 ratios 3 are regressed, 1 improved, 2 equivalent and 5 inconclusive/);
  assert.doesNotMatch(html, /NaN|Infinity|undefined/);
});

Deno.test("shiftPlot draws each decile, and fills those that differ", () => {
  const html = figure(shiftPlot(shifts[0]!.levels));
  assert.equal(html.match(/<title>/g)?.length, 10);
  assert.match(html, /The median is 1\.25× that of the base, p95 1\.4[78]×/);
  assert.doesNotMatch(html, /NaN|Infinity|undefined/);
});

Deno.test("charts of a comparison survive nothing, and ratios of any size", () => {
  for (const chart of [comparedRatios([]), shiftPlot([])]) {
    assert.doesNotMatch(figure(chart), /NaN|Infinity|undefined/);
  }
  const far = rows.map((row, at) => ({ ...row, ratio: 10 ** (at - 5), low: 1e-9, high: 1e9, floor: 1e6 }));
  assert.doesNotMatch(figure(comparedRatios(far)), /NaN|Infinity|undefined/);
  const points = shifts[0]!.levels.map((point, at) => ({
    ...point,
    ratio: 10 ** (at - 5),
    low: 1e-9,
    high: 1e9,
  }));
  assert.doesNotMatch(figure(shiftPlot(points)), /NaN|Infinity|undefined/);
});
