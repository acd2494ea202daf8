import assert from "node:assert/strict";
import { spike } from "../model/stages.ts";
import { fitStreams, peakRate } from "./rates.ts";
import type { LoadStream } from "./scenario.ts";

const stream = (changes: Partial<LoadStream>): LoadStream => ({
  name: "main",
  arrivals: "constant",
  rate: 10,
  stages: null,
  session: null,
  first: 0,
  count: 3,
  ...changes,
});

Deno.test("rates go by the factor, and stages over the measured time after the warm-up", () => {
  const [steady, staged] = fitStreams([stream({}), stream({ rate: 5, stages: spike(5, 25, 4, 2) })], {
    factor: 2,
    warmupSeconds: 3,
    durationSeconds: 20,
  });
  assert.equal(steady!.rate, 20);
  assert.equal(staged!.rate, 10);
  assert.deepEqual(staged!.stages, [
    { duration: 3, rate: 10, shape: "step" },
    { duration: 8, rate: 10, shape: "step" },
    { duration: 4, rate: 50, shape: "step" },
    { duration: 8, rate: 10, shape: "step" },
  ]);
});

Deno.test("the peak counts the highest stage, and a session as all its requests", () => {
  const session = { think: { kind: "constant" as const, seconds: 1 } };
  assert.equal(peakRate([stream({}), stream({ stages: spike(5, 25, 4, 2) })]), 35);
  assert.equal(peakRate([stream({ session })]), 30);
});
