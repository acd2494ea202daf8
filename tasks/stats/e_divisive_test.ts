import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { eDivisive, farthestCut } from "./e_divisive.ts";
import { normalQuantile } from "./normal.ts";

// deno-fmt-ignore
const TWO_CHANGES = [3.1, 2.9, 3.0, 3.2, 2.8, 3.05, 3.4, 3.5, 3.3, 3.45, 3.55, 3.35, 2.95, 3.0, 3.1, 2.9];

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

function noisy(seed: number, n: number, deviation: number, level: (at: number) => number): number[] {
  const random = counter(seed, "history");
  return Array.from(
    { length: n },
    (_, at) => level(at) + deviation * normalQuantile((random.u32(at) + 0.5) / 2 ** 32),
  );
}

Deno.test("the place and the energy distance are those of a change point tool, and p is scipy's ttest_ind", () => {
  // Q̂ over all (τ, κ) by its definition, in Python; apache-otava 0.8.0 has the same.
  const cut = farthestCut(TWO_CHANGES, 2)!;
  assert.equal(cut.at, 6);
  near(cut.distance, 1.62);
  const [up, ...others] = eDivisive(TWO_CHANGES.slice(0, 12), { minChange: 0.05 });
  assert.deepEqual(others, []);
  assert.equal(up!.at, 6);
  near(up!.p, 0.00013638455971704908);
  near(up!.before, 3.0083333333333333);
  near(up!.after, 3.425);
});

Deno.test("the distance is that of its definition at every place", () => {
  const sum = (values: readonly number[], others: readonly number[]) =>
    values.reduce((total, a) => total + others.reduce((own, b) => own + Math.abs(a - b), 0), 0);
  const distance = (a: readonly number[], b: readonly number[]) => {
    const [n, m] = [a.length, b.length];
    const within = (own: readonly number[]) => own.length < 2 ? 0 : sum(own, own) / 2 / (own.length - 1);
    return 2 / (n + m) * (sum(a, b) - m * within(a) - n * within(b));
  };
  const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 12 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 3 }), (list, minLength) => {
    let most = -Infinity;
    for (let at = minLength; at <= list.length - minLength; at++) {
      for (let to = at + minLength; to <= list.length; to++) {
        most = Math.max(most, distance(list.slice(0, at), list.slice(at, to)));
      }
    }
    const found = farthestCut(list, minLength);
    if (found === null) assert.equal(most, -Infinity);
    else assert.ok(Math.abs(found.distance - most) < 1e-9);
  }));
});

Deno.test("of 300 histories without a change hardly one is told to have one, and of a 10 % step nearly all", () => {
  const options = { minChange: Math.log(1.02) };
  const share = (level: (at: number) => number, holds: (found: readonly number[]) => boolean) => {
    let count = 0;
    for (let seed = 0; seed < 300; seed++) {
      const values = noisy(seed, 40, 0.03, level);
      if (holds(eDivisive(values, options).map(({ at }) => at))) count++;
    }
    return count / 300;
  };
  const alarms = share(() => 0, (found) => found.length > 0);
  assert.ok(alarms <= 0.05, `${alarms} false`);
  const found = share((at) => at < 24 ? 0 : Math.log(1.1), ([first]) => Math.abs(first! - 24) <= 1);
  assert.ok(found >= 0.9, `${found} found`);
});

Deno.test("a single wild run is no level, a small step none either, and under ten runs there is none", () => {
  const wild = noisy(1, 30, 0.01, (at) => at === 12 ? 0.5 : 0);
  assert.deepEqual(eDivisive(wild, { minChange: 0.02 }), []);
  const step = noisy(2, 30, 0.001, (at) => at < 15 ? 0 : 0.02);
  assert.deepEqual(eDivisive(step, { minChange: 0.03 }), []);
  assert.deepEqual(eDivisive(step, { minChange: 0.01 }).map(({ at }) => at), [15]);
  assert.deepEqual(eDivisive([0, 0, 0, 0, 1, 1, 1, 1, 1], { minChange: 0.1 }), []);
  assert.deepEqual(eDivisive(Array(20).fill(3), { minChange: 0.1 }), []);
});

Deno.test("the mirror image and another level have the same changes, and each is large and sure enough", () => {
  const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 10, maxLength: 120 });
  fc.assert(
    fc.property(values, (list) => {
      const options = { minChange: 0.1 };
      const found = eDivisive(list, options);
      assert.deepEqual(
        eDivisive(list.map((value) => -value), options).map(({ at }) => at),
        found.map(({ at }) => at),
      );
      for (const { p, before, after } of found) assert.ok(p <= 0.001 && Math.abs(after - before) >= 0.1);
      found.slice(1).forEach(({ at }, place) => assert.ok(at - found[place]!.at >= 2));
    }),
    { numRuns: 50 },
  );
});
