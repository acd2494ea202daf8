import { ARMS, OPERATIONS, ratioRows } from "../charts/testing.ts";
import type { Run } from "../model/run.ts";
import { parseSlo } from "../model/slo.ts";
import type { Comparison, Estimate, RunSummary, SloResult, Summary, Warning } from "../model/summary.ts";
import { DEFAULT_THRESHOLDS, type ValidityCheck } from "../model/validity.ts";
import { armAPath } from "../paths/arm_a_path.ts";

/**
 * A small summary made by formulas, so that page and snapshot change only when the report does. What it
 * says is consistent: the accounting sums to what was scheduled, comparisons follow from the latencies.
 */
export function exampleSummary(overrides: Partial<RunSummary> = {}): RunSummary {
  const run = { ...exampleRun(), ...overrides.run };
  const operations = summaries();
  return {
    schema: 1,
    verdict: run.verdict,
    reasons: [
      "The targets are missed: p95<20ms over graphql measured 24.1 ms.",
      "7 of 8 targets hold; graphql alone misses any.",
    ],
    arms: armAPath(ARMS),
    slo: slo(),
    operations,
    comparisons: ratioRows().map((row): Comparison => ({
      ...row,
      statistic: row.statistic as "p50" | "p95",
      verdict: row.verdict as Comparison["verdict"],
      n: 8,
      level: 0.95,
      p: row.verdict === "inconclusive" ? 0.46 : 0.0078,
      warnings: [],
    })),
    validity: {
      valid: true,
      checks: checks(),
      lagMs: { p50: 0.04, p99: 0.31, max: 4.2 },
      generator: {
        cpuPerRequestUs: 61.4,
        cpuCores: 0.0614,
        loopDelayP50Ms: 0.72,
        loopDelayP99Ms: 2.1,
        gcShare: 0.0012,
        gcLongestMs: 3.4,
        nativeLoop: true,
        realTime: true,
      },
    },
    steady: ARMS.map((arm) => ({ arm, state: "steady", fromUs: 6e6, changes: [] })),
    warnings: [{
      code: "single-run",
      text: "This is one run: it cannot show how much runs on this machine differ.",
    }],
    accounting: accounting(),
    environment: run.environment,
    files: { html: "index.html", pdf: "report.pdf", summary: "summary.json", store: "../benchbook.duckdb" },
    ...overrides,
    run,
  };
}

export function exampleRun(): Run {
  const startedAt = new Date("2026-03-01T14:05:00Z");
  const available = { available: true, origin: "embedded", reason: null } as const;
  return {
    runId: "20260301-140500-k3x9",
    label: "before the index",
    kind: "bench",
    scenario: "access-paths",
    startedAt,
    endedAt: new Date(startedAt.getTime() + 78_000),
    status: "complete",
    verdict: "fail",
    seed: 42,
    gitCommit: "4f1c2d9",
    config: {
      scenario: "access-paths",
      title: "One question, three access paths",
      loop: "open",
      arrivals: "poisson",
      ratePerSecond: 240,
      concurrency: null,
      durationSeconds: 72,
      warmupSeconds: 6,
      blockSeconds: 3,
      washoutSeconds: 0.5,
      timeoutMs: 5000,
      inFlightCap: 512,
      workers: 1,
      connections: 8,
      arms: [...ARMS],
      unavailableArms: [],
      operations: OPERATIONS.map((name) => ({ name, weight: 1, write: false })),
      slo: "p95<20ms,errors<1%,hit>80%,sql: p95<10ms over 10s",
      settings: { ttl: 45 },
      thresholds: DEFAULT_THRESHOLDS,
      scale: "small",
    },
    environment: {
      benchbook: "0.1.0",
      deno: "2.9.6",
      os: "linux",
      kernel: "6.1.0",
      cpu: "Example CPU 3.2 GHz",
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      hostname: "bench-host",
      services: [
        {
          ...available,
          name: "postgres",
          version: "18.4",
          address: "127.0.0.1:41234",
          settings: { shared_buffers: "512MB", fsync: "on", synchronous_commit: "on" },
        },
        { ...available, name: "redis", version: "7.0.15", address: "127.0.0.1:41235", settings: {} },
        {
          ...available,
          name: "graphql",
          version: "PostGraphile 5.1.5",
          address: null,
          settings: { pool: "8" },
        },
      ],
      dataset: {
        name: "northwind",
        scale: "small",
        seed: 42,
        rows: 103_412,
        bytes: 31 * 2 ** 20,
        hash: "9f2ab41c77d0e3b6",
      },
      unavailable: [
        "CPU pressure is not recorded: this kernel offers no /proc/pressure.",
      ],
    },
  };
}

const BASE: Readonly<Record<string, number>> = { sql: 1.2, graphql: 4.6, "sql+cache": 0.5 };
const WEIGHT = [0.4, 1, 1.6, 9];
const THIN: Warning = {
  code: "not-estimable",
  text: "p99.9 is not estimable from 1,440 requests: it takes 3,688.",
};

