import assert from "node:assert/strict";
import { levelShift, likeliestStep } from "./level_shift.ts";
import { limitOf } from "./level_shift_limits.ts";

const OPTIONS = { minLength: 4, floor: 0.01, share: 0.05 };

Deno.test("a step is found where it is, in the unit of any series and either way", () => {
  const values = Array.from({ length: 40 }, (_, at) => Math.sin(7 * at) + (at < 15 ? 0 : 8));
  const found = levelShift(values, OPTIONS)!;
  assert.equal(found.at, 15);
  const turned = likeliestStep(values.map((value) => 3 - 5 * value), 4, 0.05)!;
  assert.equal(turned.at, 15);
  assert.ok(Math.abs(turned.evidence - found.evidence) < 1e-6);
});

Deno.test("a constant series, a wave and what is too short have no shift", () => {
  assert.equal(levelShift(Array(40).fill(3), OPTIONS), null);
  assert.equal(levelShift(Array.from({ length: 60 }, (_, at) => Math.sin(at / 4)), OPTIONS), null);
  assert.equal(levelShift([0, 0, 0, 0, 9, 9, 9, 9], OPTIONS), null);
  assert.equal(levelShift([], OPTIONS), null);
});

Deno.test("of more values than are looked at singly the place is still the exact one", () => {
  const values = Array.from({ length: 1000 }, (_, at) => Math.sin(7 * at) + (at < 333 ? 0 : 8));
  assert.equal(levelShift(values, OPTIONS)!.at, 333);
});

Deno.test("the rarer a false alarm is to be, the more evidence it takes", () => {
  for (const n of [5, 10, 18, 60, 200, 240, 500]) {
    assert.ok(limitOf(n, 0.05) < limitOf(n, 0.025) && limitOf(n, 0.025) < limitOf(n, 0.0167));
    assert.equal(limitOf(n, 0.001), limitOf(n, 0.0167));
  }
});
