import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { normalQuantile } from "./normal.ts";
import { detectable } from "./power.ts";
import { signedRank } from "./signed_rank.ts";

Deno.test("a shift as large as what is detectable is found in about four of five experiments", () => {
  const [alpha, runs, n] = [0.01, 400, 36];
  let told = 0;
  const samples = Array.from({ length: runs }, (_, run) => {
    const random = counter(run, "power");
    const values = Array.from({ length: n }, (_, at) => normalQuantile((random.u32(at) + 0.5) / 2 ** 32));
    told += detectable(values, alpha)! / runs;
    return values;
  });
  // Of normal values: (z(0.995) + z(0.8)) standard errors, those of the signed-rank test.
  assert(Math.abs(told / (3.4175 * Math.sqrt(Math.PI / 3 / n)) - 1) < 0.1, String(told));
  const found = samples.filter((values) => signedRank(values.map((value) => value + told)).p < alpha).length;
  assert(found > 0.75 * runs && found < 0.88 * runs, `${found} of ${runs}`);
});

Deno.test("too few differences detect nothing, nor do infinite ones", () => {
  assert.equal(detectable([1, 2, 3, 4, 5, 6, 7], 0.01), null);
  assert.equal(detectable([], 0.05), null);
  assert.equal(detectable([1, 1, 1, 1, 1, 1, 1, 1], 0.01), 0);
  assert.equal(detectable(Array(8).fill(Infinity), 0.01), null);
});

Deno.test("it is what Python's standard library computes of listed averages and enumerated ranks", () => {
  const values = [0.012, -0.031, 0.044, 0.007, -0.018, 0.026, 0.051, -0.006, 0.033, -0.042, 0.019];
  assert.ok(Math.abs(detectable(values, 0.05)! - 0.031089590918302816) < 1e-12);
  assert.ok(Math.abs(detectable(values, 0.02, 0.9)! - 0.04109846864086661) < 1e-12);
});

Deno.test("a shift moves nothing, a unit scales it, and more power needs a larger change", () => {
  const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 40 });
  fc.assert(fc.property(values, (values) => {
    const plain = detectable(values, 0.05)!;
    assert.ok(plain >= 0);
    assert.ok(Math.abs(detectable(values.map((value) => 3 * value + 7), 0.05)! - 3 * plain) < 1e-9);
    assert.ok(detectable(values, 0.05, 0.95)! >= plain);
  }));
});
