import assert from "node:assert/strict";
import type { ScopeNames } from "../model/slo.ts";
import type { Run } from "../model/run.ts";
import { type RunSummary, type SloResult, type Summary, unmeasured } from "../model/summary.ts";
import { quantileEstimate, ranksOf, shareEstimate } from "./estimate.ts";
import { sloLevels, sloResults, sloTargets, sloTerms, subjectOf } from "./slo.ts";
import { exitCodeOf } from "./verdict.ts";
import { quantileName } from "../model/units.ts";

Deno.test("estimates name what they lack", () => {
  assert.equal(ranksOf(367, 0.99), null);
  assert.deepEqual(ranksOf(5, 1), { level: 1, value: 5, low: null, high: null });
  const at = (rank: number | null) => rank;
  const noise = { deviation: Math.sqrt(1000 * 0.95 * 0.05), bound: 1.96 };
  const estimate = (n: number, ranks: ReturnType<typeof ranksOf>, value = at) =>
    quantileEstimate({
      n,
      level: ranks?.level ?? 0.99,
      found: ranks === null
        ? null
        : { value: value(ranks.value)!, low: value(ranks.low), high: value(ranks.high) },
      shortestTimeoutMs: null,
    });
  const few = estimate(300, ranksOf(300, 0.99));
  assert.equal(few.value, null);
  assert.deepEqual(few.warnings.map(({ code }) => code), ["not-estimable"]);
  const thin = estimate(1000, ranksOf(1000, 0.95, noise));
  assert.deepEqual([thin.value, thin.low, thin.high], [950, 936, 964]);
  assert.deepEqual(thin.warnings.map(({ code }) => code), ["thin"]);
  const noisy = estimate(1000, ranksOf(1000, 0.95, { ...noise, deviation: 30 }));
  assert.deepEqual([noisy.low, noisy.high], [883, null]);
  assert.deepEqual(noisy.warnings.map(({ code }) => code), ["wide-interval", "thin"]);
  const alone = estimate(1000, ranksOf(1000, 0.95));
  assert.deepEqual([alone.value, alone.low, alone.high], [950, null, null]);
  const edge = estimate(
    5000,
    ranksOf(5000, 0.95, noise),
    (rank) => rank !== null && rank > 4750 ? Infinity : rank,
  );
  assert.deepEqual([edge.value, edge.high], [4750, null]);
  assert.deepEqual(edge.warnings.map(({ code }) => code), ["open-interval"]);
  assert.deepEqual([0.5, 0.999, 1].map(quantileName), ["p50", "p99.9", "max"]);
  assert.equal(shareEstimate(0, 0).value, null);
});

/** An arm as a whole, of a thousand requests. */
function arm(name: string, changes: Partial<Summary> = {}): Summary {
  const estimate = (value: number) => ({
    value,
    low: value * 0.9,
    high: value * 1.1,
    level: 0.95,
    warnings: [],
  });
  return {
    arm: name,
    operation: null,
    n: 1000,
    outcomes: { ok: 985, failed: 5, timeout: 0, shed: 10, unsent: 0 },
    errorRate: shareEstimate(15, 1000),
    throughput: 120,
    response: { "0.95": estimate(190), "0.975": estimate(300) },
    service: {},
    waiting: {},
    maxMs: 400,
    meanBytes: 1,
    meanRows: 1,
    cache: null,
    errors: [],
    warnings: [],
    ...changes,
  };
}

const NAMES: ScopeNames = { arms: ["sql", "sql+cache", "graphql"], operations: ["x", "y"], streams: ["s"] };

function judged(slo: string, summaries: readonly Summary[]): SloResult[] {
  return sloResults(sloTargets(sloTerms(slo), summaries, NAMES), summaries);
}

Deno.test("each term of an SLO is judged per arm with its margin; hit rates only where there is a cache", () => {
  const cached = { hit: 700, miss: 200, stale: 50, bypass: 50, hitRate: 0.7 };
  const slo = "p95<200ms, p97.5<200ms, errors<1%, shed<2%, hit>80%, throughput>100/s";
  assert.deepEqual(sloLevels(sloTerms(slo)), [0.95, 0.975]);
  assert.deepEqual(sloLevels(sloTerms("p95<1s, p96<1s over 10s")), [0.95]);
  const results = judged(slo, [arm("sql"), arm("sql+cache", { cache: cached }), {
    ...arm("sql"),
    operation: "x",
  }]);
  assert.deepEqual(
    results.map((
      each,
    ) => [each.text, each.arm, each.ok, each.margin === null ? null : Number(each.margin.toFixed(3))]),
    [
      ["p95<200ms", "sql", true, 0.05],
      ["p95<200ms", "sql+cache", true, 0.05],
      ["p97.5<200ms", "sql", false, -0.5],
      ["p97.5<200ms", "sql+cache", false, -0.5],
      ["errors<1%", "sql", false, -0.5],
      ["errors<1%", "sql+cache", false, -0.5],
      ["shed<2%", "sql", true, 0.5],
      ["shed<2%", "sql+cache", true, 0.5],
      ["hit>80%", "sql+cache", false, -0.125],
      ["throughput>100/s", "sql", true, 0.2],
      ["throughput>100/s", "sql+cache", true, 0.2],
    ],
  );
  const straddling = results.filter(({ measured }) =>
    measured.warnings.some(({ code }) => code === "straddles-limit")
  );
  assert.deepEqual(straddling.map(({ text }) => text), ["p95<200ms", "p95<200ms", "errors<1%", "errors<1%"]);
});

