import assert from "node:assert/strict";
import { areaAbove, degradation, type Second, secondsOfPart } from "./seconds.ts";

const seconds = (...p95: (number | null)[]): Second[] =>
  p95.map((ms) => ({ seconds: 1, responses: 10, p95: ms }));

Deno.test("the area above a limit adds up what lies above it, second by second", () => {
  assert.equal(areaAbove(seconds(5, 12, 3, 25), 10, 1000), 17);
  assert.equal(areaAbove([{ seconds: 0.25, responses: 1, p95: 50 }], 10, 1000), 10, "a quarter of a second");
  assert.equal(areaAbove(seconds(null, Infinity), 10, 2000), 1990, "never served counts as given up");
});

Deno.test("degradation is what the baseline's own ups and downs do not explain, and never negative", () => {
  const before = seconds(9, 12, 10, 9);
  assert.equal(degradation(before, seconds(10, 10, 110, 60), 10, 1000), 148, "less 2 in as long a time");
  assert.equal(degradation(before, before, 10, 1000), 0);
  assert.equal(degradation(before, seconds(1, 1, 1), 10, 1000), 0);
  assert.equal(
    degradation(before, seconds(100), null, 1000),
    0,
    "without a baseline there is nothing to hold it against",
  );
});

Deno.test("a part has its whole seconds and what is left of the last, each with the p95 of its own requests", () => {
  const part = { segment: "migrate", startUs: 3e6, endUs: 5.5e6 };
  const units = [[1, 9], [], [3], [], [7]];
  const found = secondsOfPart({ part, unitsPerSecond: 2, n: 5, units, shortestTimeoutMs: null });
  assert.deepEqual(found, [
    { seconds: 1, responses: 2, p95: 9 },
    { seconds: 1, responses: 1, p95: 3 },
    { seconds: 0.5, responses: 1, p95: 7 },
  ]);
});
