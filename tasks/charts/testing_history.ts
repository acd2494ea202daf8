import type { HistoryRun, HistoryStretch, HistoryTrend, RunHistory } from "../model/history.ts";

const ARMS = ["sql", "graphql"];

/** A made-up history: twelve runs of which the last five are a quarter slower, and two before a break. */
export function historyFixture(): RunHistory {
  return {
    schema: 1,
    scenario: "access-paths",
    machine: { CPU: "Fixture CPU", cores: "2", memory: "8 GiB", kernel: "Linux", PostgreSQL: "embedded" },
    stretches: [stretch("2b", 12, 7), { ...stretch("1a", 2, null), differences: [RATE] }],
    elsewhere: 3,
    elsewhereDiffers: ["CPU", "Redis"],
    leftOut: 1,
    leftOutRuns: [{ ...run(5), verdict: "invalid", why: "it is INVALID" }],
  };
}

const RATE = { part: "load", name: "arrivals", base: "poisson, 100/s", candidate: "poisson, 200/s" } as const;

/** @param changed the first run at the new level; null: nothing changed */
function stretch(hash: string, count: number, changed: number | null): HistoryStretch {
  const runs = Array.from({ length: count }, (_, at) => run(changed === null ? at : 10 + at));
  return {
    fingerprint: hash.repeat(8),
    runs,
    differences: [],
    trends: [
      trend(null, null, "p50"),
      ...ARMS.flatMap((arm) => [
        trend(arm, null, "p50"),
        ...(["p50", "p95"] as const).map((statistic) => trend(arm, "order-details", statistic)),
      ]),
    ],
    rates: ARMS.flatMap((arm) =>
      [null, "order-details"].flatMap((operation) =>
        (["throughput", "errors"] as const).map((statistic) => ({
          arm,
          operation,
          statistic,
          values: runs.map((_, at) => statistic === "throughput" ? 100 : at === 9 ? 0.02 : 0),
          changes: [],
        }))
      )
    ),
  };

  function trend(arm: string | null, operation: string | null, statistic: "p50" | "p95"): HistoryTrend {
    const level = (arm === "graphql" ? 3 : 1) * (statistic === "p95" ? 4 : 1) * (changed === null ? 2 : 1);
    const slower = (at: number) => changed !== null && at >= changed;
    const at = changed ?? count;
    const band = (from: number, to: number, value: number) => ({
      from,
      to,
      value,
      low: changed === null ? null : value * 0.94,
      high: changed === null ? null : value * 1.06,
    });
    return {
      arm,
      operation,
      statistic,
      ms: runs.map((_, at) =>
        at === 3 && arm === "graphql" ? null : level * (slower(at) ? 1.25 : 1) * (1 + 0.02 * Math.sin(9 * at))
      ),
      changes: changed === null
        ? []
        : [{ at, ratio: 1.25, p: 0.00002, beforeMs: level, afterMs: 1.25 * level }],
      outside: [],
      levels: [band(0, at - 1, level), ...changed === null ? [] : [band(at, count - 1, 1.25 * level)]],
    };
  }
}

function run(day: number): HistoryRun {
  const startedAt = new Date(Date.UTC(2026, 2, 1 + day, 8));
  const date = startedAt.toISOString().slice(0, 10).replaceAll("-", "");
  return {
    runId: `${date}-080000-00${day.toString(16).padStart(2, "0")}`,
    startedAt,
    label: day === 17 ? "<b>after</b>" : null,
    gitCommit: day < 17 ? "a".repeat(40) : `${"b".repeat(40)}+`,
    verdict: day === 18 ? "fail" : day === 19 ? "pass" : null,
    repetition: day === 20 ? "1 of 2" : null,
  };
}
