import assert from "node:assert/strict";
import { type CoverageCell, coverageOf } from "./coverage.ts";
import { steadinessOf, type SteadyCell } from "./steadiness.ts";
import { coverageGoal } from "./truth_rows.ts";

/** From 30 blocks on 93 to 97 % of intervals hold the truth, as far as so many runs can tell. */
export function exerciseCoverage(cells: readonly CoverageCell[], runs: number): void {
  for (const cell of cells) {
    const coverage = coverageOf(cell, runs);
    const { ours } = coverage;
    const { from, to } = coverageGoal(coverage);
    // Three standard errors: of so many cells one is unlucky.
    const slack = 3 * Math.sqrt(0.05 * 0.95 / runs);
    const name = `${cell.title}, ${cell.blocks} blocks of ${cell.requests}, ${cell.level}: ${ours.share}`;
    assert.ok(ours.share >= from - slack && ours.share <= to + slack, name);
  }
}

/** At most 5 % of arms that stay as they are are said to change, and four of five steps are found where noise is 6 % or less. */
export function exerciseSteadiness(cells: readonly SteadyCell[], runs: number): void {
  for (const cell of cells) {
    const { falseAlarm, step } = steadinessOf(cell, runs);
    assert.ok(falseAlarm.low <= 0.05, `${JSON.stringify(cell)}: ${falseAlarm.share}`);
    if (cell.bins >= 60 && cell.noise <= 0.06) {
      assert.ok(step.high >= 0.8, `${JSON.stringify(cell)}: ${step.share}`);
    }
  }
}
