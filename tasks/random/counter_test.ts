import assert from "node:assert/strict";
import fc from "fast-check";
import { counter, finish } from "./counter.ts";
import { chiSquare, withinChiSquare } from "./testing.ts";

const seeds = fc.maxSafeInteger();

Deno.test("the values of known seeds never change, since data sets and schedules hang on them", () => {
  const random = counter(42, "orders");
  assert.deepEqual([0, 1, 2 ** 40].map((index) => random.u32(index, 3)), [314595978, 1952639155, 1879424018]);
  assert.equal(random.float(7, 1), 0.22467204419867326);
});

Deno.test("a value depends on seed, stream, index and lane, and on nothing else", () => {
  fc.assert(
    fc.property(seeds, fc.string(), fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (seed, stream, index, lane) => {
      const value = counter(seed, stream).float(index, lane);
      const other = counter(seed, stream);
      other.float(index + 1, lane);
      assert.equal(other.float(index, lane), value);
      assert.notEqual(other.float(index + 1, lane), value);
      assert.notEqual(other.float(index, lane + 1), value);
      assert.notEqual(counter(seed, stream + "x").float(index, lane), value);
      assert.notEqual(counter(seed > 0 ? seed - 1 : seed + 1, stream).float(index, lane), value);
    }),
  );
});

Deno.test("floats lie in [0, 1) and fill 256 cells evenly", () => {
  const random = counter(1, "cells");
  const cells = new Float64Array(256);
  for (let index = 0; index < 200_000; index++) {
    const u = random.float(index);
    assert(u >= 0 && u < 1);
    cells[Math.floor(u * 256)]!++;
  }
  withinChiSquare(chiSquare(cells), 255);
});

Deno.test("neighbouring indices and neighbouring lanes are independent: pairs fill a 16 × 16 grid evenly", () => {
  const random = counter(2, "pairs");
  const pairs: Record<string, (i: number) => [number, number]> = {
    indices: (i) => [random.float(i), random.float(i + 1)],
    "distant indices": (i) => [random.float(i), random.float(i + 2 ** 32)],
    lanes: (i) => [random.float(i, 0), random.float(i, 1)],
    "retry lanes": (i) => [random.float(i, 0), random.float(i, 65536)],
  };
  for (const [name, pair] of Object.entries(pairs)) {
    const cells = new Float64Array(256);
    for (let i = 0; i < 50_000; i++) {
      const [a, b] = pair(i);
      cells[Math.floor(a * 16) * 16 + Math.floor(b * 16)]!++;
    }
    withinChiSquare(chiSquare(cells), 255, name);
  }
});

Deno.test("flipping any bit of index or lane flips every bit of the value half of the time", () => {
  const random = counter(3, "avalanche");
  const trials = 1024;
  const flips: [string, number, (i: number, flip: number) => number][] = [
    ["index", 48, (i, flip) => random.u32(i * 7 + flip, i % 5)],
    ["lane", 32, (i, flip) => random.u32(i * 7, i % 5 + flip)],
  ];
  for (const [what, width, value] of flips) {
    // From bit 14 on, adding is flipping: indices here are below 2^13.
    for (let bit = 14; bit < width; bit++) {
      const changed = new Float64Array(32);
      for (let i = 0; i < trials; i++) {
        const difference = value(i, 0) ^ value(i, 2 ** bit);
        for (let b = 0; b < 32; b++) changed[b]! += (difference >>> b) & 1;
      }
      // Five standard deviations of a fair coin.
      for (const count of changed) {
        assert(Math.abs(count / trials - 0.5) < 2.5 / Math.sqrt(trials), `${what} ${bit}`);
      }
    }
  }
});

Deno.test("integers are evenly spread below their bound", () => {
  const random = counter(4, "integers");
  const cells = new Float64Array(7);
  for (let index = 0; index < 70_000; index++) cells[random.integer(index, 9, 7)]!++;
  withinChiSquare(chiSquare(cells), 6);
});

Deno.test("the finisher is a bijection", () => {
  const seen = new Set<number>();
  for (let word = 0; word < 50_000; word++) seen.add(finish(word));
  assert.equal(seen.size, 50_000);
});

Deno.test("a seed that a double does not hold exactly is refused", () => {
  assert.throws(() => counter(0.5, "x"), RangeError);
  assert.throws(() => counter(2 ** 60, "x"), RangeError);
});
