import assert from "node:assert/strict";
import { parseSlo, type ScopeNames } from "../model/slo.ts";
import type { Run, UnavailableArm } from "../model/run.ts";
import type { SloResult, Summary } from "../model/summary.ts";
import type { Validity } from "../model/validity.ts";
import { leastEstimable } from "../stats/quantile.ts";
import { quantileEstimate, shareEstimate } from "./estimate.ts";
import { sloResults, sloTargets } from "./slo.ts";
import { fixtureRecord } from "./testing_record.ts";
import { judgeRun } from "./verdict.ts";

const NAMES: ScopeNames = { arms: ["sql", "graphql", "sql+cache"], operations: ["x"], streams: [] };

/** An arm as a whole of so many requests, each answered within its thousandth of a second. */
function arm(name: string, n: number): Summary {
  const response = Object.fromEntries([0.5, 0.95, 99.9 / 100].map((level) => {
    const found = n >= leastEstimable(level) ? { value: 1, low: 1, high: 1 } : null;
    return [String(level), quantileEstimate({ n, level, found, shortestTimeoutMs: null })];
  }));
  const cache = name.endsWith("+cache") ? { hit: n, miss: 0, stale: 0, bypass: 0, hitRate: 1 } : null;
  return {
    arm: name,
    operation: null,
    n,
    outcomes: { ok: n, failed: 0, timeout: 0, shed: 0, unsent: 0 },
    errorRate: shareEstimate(0, n),
    throughput: 100,
    response,
    service: {},
    waiting: {},
    maxMs: 1,
    meanBytes: 1,
    meanRows: 1,
    cache,
    errors: [],
    warnings: [],
  };
}

const validity = { valid: true, checks: [] } as unknown as Validity;

function judged(
  slo: string,
  operations: readonly Summary[],
  { unavailableArms = [], status = "complete", broken = [], change = (results: SloResult[]) => results }: {
    unavailableArms?: UnavailableArm[];
    status?: Run["status"];
    broken?: readonly string[];
    change?: (results: SloResult[]) => SloResult[];
  } = {},
) {
  const record = fixtureRecord("20260314-092653-0a0a", 23);
  const arms = operations.map(({ arm }) => arm);
  const run = { ...record, status, config: { ...record.config, slo, arms, unavailableArms } };
  const missing = unavailableArms.filter(({ asked }) => asked).map(({ arm, path }) => ({
    arm,
    cached: path!.endsWith("+cache"),
  }));
  const terms = slo === "" ? [] : parseSlo(slo);
  const results = change(sloResults(sloTargets(terms, operations, NAMES, missing), operations));
  return judgeRun({ run, validity, slo: results, comparisons: [], operations, broken });
}

const dead = (arm: string, asked: boolean): UnavailableArm => ({
  arm,
  path: arm,
  reason: "Nothing answers there.",
  asked,
});

Deno.test("a pass names each target with those alone for whom it was judged", () => {
  const all = [arm("sql", 4000), arm("graphql", 4000), arm("sql+cache", 4000)];
  assert.deepEqual(judged("p95<200ms,errors<1%", all), {
    verdict: "pass",
    reasons: ["The SLO (p95<200ms, errors<1%) holds for sql, graphql, sql+cache."],
  });
  assert.deepEqual(judged("p95<200ms,errors<1%,hit>80%", all), {
    verdict: "pass",
    reasons: ["The SLO holds: p95<200ms, errors<1% for sql, graphql, sql+cache; hit>80% for sql+cache."],
  });
});

Deno.test("a target that too few requests could tell is no pass: it is named first, with what would be enough", () => {
  const { verdict, reasons } = judged("p95<200ms,p99.9<1s", [arm("sql", 1000), arm("graphql", 800)]);
  assert.equal(verdict, "inconclusive");
  // Twenty seconds of 800 requests: 3,688 take 93 s, and some more to be sure.
  assert.deepEqual(reasons, [
    "Not judged: p99.9<1s (sql, graphql). p99.9 takes 3,688 requests, and there were 800 to 1,000; " +
    "--duration 111s would be enough.",
    "The other targets hold: p95<200ms for sql, graphql.",
  ]);
  const alone = judged("p99.9<1s", [arm("sql", 1000), arm("graphql", 4000)]).reasons;
  assert.match(
    alone[0]!,
    /^Not judged: p99\.9<1s \(sql\)\. .* there were 1,000; --duration 89s would be enough\.$/,
  );
  assert.equal(alone[1], "The other targets hold: p99.9<1s for graphql.");
});