Deno.test("an interval without an upper end reaches over any limit", () => {
  const open = { value: 69, low: 40, high: null, level: 0.95, warnings: [] };
  const [result] = judged("p95<200ms", [arm("sql", { response: { "0.95": open } })]);
  assert.equal(result!.ok, true);
  assert.deepEqual(result!.measured.warnings.map(({ code }) => code), ["straddles-limit"]);
  const [alone] = judged("p95<200ms", [arm("sql", { response: { "0.95": { ...open, low: null } } })]);
  assert.deepEqual(alone!.measured.warnings, []);
});

Deno.test("a hit rate asked of a run without any cache is unmeasured, not missed", () => {
  const [result] = judged("hit>80%", [arm("sql")]);
  assert.equal(result!.ok, false);
  assert.equal(result!.margin, null);
  assert.equal(unmeasured(result!), true);
  assert.deepEqual(sloTerms(null), []);
});

Deno.test("a scope narrows a term down to a path, an operation, or both", () => {
  const cached = { hit: 700, miss: 200, stale: 50, bypass: 50, hitRate: 0.7 };
  const summaries = [
    arm("sql"),
    arm("sql+cache", { cache: cached }),
    arm("sql", { operation: "x", response: { "0.95": { ...empty, value: 210 } } }),
    arm("sql+cache", { operation: "x", cache: { ...cached, hitRate: 0.9, hit: 900 } }),
  ];
  const of = (slo: string) =>
    judged(slo, summaries).map((each) => [subjectOf(each), each.measured.value, each.ok]);
  assert.deepEqual(of("sql: p95<200ms"), [["sql", 190, true]]);
  assert.deepEqual(of("x: p95<200ms"), [["x over sql", 210, false], ["x over sql+cache", 190, true]]);
  assert.deepEqual(of("sql/x: p95<220ms"), [["x over sql", 210, true]]);
  // Hits only where there is a cache, unless the scope names the arm.
  assert.deepEqual(of("x: hit>50%").map(([subject]) => subject), ["x over sql+cache"]);
  assert.deepEqual(of("sql: hit>50%"), [["sql", null, false]]);
});

const empty = { low: null, high: null, level: 0.95, warnings: [] };

Deno.test("a scope that the run has nothing of is not measured, and says why", () => {
  for (
    const [slo, why] of [["graphql: p95<1s over 5s", /was not measured/], [
      "gone: p95<1s",
      /nothing.*gone/,
    ]] as const
  ) {
    const [result] = judged(slo, [arm("sql")]);
    assert.equal(unmeasured(result!), true);
    assert.equal(result!.windows, null);
    assert.match(result!.measured.warnings[0]!.text, why);
  }
});

Deno.test("the exit code is the first that applies", () => {
  const code = (
    verdict: RunSummary["verdict"],
    status: Run["status"],
    { left = [], asked }: { left?: string[]; asked?: boolean } = {},
  ) => {
    const unavailableArms = asked === undefined
      ? []
      : [{ arm: "graphql", reason: "Nothing listens.", asked }];
    return exitCodeOf({ verdict, run: { status, config: { unavailableArms }, environment: { left } } });
  };
  assert.equal(code(null, "interrupted", { left: ["75 rows"] }), 130);
  assert.equal(code("invalid", "crashed"), 3);
  assert.equal(code("pass", "complete", { left: ["75 rows"] }), 3);
  assert.equal(code("invalid", "complete", { left: ["75 rows"] }), 3);
  assert.equal(code("pass", "complete", { asked: true }), 3);
  assert.equal(code("pass", "complete", { asked: false }), 0);
  assert.equal(code("invalid", "complete"), 4);
  assert.equal(code("fail", "complete"), 1);
  for (const verdict of ["pass", "inconclusive", null] as const) assert.equal(code(verdict, "complete"), 0);
});
