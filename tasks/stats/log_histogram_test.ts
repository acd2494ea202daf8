import assert from "node:assert/strict";
import fc from "fast-check";
import { quantile } from "../stats/quantile.ts";
import { LogHistogram } from "./log_histogram.ts";

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

/** Times from a microsecond to two minutes, evenly over the octaves. */
const times = fc.array(fc.double({ min: 0, max: 27, noNaN: true }).map((octave) => 2 ** octave), {
  minLength: 1,
  maxLength: 300,
}).map((values) => values.filter((us) => us < 134e6)).filter((values) => values.length > 0);

Deno.test("a quantile lies within 1 % of the exact one", () => {
  fc.assert(fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
    const exact = quantile([...values].sort((a, b) => a - b), p)!;
    const told = histogramOf(values).quantile(p)!;
    assert.ok(Math.abs(told - exact) <= Math.max(exact * 0.01, 1 / 16), `${told} for ${exact}`);
  }));
});

Deno.test("nothing has no quantile, and infinite values lie above all others", () => {
  assert.equal(new LogHistogram().quantile(0.5), null);
  const histogram = histogramOf([100, 100, 100, Infinity]);
  assert.equal(histogram.quantile(0.76), Infinity);
  assert.ok(Math.abs(histogram.quantile(0.75)! - 100) < 1);
});

Deno.test("negative values count as nothing, and those beyond the range as its end", () => {
  const histogram = histogramOf([-5, 1e12]);
  assert.ok(histogram.quantile(0.5)! <= 1 / 16);
  assert.ok(Math.abs(histogram.quantile(1)! - 134.2e6) < 1.4e6);
});

Deno.test("what was taken is counted no more, and merges to the same as if it had been counted at once", () => {
  fc.assert(fc.property(times, times, (here, there) => {
    const merged = new LogHistogram();
    for (const values of [here, there]) {
      const part = histogramOf([...values, Infinity]);
      const taken = part.take();
      merged.merge(structuredClone(taken));
      assert.equal(part.quantile(0.5), null);
    }
    assert.deepEqual(merged.take(), histogramOf([...here, ...there, Infinity, Infinity]).take());
  }));
});
