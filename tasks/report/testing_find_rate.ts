import type { ArmRate, RateProbe, RateProbeOutcome, RateSearch } from "../model/rate_search.ts";

import { exampleRun } from "./testing.ts";

/** A search as tests show it: one arm with a limit of its own, one where the generator gave out first. */
export function exampleSearch(changes: Partial<RateSearch> = {}): RateSearch {
  return {
    schema: 2,
    search: {
      id: "20260314-090000-1f3a",
      label: "nightly",
      scenario: "access-paths",
      title: "The same questions by direct SQL, by GraphQL and through a Redis cache",
      slo: "p95<200ms,errors<1%,hit>80%",
      startRate: 600,
      durationSeconds: 5,
      warmupSeconds: 1,
      confirmationTimes: 2,
      resolution: 0.05,
      seed: 1,
      scale: "small",
      connections: 8,
      workers: 1,
      settings: { cache_ttl: 60 },
      environment: exampleRun().environment,
      startedAt: new Date(Date.UTC(2026, 2, 14, 9)),
      gitCommit: "0123456789abcdef",
    },
    arms: [
      arm("sql", "p95<200ms,errors<1%", [1200, 1253], [
        [600, "holds"],
        [1200, "holds"],
        [2400, "fails"],
        [1697, "fails"],
        [1427, "fails"],
        [1309, "fails"],
        [1253, "fails"],
        [1200, "holds", true],
        [1200, "holds", true],
        [1253, "fails", true],
        [1253, "fails", true],
      ]),
      arm("sql+cache", "p95<200ms,errors<1%,hit>80%", [4800, null], [
        [600, "holds"],
        [1200, "holds"],
        [2400, "holds"],
        [4800, "holds"],
        [9600, "invalid"],
        [9600, "invalid"],
        [4800, "holds", true],
        [4800, "holds", true],
      ]),
    ],
    unavailable: [{ arm: "graphql", reason: "PostGraphile did not start." }],
    files: { html: null, pdf: null, store: "/reports/benchbook.duckdb" },
    ...changes,
  };
}

function arm(
  name: string,
  slo: string,
  interval: ArmRate["interval"],
  probes: readonly [rate: number, outcome: RateProbeOutcome, confirmation?: boolean][],
): ArmRate {
  return {
    arm: name,
    slo,
    interval,
    confirmed: true,
    limitedBy: interval[1] === null ? "generator" : "system",
    probes: probes.map(([rate, outcome, confirmation = false], index) =>
      probe(name, rate, outcome, confirmation, index)
    ),
  };
}

function probe(
  arm: string,
  rate: number,
  outcome: RateProbeOutcome,
  confirmation: boolean,
  index: number,
): RateProbe {
  const p50Ms = outcome === "fails" ? rate / 10 : 4 + rate / 600;
  const seconds = confirmation ? 10 : 5;
  return {
    run: `20260314-0901${String(index).padStart(2, "0")}-00aa`,
    rate,
    achieved: Math.min(rate, outcome === "fails" ? 1220 : 9000),
    p50Ms,
    p95Ms: p50Ms * 3.2,
    p99Ms: outcome === "fails" ? null : p50Ms * 6,
    errors: outcome === "fails" ? 0.021 : 0,
    requests: rate * seconds,
    seconds,
    seed: 1 + index,
    confirmation,
    outcome,
    reason: outcome === "fails"
      ? `${arm} misses p95 < 200 ms: ${Math.round(p50Ms * 3.2)} ms.`
      : outcome === "invalid"
      ? `The generator shaped the result: "Requests were sent on time" requires at least 99 %; measured: 91 %.`
      : null,
  };
}
