import assert from "node:assert/strict";
import { mixShares } from "./mix_shares.ts";
import type { RunConfig } from "./run.ts";

type Stream = NonNullable<RunConfig["streams"]>[number];
const operation = (name: string, weight: number) => ({ name, weight, write: false });
const stream = (ratePerSecond: number, operations: string[], more: Partial<Stream> = {}): Stream => ({
  name: operations.join(),
  arrivals: "poisson",
  ratePerSecond,
  stages: null,
  session: false,
  operations,
  ...more,
});

/** In shares of all, rounded. */
function sharesOf(operations: RunConfig["operations"], streams?: Stream[]): Record<string, number> {
  const shares = mixShares({ operations, streams });
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  return Object.fromEntries(shares.map(({ name, weight }) => [name, Math.round(1e6 * weight / total) / 1e6]));
}

Deno.test("one stream asks its operations by their weights, and so did runs that knew no streams", () => {
  const operations = [operation("a", 30), operation("b", 10)];
  assert.deepEqual(sharesOf(operations), { a: 0.75, b: 0.25 });
  assert.deepEqual(sharesOf(operations, [stream(50, ["a", "b"])]), { a: 0.75, b: 0.25 });
});

Deno.test("weights count within their stream, and streams by their rates", () => {
  const operations = [operation("a", 1), operation("b", 100), operation("c", 300)];
  assert.deepEqual(sharesOf(operations, [stream(60, ["a"]), stream(20, ["b", "c"])]), {
    a: 0.75,
    b: 0.0625,
    c: 0.1875,
  });
});

Deno.test("a session asks each of its operations once", () => {
  const operations = [operation("read", 1), operation("first", 1), operation("second", 1)];
  const streams = [stream(60, ["read"]), stream(10, ["first", "second"], { session: true })];
  assert.deepEqual(sharesOf(operations, streams), { read: 0.75, first: 0.125, second: 0.125 });
});

Deno.test("of stages the mean rate counts", () => {
  const operations = [operation("a", 1), operation("b", 1)];
  // A ramp from 0 to 20 has a mean of 10, and the step after it is of 40 for as long: 25 together.
  const stages = [{ duration: 10, rate: 20 }, { duration: 10, rate: 40, shape: "step" as const }];
  assert.deepEqual(sharesOf(operations, [stream(0, ["a"], { stages }), stream(75, ["b"])]), {
    a: 0.25,
    b: 0.75,
  });
});
