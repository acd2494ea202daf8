import assert from "node:assert/strict";
import fc from "fast-check";
import { betaCdf, logGamma } from "./beta.ts";
import { studentBound, studentTail } from "./student.ts";
import { studentEquivalenceP, studentInterval, studentP } from "./student_estimate.ts";

function near(actual: number, expected: number, relative = 1e-11): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

Deno.test("the gamma and beta functions agree with scipy's gammaln and beta.cdf", () => {
  near(logGamma(0.3), 1.0957979948180756);
  near(logGamma(4.5), 2.4537365708424423);
  near(logGamma(1234.5), 7550.550901077894);
  near(betaCdf(0.3, 2, 5), 0.579825);
  near(betaCdf(0.5, 0.5, 0.5), 0.5);
  near(betaCdf(0.95, 951, 51), 0.5346396416157231);
  near(betaCdf(0.001, 3.5, 200), 0.0002694268084650105);
  near(betaCdf(0.9999, 2, 0.3), 0.9179774380896111);
  assert.deepEqual([betaCdf(0, 2, 3), betaCdf(1, 2, 3)], [0, 1]);
});

Deno.test("Student's tails agree with scipy's t.sf, far out as well", () => {
  near(studentTail(2.776, 4), 0.0250113891599882);
  near(studentTail(1, 1), 0.25);
  near(studentTail(5, 3.7), 0.00458198382244666);
  near(studentTail(12, 30), 2.7900927075996303e-13);
  near(studentTail(-1.5, 8), 0.9139983540240443);
  assert.deepEqual([studentTail(Infinity, 3), studentTail(-Infinity, 3)], [0, 1]);
});

Deno.test("a tail is the one that the bound of its level leaves", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 998 }), (degrees, level) => {
      near(studentTail(studentBound(level / 1000, degrees), degrees), (1 - level / 1000) / 2, 1e-6);
    }),
  );
});

Deno.test("interval and p say the same, and equivalence is the interval of twice the level within the limit", () => {
  const estimates = fc.record({
    estimate: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    error: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
    degrees: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(fc.property(estimates, (each) => {
    const { low, high } = studentInterval(each, 0.95);
    assert.equal(studentP(each) < 0.05, low > 0 || high < 0);
    const narrow = studentInterval(each, 0.9);
    const limit = Math.log(1.05);
    assert.equal(studentEquivalenceP(each, limit) < 0.05, narrow.low > -limit && narrow.high < limit);
  }));
});

Deno.test("where nothing varied a difference is sure, and none is none", () => {
  const flat = (estimate: number) => ({ estimate, error: 0, degrees: 4 });
  assert.deepEqual([studentP(flat(0)), studentP(flat(0.1))], [1, 0]);
  assert.deepEqual(studentInterval(flat(0.1), 0.95), { low: 0.1, high: 0.1 });
  assert.deepEqual([0, 0.05, 0.1].map((value) => studentEquivalenceP(flat(value), 0.05)), [0, 0.5, 1]);
});
