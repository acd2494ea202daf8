import assert from "node:assert/strict";
import type { RunConfig } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import { againstBaseline } from "./against_baseline.ts";

const CONFIG = { arms: ["sql", "graphql"], durationSeconds: 54, blockSeconds: 0.3 } as unknown as RunConfig;

function row(given: Partial<Comparison>): Comparison {
  return {
    operation: "x",
    baseline: "sql",
    candidate: "graphql",
    statistic: "p50",
    n: 60,
    ratio: 1.06,
    low: 1.02,
    high: 1.1,
    level: 0.95,
    p: 0.01,
    detectable: 1.08,
    verdict: "slower",
    warnings: [],
    ...given,
  };
}

Deno.test("an arm's comparisons are told by what they are of, with what they could have shown", () => {
  const rows = [
    row({ operation: null, detectable: 1.041 }),
    row({}),
    row({ operation: "y", verdict: "inconclusive", detectable: 1.16 }),
    row({ statistic: "p95", verdict: "inconclusive", n: 9, detectable: 1.5 }),
    row({ statistic: "p95", operation: "y", verdict: "inconclusive", n: 3, p: null, detectable: null }),
  ];
  assert.deepEqual(againstBaseline(CONFIG, rows), [
    "graphql against sql: slower over all operations (1.06×, 1.02 to 1.1); medians slower in 1, inconclusive in 1; " +
    "p95 inconclusive in 1, too few pairs in 1. " +
    "Smallest detectable change: 4.1 % over all operations; 8–16 % in medians, depending on the operation.",
  ]);
});

Deno.test("the ends of a range share their unit only where it is the same", () => {
  const say = (low: number, high: number) =>
    againstBaseline(CONFIG, [row({ detectable: low }), row({ operation: "y", detectable: high })])[0]!;
  assert.match(say(1.29, 1.41), /change: 29–41 % in medians/);
  assert.match(say(1.8, 2.14), /change: 80 % to 2\.1× in medians/);
  assert.match(say(2.14, 3.1), /change: 2\.1–3\.1× in medians/);
});

Deno.test("too few pairs are said to be just that, with the duration that has as many", () => {
  const few = [row({ operation: null, n: 6, p: null, verdict: "inconclusive", detectable: null })];
  assert.deepEqual(againstBaseline({ ...CONFIG, durationSeconds: 3.6 }, few), [
    "graphql against sql: 6 pairs of blocks; a verdict needs 8, which --duration 5s gives.",
  ]);
  // Where blocks hold too few requests, that is not what helps.
  assert.match(
    againstBaseline(CONFIG, few)[0]!,
    /6 pairs of blocks; a verdict needs 8\. Measure for longer, or at a higher rate\.$/,
  );
});

Deno.test("beside what was found stands which arm was not checked for equal results", () => {
  const say = (...unproven: string[]) => againstBaseline({ ...CONFIG, unproven }, [row({})])[0]!;
  const of = (arms: string) =>
    `graphql against sql (${arms} checked for equal results): medians slower in 1.`;
  assert.ok(say("graphql").startsWith(of("graphql was not")), say("graphql"));
  assert.ok(say("sql").startsWith(of("sql was not")), say("sql"));
  assert.ok(say("sql", "graphql").startsWith(of("neither was")), say("sql", "graphql"));
  assert.ok(say("another").startsWith("graphql against sql: medians"), say("another"));
});

Deno.test("a run of one arm, or without comparisons, says nothing", () => {
  assert.deepEqual(againstBaseline({ ...CONFIG, arms: ["sql"] }, []), []);
  assert.deepEqual(againstBaseline(CONFIG, []), []);
});
