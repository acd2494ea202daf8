import assert from "node:assert/strict";
import { crossing, intervalsAbout } from "./crossing.ts";
import { tiersFinding } from "./task.ts";

/** Reads save 100 ms a second, a refresh takes 300 ms. */
const balances = [1.5, 2, 3, 4, 6].map((everySeconds) => ({ everySeconds, netMs: 100 - 300 / everySeconds }));

Deno.test("a view breaks even where what it saves and what refreshes take cross", () => {
  assert.equal(crossing(balances)!.toFixed(6), "3.000000");
  // One that is off does not decide.
  const noisy = balances.map((each, at) => at === 2 ? { ...each, netMs: 20 } : each);
  assert.ok(Math.abs(crossing(noisy)! / 3 - 1) < 0.1, String(crossing(noisy)));
  assert.equal(crossing(balances.slice(0, 1)), null);
  assert.equal(crossing([balances[0]!, balances[0]!]), null);
  // It saves nothing at any interval.
  assert.equal(
    crossing(balances.map(({ everySeconds }) => ({ everySeconds, netMs: -10 - 3 / everySeconds }))),
    null,
  );
});

Deno.test("intervals lie about the predicted one, and none is shorter than can be set", () => {
  assert.deepEqual(intervalsAbout(4, 5), [2, 2.83, 4, 5.66, 8]);
  assert.deepEqual(intervalsAbout(4, 1), [4]);
  assert.deepEqual(intervalsAbout(1, 3), [1, 2]);
});

Deno.test("a prediction is held against the crossing that was measured, within 15 %", () => {
  const told = (predicted: number | null, of = balances) => {
    const { ours, theirs, reached } = tiersFinding(predicted, of);
    return [ours?.median ?? null, theirs?.median.toFixed(3) ?? null, reached];
  };
  assert.deepEqual(told(3.4), [3.4, "3.000", true]);
  assert.deepEqual(told(3.5), [3.5, "3.000", false]);
  assert.deepEqual(told(3.4, balances.slice(0, 1)), [3.4, null, null]);
  assert.deepEqual(told(null), [null, "3.000", null]);
});
