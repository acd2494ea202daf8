import type { Estimate } from "../../model/estimate.ts";
import type { Impact, MigrationSummary } from "../../model/migration_summary.ts";
import { migrationConfig, SECOND, step, wait } from "./testing.ts";

/** An estimate of a made-up summary. */
export function estimate(
  value: number | null,
  low: number | null = null,
  high: number | null = null,
): Estimate {
  return { value, low, high, level: 0.95, warnings: [] };
}

/** Requests of one path and kind. @param before p50, p95 and p99, ms @param during the same */
export function impact(
  path: string | null,
  kind: Impact["kind"],
  before: readonly [number, number, number],
  during: readonly [number, number, number | null],
  changes: Partial<Impact> = {},
): Impact {
  const levels = ["0.5", "0.95", "0.99"];
  const of = (value: (at: number) => Estimate) =>
    Object.fromEntries(levels.map((level, at) => [level, value(at)]));
  return {
    path,
    kind,
    n: { baseline: 2660, migrate: 1064 },
    baseline: of((at) => estimate(before[at]!)),
    migrate: of((at) => estimate(during[at] ?? null)),
    change: of((at) => {
      const value = during[at] ?? null;
      return value === null ? estimate(null) : estimate(value - before[at]!, value - before[at]! - 1.2, null);
    }),
    stall: { ms: 41, fromUs: 12.1 * SECOND, untilUs: 12.141 * SECOND, path, kind, pending: 9, lock: null },
    caused: changes.stall ?? null,
    degradationMsS: 0,
    errors: 0,
    ...changes,
  };
}

/** What a migration did that nobody felt, of a run whose parts are those of `SECONDS`. */
export function quietMigration(changes: Partial<MigrationSummary> = {}): MigrationSummary {
  const config = migrationConfig("20260314-092653-1f3a");
  const impacts = [
    impact("sql", "read", [2, 2.75, 3.1], [2.05, 2.8, 3.3]),
    impact("sql", "write", [2.1, 2.8, 3.2], [2.1, 2.9, null]),
    impact("graphql", "read", [5, 6.9, 8.2], [5.1, 7.1, 9]),
    impact("graphql", "write", [5.2, 7, 8.3], [5.2, 7.2, null]),
    impact(null, "all", [2.9, 6.4, 7.9], [3, 6.6, 8.4]),
  ];
  return {
    migration: {
      ...config,
      variant: "safe",
      steps: [{
        ...config.steps[0]!,
        file: "add-column/safe/01-add-column.sql",
        move: { kind: "lock_timeout", oneTransaction: false },
      }],
    },
    impacts,
    stall: impacts.at(-1)!.stall,
    stallLimitMs: 250,
    recovery: { state: "recovered", afterSeconds: 0, lacking: [], settledSeconds: 8 },
    errors: [],
    steps: [{
      ...step(11.2 * SECOND, 11.21 * SECOND, { variant: "safe", attempts: 2, move: "lock_timeout" }),
      locks: [],
    }],
    predicted: null,
    declared: [],
    waits: [],
    waitCount: 0,
    ledger: { ok: 1840, failed: 0, unknown: 0, unknownPresent: 0, complete: true, problems: [] },
    checksums: {
      ranges: 40,
      rows: 83_000,
      different: [],
      byOthers: [],
      unclear: [],
      own: { sentences: [], code: [], remade: [] },
      lacking: null,
    },
    plans: [
      { operation: "order-by-id", changes: [] },
      {
        operation: "country-orders",
        changes: [
          "Index Scan Backward using orders_order_date on orders → Index Scan using orders_country_newest on orders",
          "Incremental Sort removed",
        ],
      },
    ],
    walBytesPerSecond: { baseline: 412_000, migrate: 530_000, recovery: 415_000 },
    hitRate: { baseline: 0.81, migrate: 0.8, recovery: 0.82 },
    invalidations: { "sql+cache": { warmup: 0, baseline: 212, migrate: 84, recovery: 169 } },
    segments: [
      { segment: "warmup", startUs: 0, endUs: SECOND },
      { segment: "baseline", startUs: SECOND, endUs: 11 * SECOND },
      { segment: "migrate", startUs: 11 * SECOND, endUs: 15 * SECOND },
      { segment: "recovery", startUs: 15 * SECOND, endUs: 23 * SECOND },
    ],
    warnings: [],
    ...changes,
  };
}

const LOCK =
  "AccessShareLock on northwind.orders, held up by the migration (ALTER TABLE northwind.orders ADD COLUMN " +
  "gift_note text), which waited for AccessExclusiveLock on northwind.orders behind a transaction that was open beside it";

/** The same change made in the naive way: everybody queued behind it. */
export function stalledMigration(changes: Partial<MigrationSummary> = {}): MigrationSummary {
  const stall = {
    ms: 2504,
    fromUs: 11.3 * SECOND,
    untilUs: 13.804 * SECOND,
    path: null,
    kind: "all",
    pending: 801,
  } as const;
  const stalled = { ...stall, lock: LOCK };
  const impacts = [
    impact("sql", "read", [2, 2.75, 3.1], [640, 2360, 2480], {
      stall: { ...stalled, path: "sql", kind: "read" },
    }),
    impact("sql", "write", [2.1, 2.8, 3.2], [650, 2371, null], {
      stall: { ...stalled, path: "sql", kind: "write" },
    }),
    impact(null, "all", [2.9, 6.4, 7.9], [644, 2362, 2482], { stall: stalled, degradationMsS: 3800 }),
  ];
  return quietMigration({
    migration: migrationConfig("20260314-092653-1f3a"),
    impacts,
    stall: stalled,
    steps: [{
      ...step(11.3 * SECOND, 13.806 * SECOND, { lockWaitUs: 2_500_000, rewritten: ["northwind.orders"] }),
      locks: [{
        step: 1,
        statement: 1,
        relation: "northwind.orders",
        mode: "AccessExclusiveLock",
        atUs: 13.8 * SECOND,
        heldUs: 6000,
        waitedUs: 2_500_000,
        blocked: 31,
      }],
    }],
    declared: [
      { text: "wait behind AccessExclusiveLock on northwind.orders", seen: true },
      { text: "error 42703", seen: false },
    ],
    waits: [
      wait(11.3 * SECOND, 2_500_000, {
        pid: 50,
        role: "migration",
        mode: "AccessExclusiveLock",
        blockedBy: 60,
        blockerRole: "beside",
        blockerQuery: "SELECT count(*) FROM northwind.orders",
      }),
      wait(11.31 * SECOND, 2_490_000),
    ],
    waitCount: 412,
    ...changes,
  });
}