Deno.test("a promise that is shown to be broken fails a run, whatever its targets", () => {
  const broken = ["1 answer of sql+cache was older than xfetch promises."];
  const all = [arm("sql", 4000)];
  assert.deepEqual(judged("", all, { broken }), { verdict: "fail", reasons: broken });
  const { verdict, reasons } = judged("p95<200ms", all, { broken });
  assert.deepEqual([verdict, reasons[0]], ["fail", broken[0]]);
  // Of a run that was cut short nothing is judged.
  assert.equal(judged("p95<200ms", all, { broken, status: "interrupted" }).verdict, null);
});

Deno.test("what is missed stands before what could not be judged, and nothing is said to hold", () => {
  const { verdict, reasons } = judged("p50<0.5ms,p99.9<1s,errors<1%", [arm("sql", 1000)]);
  assert.equal(verdict, "fail");
  assert.match(reasons[0]!, /^sql misses p50 /);
  assert.match(reasons[1]!, /^Not judged: p99\.9<1s/);
  assert.equal(reasons.length, 2);
});

Deno.test("a target that was missed has its interval beside it, also where that has no upper end", () => {
  const own = arm("sql", 1000);
  const missed = (low: number, high: number | null) => {
    const p50 = { ...own.response["0.5"]!, value: 1, low, high };
    return judged("p50<0.5ms", [{ ...own, response: { ...own.response, "0.5": p50 } }]).reasons[0]!;
  };
  assert.match(missed(0.4, 2), /: 1(\.00)? ms \(0\.4(00)? ms to 2(\.00)? ms\)\.$/);
  assert.match(missed(0.4, null), /: 1(\.00)? ms \(≥ 0\.4(00)? ms\)\.$/);
});

Deno.test("targets of an arm that was asked for and is missing are not judged, so that the run is no pass", () => {
  const both = [arm("sql", 1000)];
  const { verdict, reasons } = judged("p95<200ms,errors<1%", both, {
    unavailableArms: [dead("graphql", true)],
  });
  assert.equal(verdict, "inconclusive");
  assert.deepEqual(reasons, [
    "The arm graphql was requested but could not be measured: Nothing answers there.",
    "Not judged: p95<200ms, errors<1% (graphql). The arm graphql was not measured.",
    "The other targets hold: p95<200ms, errors<1% for sql.",
  ]);
  const hit = judged("hit>80%", both, { unavailableArms: [dead("sql+cache", true), dead("graphql", true)] });
  assert.equal(hit.verdict, "inconclusive");
  assert.equal(hit.reasons[2], "Not judged: hit>80% (sql+cache). The arm sql+cache was not measured.");
  const named = judged("", both, { unavailableArms: [{ ...dead("own", true), path: "graphql" }] });
  assert.match(named.reasons[0]!, /^The arm own was requested but could not be measured: /);
  // A default path may be absent.
  assert.equal(judged("p95<200ms", both, { unavailableArms: [dead("graphql", false)] }).verdict, "pass");
});

Deno.test("a pass over windows says which of them nobody could judge", () => {
  const windows = { seconds: 5, judged: 40, tooThin: 4, failed: 0, worstAtUs: 1e6 };
  const { verdict, reasons } = judged("p95<200ms", [arm("sql", 1000)], {
    change: (results) => results.map((result) => ({ ...result, text: "p95<200ms over 5s", windows })),
  });
  assert.equal(verdict, "pass");
  assert.deepEqual(reasons, [
    "The SLO (p95<200ms over 5s) holds for sql.",
    "Not judged: 4 of 44 windows of p95<200ms over 5s (sql), which had too few requests.",
  ]);
});

Deno.test("a run that was interrupted says so first, and nothing of it holds or is missed", () => {
  for (const slo of ["p95<200ms", "p50<0.5ms", "p99.9<1s"]) {
    const { verdict, reasons } = judged(slo, [arm("sql", 1000)], { status: "interrupted" });
    assert.equal(verdict, null);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]!, /^The run was interrupted: it has no verdict/);
  }
});
