import assert from "node:assert/strict";
import { baselineDoubts, type BaselineEvidence, codesText } from "./baseline.ts";
import type { LoadSecond } from "./recovery.ts";
import { impact } from "./testing_summary.ts";

const second = (p95: number, ok = 400): LoadSecond => ({ responses: ok, p95, ok, lookups: 0, hits: 0 });
const steady: BaselineEvidence = {
  seconds: Array.from({ length: 10 }, (_, at) => second(5 + at % 3)),
  impacts: [],
  stall: null,
  stallLimitMs: 250,
  errors: [],
  n: 4000,
  slo: null,
};
const doubts = (changes: Partial<BaselineEvidence>) =>
  baselineDoubts({ ...steady, ...changes }).map(({ text }) => text);

Deno.test("a steady baseline leaves no doubt, however much its seconds differ", () => {
  assert.deepEqual(doubts({}), []);
  const spiky = Array.from(
    { length: 20 },
    (_, at) => second(at % 4 === 0 ? 60 : 5, at % 2 === 0 ? 380 : 420),
  );
  assert.deepEqual(doubts({ seconds: spiky }), []);
});

Deno.test("what was wrong before the migration began is told: too short, stalled, failing, slower and slower", () => {
  assert.match(doubts({ seconds: steady.seconds.slice(0, 4) })[0]!, /has 4 whole seconds, and 5 are needed/);
  const stall = {
    ms: 251,
    fromUs: 0,
    untilUs: 251_000,
    path: null,
    kind: "all",
    pending: 9,
    lock: null,
  } as const;
  assert.match(
    doubts({ stall })[0]!,
    /^The load stalled for 251 ms \(allowed: 250 ms\) before the migration began/,
  );
  assert.deepEqual(doubts({ stall: { ...stall, ms: 250 } }), []);
  const error = { segment: "baseline", path: "sql", kind: "read", code: "40001", n: 3 } as const;
  assert.deepEqual(doubts({ errors: [error] }), [
    "Before the migration began 3 of 4,000 requests failed too (40001: 3).",
  ]);
  const impacts = [impact("sql", "read", [2, 3, 4], [2, 3, 4])];
  assert.deepEqual(doubts({ errors: [{ ...error, n: 26 }], impacts, n: 2660 }), [
    "Before the migration began 26 of 2,660 requests failed too (40001: 26).",
  ]);
  const failing =
    "The load failed before the migration began: 10 % of 2,660 requests over sql (40001: 266; allowed: ";
  const advice = "Measure with a lower --rate or on a quieter machine.";
  assert.deepEqual(doubts({ errors: [{ ...error, n: 266 }], impacts, n: 2660 }), [
    `${failing}1 %). ${advice}`,
  ]);
  const of = (slo: string) => doubts({ errors: [{ ...error, n: 266 }], impacts, n: 2660, slo })[0]!;
  assert.equal(of("errors<5%"), `${failing}5 %). ${advice}`);
  assert.match(of("errors<20%"), /^Before the migration began 266 of 2,660/);
  assert.equal(of("sql: errors<2%"), `${failing}2 %). ${advice}`);
  assert.equal(of("graphql: errors<50%"), `${failing}1 %). ${advice}`);
  const queue = Array.from({ length: 10 }, (_, at) => second(5 * 2 ** at, 400 - 25 * at));
  assert.deepEqual(doubts({ seconds: queue }), [
    "The baseline was not steady: p95 of a second, the median, went from 20 ms in its first half to 640 ms.",
    "The baseline was not steady: throughput went from 350/s in its first half to 225/s, 64 % of it.",
  ]);
});

Deno.test("a path that took longer before than a stall may last is told with its p95, the slowest one", () => {
  const impacts = [
    impact("sql", "read", [2, 300, 400], [2, 3, 4]),
    impact("graphql", "write", [2, 3270, 4000], [2, 3, 4]),
    impact(null, "all", [2, 5000, 6000], [2, 3, 4]),
  ];
  assert.deepEqual(doubts({ impacts }), [
    "Before the migration began p95 of writes over graphql was already 3.27 s, longer than a stall may last (250 ms): what " +
    "took as long later need not be its doing. Use a lower --rate, or allow a longer stall by --slo.",
  ]);
  assert.deepEqual(doubts({ impacts, stallLimitMs: 3270 }), []);
  assert.deepEqual(
    doubts({ impacts: [impact(null, "all", [2, 5000, 6000], [2, 3, 4])] }),
    [],
    "of all paths",
  );
});

Deno.test("errors are told by code, those of most first, over all paths", () => {
  const of = (code: string, n: number) => ({ code, n });
  assert.equal(codesText([of("57014", 3), of("timeout", 1200), of("57014", 4)]), "timeout: 1,200, 57014: 7");
});
