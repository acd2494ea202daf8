import assert from "node:assert/strict";
import { shareOf } from "./coverage.ts";
import { met, steadyRow } from "./truth_rows.ts";

Deno.test("a goal is met as far as so many runs can tell", () => {
  const goal = { from: 0.93, to: 0.97 };
  assert.equal(met(shareOf(95, 100), goal), true);
  assert.equal(met(shareOf(91, 100), goal), true);
  assert.equal(met(shareOf(910, 1000), goal), false);
  assert.equal(met(shareOf(990, 1000), goal), false);
});

Deno.test("what nobody can find is no failure, and what can be found and is not is one", () => {
  const cell = { title: "x", bins: 60, seconds: 1, noise: 0.12, memory: 0.8 };
  const row = (oracle: number) =>
    steadyRow({ cell, falseAlarm: shareOf(4, 100), step: shareOf(40, 100), oracle: shareOf(oracle, 100) });
  assert.deepEqual(row(50).slice(4), ["4.0 % ✓", "40.0 % –", "50.0 %"]);
  assert.deepEqual(row(95).slice(4), ["4.0 % ✓", "40.0 % ✗", "95.0 %"]);
});
