import assert from "node:assert/strict";
import { type CoverageCell, coverageOf } from "./coverage.ts";

/** From 30 blocks on 93 to 97 % of intervals hold the truth, as far as so many runs can tell. */
export function exerciseCoverage(cells: readonly CoverageCell[], runs: number): void {
  for (const cell of cells) {
    const { ours } = coverageOf(cell, runs);
    const name = `${cell.title}, ${cell.blocks} blocks of ${cell.requests}, ${cell.level}: ${ours.share}`;
    assert.ok(ours.high >= 0.93 && ours.low <= 0.97, name);
  }
}
