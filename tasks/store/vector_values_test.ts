import assert from "node:assert/strict";
import fc from "fast-check";
import { clearNulls, hasNull, writeIntegers } from "./vector_values.ts";

function integersOf(numbers: readonly number[]): bigint[] {
  const into = new BigInt64Array(numbers.length);
  writeIntegers(Float64Array.from(numbers), into);
  return [...into];
}

Deno.test("times become the nearest integer, a half the even one", () => {
  assert.deepEqual(
    integersOf([0, 0.4, 0.5, 0.6, 1.5, 2.5, 1e6 + 0.25, 2 ** 40, 2 ** 52 - 1, 2 ** 53]),
    [0n, 0n, 0n, 1n, 2n, 2n, 1_000_000n, 2n ** 40n, 2n ** 52n - 1n, 2n ** 53n],
  );
  assert.deepEqual(integersOf([-0.4, -0.5, -1.5, -1.6, -(2 ** 53)]), [0n, 0n, -2n, -2n, -(2n ** 53n)]);
  assert.deepEqual(integersOf([NaN, Infinity, -Infinity]), [0n, 0n, 0n]);
});

Deno.test("no number of a run's length is further than a half from its integer", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: -1e12, max: 1e15, noNaN: true })), (numbers) => {
    integersOf(numbers).forEach((integer, at) => {
      assert.ok(Math.abs(Number(integer) - numbers[at]!) <= 0.5, `${numbers[at]} became ${integer}`);
    });
  }));
  fc.assert(fc.property(fc.array(fc.integer()), (numbers) => {
    assert.deepEqual(integersOf(numbers), numbers.map(BigInt));
  }));
});

Deno.test("only the rows of nulls lose their bit", () => {
  const number = fc.oneof(fc.constant(NaN), fc.constant(-1), fc.nat());
  fc.assert(
    fc.property(
      fc.array(number),
      fc.nat(30),
      fc.constantFrom({ from: -Infinity, below: Infinity }, { from: 0, below: Infinity }, {
        from: 0,
        below: 4,
      }),
      (numbers, from, valid) => {
        const validity = new Uint8Array(Math.ceil((from + numbers.length + 8) / 8)).fill(255);
        clearNulls(numbers, valid, validity, from);
        const nulls = numbers.map((value) => !(valid.from <= value && value < valid.below));
        assert.equal(hasNull(numbers, valid), nulls.includes(true));
        for (let row = 0; row < validity.length * 8; row++) {
          const set = (validity[row >> 3]! >> (row & 7) & 1) === 1;
          assert.equal(set, !(nulls[row - from] ?? false), `row ${row}`);
        }
      },
    ),
  );
});
