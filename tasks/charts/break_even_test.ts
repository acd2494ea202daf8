import assert from "node:assert/strict";
import { breakEvenChart, type BreakEvenRow } from "./break_even.ts";
import { figure } from "./figure.ts";

const ROWS: readonly BreakEvenRow[] = [
  { tier: "matview", unit: "seconds", value: 4.7, low: 3.7, high: 6.3, at: 2 },
  { tier: "aggregate", unit: "writes per second", value: 23.7, low: 13.2, high: null, at: 8 },
];

Deno.test("breakEvenChart draws the same picture for the same rows", async (t) => {
  await t.assertSnapshot(figure(breakEvenChart(ROWS)).replaceAll("><", ">\n<"));
});

Deno.test("breakEvenChart says where each tier breaks even, and survives tiers that never do", () => {
  assert.match(
    figure(breakEvenChart(ROWS)),
    /matview breaks even at 4\.7 s; aggregate breaks even at 23\.7 writes\/s/,
  );
  const never = figure(
    breakEvenChart([{ tier: "matview", unit: "seconds", value: null, low: 3, high: null, at: 2 }]),
  );
  assert.match(never, /No tier has a known break-even point/);
  for (const html of [figure(breakEvenChart(ROWS)), never, figure(breakEvenChart([]))]) {
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  }
});

Deno.test("breakEvenChart tells of a dot only where it draws one", () => {
  const [, aggregate] = ROWS;
  for (const [at, dots] of [[8, 1], [null, 0], [0, 0]] as const) {
    const html = figure(breakEvenChart([{ ...aggregate!, at }]));
    assert.equal([...html.matchAll(/aggregate in the run, at/g)].length, dots);
    assert.equal(
      /the mark is the run.s own point/.test(html.replaceAll("&#39;", "'")),
      dots === 1,
      String(at),
    );
  }
});
