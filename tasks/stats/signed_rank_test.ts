import assert from "node:assert/strict";
import fc from "fast-check";
import { equivalenceP } from "./equivalence.ts";
import { hodgesLehmann } from "./hodges_lehmann.ts";
import { signedRank, walshCut } from "./signed_rank.ts";

/**
 * Hamilton's depression scale before and after a tranquilizer: Hollander and Wolfe, table 3.1; R's
 * wilcox.test.
 */
const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
const DIFFERENCES = BEFORE.map((value, at) => value - AFTER[at]!);

function near(actual: number, expected: number, within = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
}

Deno.test("the published example has W = 40, p = 0.0391, estimate 0.46 and interval 0.010 to 0.786", () => {
  assert.deepEqual(signedRank(DIFFERENCES), {
    n: 9,
    w: 40,
    p: 0.0390625,
    pGreater: 0.01953125,
    pLess: 0.986328125,
  });
  const { estimate, interval, reached } = hodgesLehmann(DIFFERENCES)!;
  near(estimate, 0.46);
  near(interval!.low, 0.01);
  near(interval!.high, 0.786);
  near(reached, 0.9609375);
});

Deno.test("ties share their rank and zeros are left out", () => {
  // All 2^8 sign patterns of the ranks 2, 2, 4.5, 4.5, 6, 2, 7, 8 counted by hand in Python.
  assert.deepEqual(signedRank([1, 1, -2, 2, 3, -1, 4, 5, 0]), {
    n: 8,
    w: 29.5,
    p: 0.1328125,
    pGreater: 0.06640625,
    pLess: 0.95703125,
  });
  assert.deepEqual(signedRank([0, 0]), { n: 0, w: 0, p: 1, pGreater: 1, pLess: 1 });
});

Deno.test("beyond 25 differences the normal approximation with corrections agrees with scipy", () => {
  // deno-fmt-ignore
  const values = [
    0.746, 1.222, 0.73, -0.903, 1.305, 0.846, -0.137, 0.981, 0.765, 0.694, 0.428, 0.947, -0.336, 0.237, -0.082,
    0.999, 0.44, 0.108, -0.382, 0.143, 0.408, 0.124, 1.694, 1.407, -2.311, -1.489, 0.225, -0.022, 0.614, 0.617,
    2.518, -0.712, 0.022, 2.443, 1.047, 1.063, -0.114, -1.248, 0.567, 0.509,
  ];
  near(signedRank(values).p, 0.0036919024038572926);
});

Deno.test("exact tails count every sign pattern", () => {
  const ranks = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(ranks, (values) => {
      const used = values.filter((value) => value !== 0);
      const { w, pGreater, pLess } = signedRank(values);
      let above = 0;
      let below = 0;
      for (let pattern = 0; pattern < 2 ** used.length; pattern++) {
        const flipped = used.map((value, at) => Math.abs(value) * ((pattern >> at) & 1 ? 1 : -1));
        const sum = signedRank(flipped).w;
        if (sum >= w) above++;
        if (sum <= w) below++;
      }
      near(pGreater, above / 2 ** used.length);
      near(pLess, below / 2 ** used.length);
    }),
    { numRuns: 40 },
  );
});

Deno.test("changing all signs changes the direction, and shifting the values shifts estimate and interval", () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 30 });
  fc.assert(fc.property(values, fc.integer({ min: -50, max: 50 }), (list, shift) => {
    const [there, back] = [signedRank(list), signedRank(list.map((value) => -value))];
    near(there.p, back.p, 1e-9);
    near(there.pGreater, back.pLess, 1e-9);
    const [plain, moved] = [hodgesLehmann(list)!, hodgesLehmann(list.map((value) => value + shift))!];
    near(moved.estimate, plain.estimate + shift, 1e-9);
    near(moved.interval!.low, plain.interval!.low + shift, 1e-9);
    near(moved.interval!.high, plain.interval!.high + shift, 1e-9);
    assert.ok(plain.interval!.low <= plain.estimate && plain.estimate <= plain.interval!.high);
  }));
});

Deno.test("the interval leaves out 0 exactly when the test rejects it", () => {
  const values = fc.uniqueArray(fc.integer({ min: -300, max: 900 }).filter((value) => value !== 0), {
    minLength: 6,
    maxLength: 20,
    selector: Math.abs,
  });
  fc.assert(fc.property(values, (list) => {
    const { interval, reached } = hodgesLehmann(list)!;
    const rejected = signedRank(list).p <= 1 - reached + 1e-12;
    const outside = interval!.low > 0 || interval!.high < 0;
    // With an average of exactly 0 the interval ends at 0.
    if (interval!.low !== 0 && interval!.high !== 0) assert.equal(outside, rejected);
  }));
});

Deno.test("too few values have an estimate without an interval", () => {
  assert.deepEqual(walshCut(5, 0.95), { cut: 0, reached: 1 });
  assert.equal(walshCut(6, 0.95).cut, 1);
  assert.deepEqual(hodgesLehmann([1, 2, 3]), { estimate: 2, interval: null, reached: 1 });
  assert.equal(hodgesLehmann([]), null);
});

Deno.test("infinite values rank last and do not spoil the estimate", () => {
  const values = [Infinity, 1, 2, 3, 4, 5, 6, 7];
  assert.equal(signedRank(values).w, 36);
  const { estimate, interval } = hodgesLehmann(values)!;
  assert.equal(estimate, 4.5);
  assert.equal(interval!.high, Infinity);
  assert.equal(hodgesLehmann([Infinity, -Infinity])!.estimate, 0);
});

Deno.test("equivalence needs both one-sided tests against the margin", () => {
  const around = (centre: number) => [-3, -2, -1, 0, 1, 2, 3, 4].map((step) => centre + step / 1000);
  assert.equal(equivalenceP(around(0)), 1 / 2 ** 8);
  assert.equal(equivalenceP(around(Math.log(1.04))), 1 / 2 ** 8);
  assert.ok(equivalenceP(around(Math.log(1.05))) > 0.5);
  assert.ok(equivalenceP(around(-Math.log(1.05))) > 0.2);
  assert.equal(equivalenceP(around(Math.log(1.05)), 0.1), 1 / 2 ** 8);
  assert.equal(equivalenceP([0, 0, 0]), 1 / 2 ** 3);
  assert.equal(equivalenceP([]), 1);
});

Deno.test("equivalence is the larger of two tests that enumerate all signs, and mirrors and margins move it as they must", () => {
  const logs = [0.012, -0.031, 0.044, 0.007, -0.018, 0.026, 0.051, -0.006, 0.033, -0.042, 0.019];
  // By listing all 2,048 sign patterns of the shifted values' ranks in Python.
  near(equivalenceP(logs), 0.0009765625);
  near(equivalenceP(logs, 0.03), 0.02685546875);
  const values = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 14 });
  fc.assert(fc.property(values, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (values, margin) => {
    const p = equivalenceP(values, margin);
    assert.ok(p > 0 && p <= 1);
    near(equivalenceP(values.map((value) => -value), margin), p);
    // Within a margin that holds all of them none has the other sign, which one in 2ⁿ patterns has.
    near(equivalenceP(values, 1), 2 ** -values.length);
    // Nothing is equivalent within a margin, and at the same time different by more than that.
    const { estimate } = hodgesLehmann(values)!;
    if (Math.abs(estimate) > Math.log1p(margin)) assert.ok(p > 0.05, `${p}`);
  }));
});
