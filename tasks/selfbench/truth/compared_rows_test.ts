import assert from "node:assert/strict";
import { confirmRow, decideRows, planRow, seriesRow } from "./compared_rows.ts";
import { shareOf } from "./coverage.ts";
import { COMPARED_NOISES } from "./power.ts";
import { RUN_NOISES, SERIES_PLANS } from "./series.ts";

const noise = COMPARED_NOISES[0]!;

Deno.test("each row says whether its goal is met, as far as so many runs can tell", () => {
  const series = { noise: RUN_NOISES[1]!, plan: SERIES_PLANS[0]!, same: shareOf(9, 200) };
  const found = { found: shareOf(60, 200), foundAll: shareOf(190, 200) };
  assert.deepEqual(seriesRow({ ...series, ...found, wrong: shareOf(9, 200) }), [
    "runs 2 %",
    "5 against 5",
    "4.5 % ✓",
    "4.5 % ✓",
    "30.0 %",
    "95.0 %",
  ]);
  assert.equal(seriesRow({ ...series, ...found, wrong: shareOf(40, 200) })[2], "20.0 % ✗");
  const confirming = {
    noise,
    looked: shareOf(5, 200),
    found: shareOf(180, 200),
    time: { mean: 1.025, most: 2 },
  };
  assert.deepEqual(confirmRow({ ...confirming, wrong: shareOf(0, 200) }), [
    "3 % noise of blocks",
    "2.5 %",
    "0.0 % ✓",
    "1.02× ✓",
    "90.0 %",
  ]);
  assert.equal(confirmRow({ ...confirming, wrong: shareOf(9, 200) })[2], "4.5 % ✗");
  assert.deepEqual(planRow({ noise, seconds: 364.2, found: shareOf(150, 200) }).slice(1), [
    "6 min 4 s",
    "75.0 % ✗",
  ]);
});

Deno.test("runs that end when they know are counted together too", () => {
  const row = (wrong: number, length: number) => ({
    noise,
    runs: 500,
    wrong: shareOf(wrong, 500),
    same: shareOf(0, 500),
    planSeconds: 360,
    length,
    decided: shareOf(500, 500),
    held: shareOf(980, 1000),
  });
  const [first, second, all] = decideRows([row(20, 0.2), row(60, 0.7)]);
  assert.deepEqual(first!.slice(1), ["4.0 % ✓", "0.0 % ✓", "6 min", "20.0 % ✓", "100.0 % ✓", "98.0 % ✓"]);
  assert.deepEqual([second![1], second![4]], ["12.0 % ✗", "70.0 % ✗"]);
  assert.deepEqual(all!.slice(0, 3), ["all 1000 runs", "8.0 % ✗", "0.0 % ✓"]);
});
