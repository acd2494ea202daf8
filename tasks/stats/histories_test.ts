import assert from "node:assert/strict";
import { eDivisive } from "./e_divisive.ts";
import histories from "./testdata/histories.json" with { type: "json" };

/**
 * Twenty made-up histories of medians in milliseconds, with the places at which their level was changed, and those that
 * apache-otava 0.8.0 finds (window_len 50, max_pvalue 0.001, min_magnitude 0.02): computed once, in Python.
 */
const FOUND = histories.map(({ name, values, changes, otava }) => ({
  name,
  changes: numbers(changes),
  otava: numbers(otava),
  ours: eDivisive(numbers(values).map(Math.log), { minChange: Math.log(1.02) }).map(({ at }) => at),
}));

function numbers(text: string): number[] {
  return text === "" ? [] : text.split(" ").map(Number);
}

/** Where both differ by more than a run, and why: docs/comparing.md shows and judges each. */
const APART: Readonly<Record<string, readonly number[]>> = {
  // The level never changed: Otava's variance divides by n in place of n − 1, and p of eight runs falls below 0.001 by that.
  "no change, noise 5 %": [],
  // Otava tests the first cut up to the end of the window, where the level is back: it finds the way back alone.
  "10 % slower and back, noise 3 %": [18, 33],
  // One run is an outlier until a second one is like it.
  "20 % slower in the last run alone, noise 2 %": [],
};

function alike(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((at, place) => Math.abs(at - others[place]!) <= 1);
}

Deno.test("of twenty histories seventeen have the same change points as another tool finds, to a run", () => {
  const apart = FOUND.filter(({ ours, otava }) => !alike(ours, otava));
  assert.deepEqual(Object.fromEntries(apart.map(({ name, ours }) => [name, ours])), APART);
});

Deno.test("where both differ, and a change lasted, ours are those that were made", () => {
  for (const { name, ours, changes } of FOUND) {
    if (name in APART && !name.includes("last run alone")) assert.deepEqual(ours, changes, name);
  }
});
