import assert from "node:assert/strict";
import fc from "fast-check";
import { blockNoise, noisyRanks } from "./block_noise.ts";
import { studentBound } from "./student.ts";

Deno.test("Student's bounds are those of the tables", () => {
  const table = [[1, 12.706], [2, 4.303], [4, 2.776], [8, 2.306], [30, 2.042], [200, 1.972]] as const;
  for (const [degrees, bound] of table) {
    assert.equal(studentBound(0.95, degrees).toFixed(3), bound.toFixed(3));
  }
});

Deno.test("blocks that are all alike have no noise, one or none has nothing to tell it from", () => {
  assert.ok(blockNoise(Array(40).fill(5), Array(40).fill(10))!.deviation < 1e-9);
  assert.equal(blockNoise([5, 5], [10, 10]), null);
  assert.equal(blockNoise([0, 0, 0], [0, 0, 0]), null);
  const bounds = [5, 30, 60].map((blocks) =>
    blockNoise(Array(blocks).fill(5), Array(blocks).fill(10))!.bound
  );
  assert.deepEqual(bounds.map((bound) => bound.toFixed(3)), ["4.303", "3.182", "2.447"]);
});

Deno.test("slow waves over the blocks are noise of the whole, quick ones cancel out", () => {
  const sizes = Array<number>(64).fill(100);
  const deviation = (wave: number) =>
    blockNoise(sizes.map((_, at) => 50 + 10 * Math.sign(Math.sin(Math.PI * (at + 0.5) * wave / 64))), sizes)!
      .deviation;
  assert.ok(deviation(4) > 100);
  assert.ok(deviation(64) < 15);
});

Deno.test("ranks lie about the quantile's own, as far as the noise goes, and not beyond the values", () => {
  const plain = { deviation: 5, bound: 1.96 };
  assert.deepEqual(noisyRanks(100, 0.5, plain), { low: 40, high: 61 });
  assert.deepEqual(noisyRanks(100, 0.5, { ...plain, deviation: 30 }), { low: null, high: null });
  assert.deepEqual(noisyRanks(100, 0.5, { ...plain, deviation: 0 }), { low: 50, high: 51 });
});

Deno.test("the noise is that of the slowest lines of a discrete Fourier transform of the blocks and their mirror image", () => {
  const hits = [3, 5, 2, 8, 6, 7, 4, 1, 2, 3, 6, 9];
  const sizes = [10, 12, 9, 14, 13, 12, 11, 8, 9, 10, 12, 15];
  // By complex exponentials in Python's standard library.
  assert.ok(Math.abs(blockNoise(hits, sizes)!.deviation - 1.9008093168910063) < 1e-12);
});

Deno.test("of blocks from the last to the first, of more of the same, or with a constant share added it is as it must be", () => {
  const blocks = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 50, max: 200 })), {
    minLength: 3,
    maxLength: 60,
  });
  fc.assert(fc.property(blocks, (blocks) => {
    const of = (change: (hits: number, size: number) => [number, number], turned = false) => {
      const all = (turned ? blocks.toReversed() : blocks).map(([hits, size]) => change(hits, size));
      return blockNoise(all.map(([hits]) => hits), all.map(([, size]) => size))!.deviation;
    };
    const plain = of((hits, size) => [hits, size]);
    const close = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-6, `${found}`);
    close(of((hits, size) => [hits, size], true), plain);
    close(of((hits, size) => [3 * hits, 3 * size]), 3 * plain);
    // Noise is what a block strays by from the share of all, so what all have alike is none.
    close(of((hits, size) => [hits + 0.1 * size, size]), plain);
    close(of((hits, size) => [size - hits, size]), plain);
  }));
});
