import assert from "node:assert/strict";
import { Footnotes, msCell } from "./cells.ts";

Deno.test("a value that was not measured is a dash with its footnote", () => {
  const notes = new Footnotes();
  const warnings = [{ code: "no-cache", text: "The arm sql has no cache." }];
  const cell = msCell({ value: null, low: null, high: null, level: 0.95, warnings }, notes);
  assert.deepEqual(cell, { text: "—", hint: "", notes: [1] });
  assert.deepEqual(notes.list, [{ number: 1, text: "The arm sql has no cache." }]);
});

Deno.test("a doubt that besets many quantiles is one footnote, whatever the numbers in it", () => {
  const notes = new Footnotes();
  const thin = (n: number) => ({ code: "not-estimable", text: `p99 is not estimable from ${n} requests.` });
  assert.deepEqual([notes.ofQuantile([thin(10)]), notes.ofQuantile([thin(20)])], [[1], [1]]);
  assert.equal(notes.list.length, 1);
});

Deno.test("what the run as a whole says of a doubt stands for it beside each quantile, and is printed once", () => {
  const whole = {
    code: "generator-limited",
    text: "The lag can be more than 10 % of it: p50 in 3 of 4 rows.",
  };
  const notes = new Footnotes([whole]);
  assert.deepEqual(notes.ofQuantile([{ code: "generator-limited", text: "p50 is generator-limited." }]), [1]);
  assert.deepEqual(notes.refer([whole]), [1]);
  assert.deepEqual(notes.list, [{ number: 1, text: whole.text }]);
});