function estimate(value: number, spread: number | null, warnings: readonly Warning[] = []): Estimate {
  const [low, high] = spread === null ? [null, null] : [value / spread, value * spread];
  return { value, low, high, level: 0.95, warnings };
}

function quantiles(p50: number, n: number): Record<string, Estimate> {
  return {
    "0.5": estimate(p50, 1.03),
    "0.9": estimate(p50 * 2.1, 1.05),
    "0.95": estimate(p50 * 2.8, 1.07),
    "0.99": estimate(p50 * 5.2, n < 368 ? null : 1.16),
    "0.999": estimate(p50 * 9.1, null, [THIN]),
  };
}

function summaries(): Summary[] {
  const one = (arm: string, operation: string | null, index: number): Summary => {
    const n = operation === null ? 5760 : 1440;
    const failed = arm === "graphql" && (operation === null || index === 3) ? 4 : 0;
    const timeout = arm === "graphql" && (operation === null || index === 3) ? 1 : 0;
    const p50 = BASE[arm]! * (operation === null ? 1.3 : WEIGHT[index]!);
    const cached = arm === "sql+cache";
    const hit = Math.round(n * 0.87);
    return {
      arm,
      operation,
      n,
      outcomes: { ok: n - failed - timeout, failed, timeout, shed: 0, unsent: 0 },
      errorRate: estimate((failed + timeout) / n, failed === 0 ? null : 2.1),
      throughput: (n - failed - timeout) / 24,
      response: quantiles(p50, n),
      service: quantiles(p50 * 0.92, n),
      waiting: quantiles(0.02, n),
      maxMs: p50 * 14,
      meanBytes: (operation === null ? 1200 : 420 * (index + 1)) * (arm === "graphql" ? 1.34 : 1),
      meanRows: 1,
      cache: cached ? { hit, miss: n - hit - 3, stale: 3, bypass: 0, hitRate: hit / n } : null,
      errors: failed === 0 ? [] : [{ code: "57014", n: failed }, { code: "timeout", n: timeout }],
      warnings: [],
    };
  };
  return [
    ...ARMS.map((arm) => one(arm, null, 0)),
    ...OPERATIONS.flatMap((operation, index) => ARMS.map((arm) => one(arm, operation, index))),
  ];
}

function slo(): SloResult[] {
  const [p95, errors, hit, rolling] = parseSlo("p95<20ms,errors<1%,hit>80%,sql: p95<10ms over 10s");
  const whole = { operation: null, stream: null, windows: null };
  const totals = summaries().filter((row) => row.operation === null);
  return [
    ...totals.map(({ arm, response }): SloResult => {
      const measured = arm === "graphql" ? estimate(24.1, 1.05) : response["0.95"]!;
      const margin = (20 - measured.value!) / 20;
      return {
        ...whole,
        term: p95!,
        text: p95!.text,
        arm,
        limit: 20,
        measured,
        unit: "ms",
        margin,
        ok: margin > 0,
      };
    }),
    ...totals.map(({ arm, errorRate }): SloResult => {
      const margin = (0.01 - errorRate.value!) / 0.01;
      return {
        ...whole,
        term: errors!,
        text: errors!.text,
        arm,
        limit: 0.01,
        measured: errorRate,
        unit: "%",
        margin,
        ok: true,
      };
    }),
    {
      ...whole,
      term: hit!,
      text: hit!.text,
      arm: "sql+cache",
      limit: 0.8,
      measured: estimate(0.87, 1.01),
      unit: "%",
      margin: 0.0875,
      ok: true,
    },
    {
      ...whole,
      term: rolling!,
      text: rolling!.text,
      arm: "sql",
      limit: 10,
      measured: estimate(7.2, null),
      unit: "ms",
      margin: 0.28,
      ok: true,
      windows: { seconds: 10, judged: 60, tooThin: 3, failed: 0, worstAtUs: 41e6 },
    },
  ];
}

function checks(): ValidityCheck[] {
  const check = (name: ValidityCheck["name"], title: string, limit: string, measured: string) =>
    ({ name, title, limit, measured, ok: true, cause: null }) satisfies ValidityCheck;
  return [
    check("generator-gap", "The generator never paused for long", "≤ 250 ms", "12.4 ms"),
    check("on-time", "Requests were sent on time", "≥ 99 %", "99.93 %"),
    check("arrivals", "Arrivals followed the intended distribution", "D ≤ 0.1", "D = 0.008"),
    check("samples", "The host was watched without a hole", "≤ 3 periods", "1 period"),
    check("slots", "Every scheduled request is on record", "18,720", "18,720"),
  ];
}

function accounting(): RunSummary["accounting"] {
  const rows = ARMS.flatMap((arm) => [
    { arm, phase: "warmup" as const, outcome: "ok", n: 480 },
    { arm, phase: "steady" as const, outcome: "ok", n: arm === "graphql" ? 5755 : 5760 },
    ...(arm === "graphql"
      ? [
        { arm, phase: "steady" as const, outcome: "failed", n: 4 },
        { arm, phase: "steady" as const, outcome: "timeout", n: 1 },
      ]
      : []),
  ]);
  return { scheduled: rows.reduce((sum, row) => sum + row.n, 0), rows };
}
