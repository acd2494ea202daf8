import assert from "node:assert/strict";
import fc from "fast-check";
import {
  afterBatch,
  afterFailure,
  afterPause,
  FIRST_BATCH,
  pauseLimitMs,
  type Throttle,
} from "./throttle.ts";

/** Batches of rows that take so many ms each, one after another. */
function through(msPerRow: number, batches: number, tooLong = false, from = FIRST_BATCH): Throttle {
  let throttle = from;
  for (let n = 0; n < batches; n++) throttle = afterBatch(throttle, throttle.rows * msPerRow, tooLong);
  return throttle;
}

Deno.test("the size of batches follows the time that they take", () => {
  for (const msPerRow of [0.01, 0.05, 0.5, 3]) {
    const { rows } = through(msPerRow, 20);
    assert.ok(Math.abs(rows * msPerRow - 75) < 2, `${rows} rows of ${msPerRow} ms`);
  }
  assert.equal(through(0.0001, 30).rows, 20_000);
  assert.equal(through(1000, 30).rows, 10);
});

Deno.test("batches are shorter while users wait too long, and as long as before after a while", () => {
  const calm = through(0.05, 20);
  const short = through(0.05, 10, true, calm);
  assert.ok(Math.abs(short.rows * 0.05 - 20) < 1);
  const after = through(0.05, 20, false, short);
  assert.ok(Math.abs(after.rows * 0.05 - 75) < 2);
});

Deno.test("whatever happens, pauses take at most nine times of what the batches take", () => {
  const events = fc.array(
    fc.record({
      ms: fc.double({ min: 0, max: 3000, noNaN: true }),
      tooLong: fc.boolean(),
      failed: fc.boolean(),
    }),
    { maxLength: 200 },
  );
  fc.assert(fc.property(events, (events) => {
    let throttle = FIRST_BATCH;
    for (const { ms, tooLong, failed } of events) {
      throttle = failed ? afterFailure(throttle, ms) : afterBatch(throttle, ms, tooLong);
      const limitMs = pauseLimitMs(throttle);
      assert.ok(limitMs >= 0 && limitMs <= 5000);
      throttle = afterPause(throttle, limitMs);
      assert.ok(throttle.pausedMs <= 9 * throttle.workedMs + 1e-6);
      assert.ok(Number.isInteger(throttle.rows) && throttle.rows >= 10 && throttle.rows <= 20_000);
      assert.ok(throttle.targetMs >= 20 && throttle.targetMs <= 75);
    }
  }));
});
