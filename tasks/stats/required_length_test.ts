import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { normalQuantile } from "./normal.ts";
import { leastPairs, requiredPairs } from "./required_length.ts";
import { signedRank } from "./signed_rank.ts";

function normals(seed: number, n: number, deviation: number): number[] {
  const random = counter(seed, "pairs");
  return Array.from({ length: n }, (_, at) => deviation * normalQuantile((random.u32(at) + 0.5) / 2 ** 32));
}

Deno.test("the number of pairs is Noether's where the noise is well known", () => {
  // (z(0.995) + z(0.9))² · σ² · π/3 / log(1.05)², for σ = 0.1: 65.4 pairs.
  const pairs = requiredPairs(normals(1, 4000, 0.1), { ratio: 1.05, alpha: 0.01 })!;
  assert.ok(Math.abs(pairs / 65.4 - 1) < 0.06, `${pairs}`);
});

Deno.test("nine of ten runs of the planned number of pairs find the change, planned from sixty pairs each", () => {
  const wanted = { ratio: 1.05, alpha: 0.005 };
  const runs = 150;
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const pairs = requiredPairs(normals(run, 60, 0.08), wanted)!;
    const measured = normals(runs + run, pairs, 0.08).map((log) => log + Math.log(wanted.ratio));
    if (signedRank(measured).p < wanted.alpha) found++;
  }
  assert.ok(found / runs > 0.83 && found / runs < 0.97, `${found} of ${runs}`);
});

Deno.test("half the change takes four times the pairs, and none is fewer than what can decide", () => {
  const noise = normals(2, 200, 0.2);
  const pairs = (ratio: number) => requiredPairs(noise, { ratio, alpha: 0.01 })!;
  assert.ok(Math.abs(pairs(Math.exp(0.02)) / pairs(Math.exp(0.04)) - 4) < 0.05);
  fc.assert(fc.property(fc.double({ min: 1e-6, max: 0.5, noNaN: true }), (alpha) => {
    const least = leastPairs(alpha);
    assert.ok(2 / 2 ** least <= alpha * (1 + 1e-9) && 2 / 2 ** (least - 1) > alpha * (1 - 1e-9));
  }));
  assert.equal(requiredPairs(Array(50).fill(0), { ratio: 1.05, alpha: 0.01 }), 8);
});

Deno.test("too few pairs tell no noise, nor do endless ones", () => {
  assert.equal(requiredPairs([0.1, 0.2, 0.3], { ratio: 1.05, alpha: 0.01 }), null);
  assert.equal(requiredPairs(Array(20).fill(Infinity), { ratio: 1.05, alpha: 0.01 }), null);
});
