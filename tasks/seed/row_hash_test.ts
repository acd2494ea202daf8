import assert from "node:assert/strict";
import fc from "fast-check";
import { RowSum } from "./row_hash.ts";

const encoder = new TextEncoder();

const sumOf = (rows: readonly string[]) => {
  const sum = new RowSum();
  for (const row of rows) {
    const bytes = encoder.encode(`<${row}>`);
    sum.add(bytes, 1, bytes.length - 1);
  }
  return sum;
};

Deno.test("a row's hash is lookup3's: the reference's own examples", () => {
  // hashlittle2 with both seeds 0; lookup3.c, driver5: "" gives c = b = deadbeef, the sentence 17770551 ce7226e6.
  assert.equal(sumOf([""]).hex, "deadbeefdeadbeef");
  assert.equal(sumOf(["Four score and seven years ago"]).hex, "ce7226e617770551");
});

Deno.test("the sum does not depend on the rows' order or on who added them", () => {
  fc.assert(fc.property(fc.array(fc.string()), fc.nat(), (rows, cut) => {
    const whole = sumOf(rows);
    assert.equal(sumOf(rows.toReversed()).hex, whole.hex);
    const at = cut % (rows.length + 1);
    const merged = sumOf(rows.slice(0, at));
    merged.merge(sumOf(rows.slice(at)).parts);
    assert.equal(merged.hex, whole.hex);
    assert.equal(merged.rows, rows.length);
  }));
});

Deno.test("another row, one more and one less are all seen", () => {
  fc.assert(fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), (rows, other) => {
    const { hex } = sumOf(rows);
    if (other !== rows[0]) assert.notEqual(sumOf([other, ...rows.slice(1)]).hex, hex);
    assert.notEqual(sumOf([...rows, other]).hex, hex);
    assert.notEqual(sumOf(rows.slice(1)).hex, hex);
  }));
});
