import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { nominalPs, type Sides, spent } from "./group_sequential.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

function near(actual: number, expected: number, relative: number): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

Deno.test("five even looks at 5 % have the published bounds of O'Brien and Fleming's shape", () => {
  // Proschan, Lan and Wittes, "Statistical monitoring of clinical trials", 2006; R's gsDesign(sfu = sfLDOF) has the same.
  const published = [4.8769, 3.3569, 2.6803, 2.2898, 2.031];
  const bounds = nominalPs(0.05, [0.2, 0.4, 0.6, 0.8, 1]).map((p) => -normalQuantile(p / 2));
  bounds.forEach((bound, at) => near(bound, published[at]!, 1e-4));
});

Deno.test("uneven looks agree with the multivariate normal distribution of scipy, on two sides and on one", () => {
  // Each bound by brentq over multivariate_normal.cdf of z values with correlations √(tᵢ / tⱼ).
  nominalPs(0.01, [0.3, 0.55, 1]).forEach((p, at) =>
    near(p, [5.953312193800096e-7, 0.00030718817091478413, 0.009893989317262129][at]!, 1e-4)
  );
  nominalPs(0.05, [0.3, 0.55, 1], 1).forEach((p, at) =>
    near(p, [0.0003457195783588533, 0.008104804893499094, 0.04743199358310441][at]!, 1e-4)
  );
});

Deno.test("one look has the whole share, and what is spent rises to it", () => {
  near(nominalPs(0.03, [1])[0]!, 0.03, 1e-12);
  near(nominalPs(0.03, [1], 1)[0]!, 0.03, 1e-12);
  fc.assert(fc.property(fc.integer({ min: 1, max: 999 }), fc.constantFrom<Sides>(1, 2), (part, sides) => {
    const [one, other] = [part, part + 1].map((at) => spent(0.05, at / 1000, sides));
    assert.ok(one! >= 0 && one! <= other! && other! <= 0.05);
  }));
});

Deno.test("bounds of even looks rise, the last is hardly below the share, and a smaller share has smaller ones", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.constantFrom<Sides>(1, 2), (looks, sides) => {
      const fractions = Array.from({ length: looks }, (_, at) => (at + 1) / looks);
      const ps = nominalPs(0.02, fractions, sides);
      ps.slice(1).forEach((p, at) => assert.ok(p > ps[at]! || p === 0));
      assert.ok(ps.at(-1)! <= 0.02 + 1e-9 && ps.at(-1)! > 0.015, `${ps}`);
      nominalPs(0.01, fractions, sides).forEach((p, at) => assert.ok(p < ps[at]! || ps[at] === 0));
    }),
    { numRuns: 12 },
  );
});

Deno.test("looks that are too early spend nothing, and fractions must rise", () => {
  assert.equal(nominalPs(0.01, [0.02, 1])[0], 0);
  near(nominalPs(0.01, [0.02, 1])[1]!, 0.01, 1e-9);
  assert.throws(() => nominalPs(0.05, [0.5, 0.5]), { name: "RangeError", message: /0.5 follows 0.5/ });
  assert.throws(() => nominalPs(0.05, [0]), { name: "RangeError" });
});

Deno.test("of 20,000 paths without a shift as many cross a bound as the share says", () => {
  const fractions = [0.25, 0.5, 0.75, 1];
  const ps = nominalPs(0.05, fractions);
  const random = counter(3, "paths");
  let crossed = 0;
  for (let path = 0; path < 20_000; path++) {
    let sum = 0;
    const stops = fractions.some((fraction, look) => {
      sum += 0.5 * normalQuantile((random.u32(path, look) + 0.5) / 2 ** 32);
      return 2 * normalCdf(-Math.abs(sum) / Math.sqrt(fraction)) <= ps[look]!;
    });
    if (stops) crossed++;
  }
  assert.ok(Math.abs(crossed / 20_000 - 0.05) < 0.005, `${crossed}`);
});
