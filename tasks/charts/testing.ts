import type { CacheMapCell } from "./cache_map.ts";
import type { CacheSecond } from "./cache_states.ts";
import type { HeatmapBin } from "./heatmap.ts";
import type { HistogramBin } from "./histogram.ts";
import type { QuantilePoint } from "./latency_by_quantile.ts";
import type { OperationQuantiles } from "./operation_dots.ts";
import type { SecondPoint } from "./over_time.ts";
import type { RatioRow } from "./ratios.ts";
import type { SamplePoint } from "./sample_series.ts";

/**
 * Rows for every chart as a short run of three arms would give them: small, fixed, and made by formulas,
 * so that a snapshot changes only when a chart does.
 */
export const ARMS = ["sql", "graphql", "sql+cache"] as const;
export const OPERATIONS = ["product-by-id", "customer-orders", "order-details", "sales-by-employee"] as const;

const BASE: Readonly<Record<string, number>> = { sql: 1.2, graphql: 4.6, "sql+cache": 0.5 };
const WEIGHT: Readonly<Record<string, number>> = {
  "product-by-id": 0.4,
  "customer-orders": 1,
  "order-details": 1.6,
  "sales-by-employee": 9,
};
const LEVELS = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999];
const BLOCK = 3;
const SECONDS = 36;

export function quantilePoints(): QuantilePoint[] {
  return ARMS.flatMap((arm) =>
    LEVELS.map((level) => ({ arm, level, ms: BASE[arm]! * 0.6 * (1 / (1 - level)) ** 0.38 }))
  );
}

export function histogramBins(): HistogramBin[] {
  return ARMS.flatMap((arm) =>
    Array.from({ length: 16 }, (_, index) => {
      const lowMs = BASE[arm]! * 2 ** ((index - 5) / 2);
      const n = Math.round(900 * Math.exp(-(((index - 5) / 2.6) ** 2)));
      return { arm, lowMs, highMs: lowMs * Math.SQRT2, n };
    })
  );
}

export function secondPoints(): SecondPoint[] {
  return Array.from({ length: SECONDS }, (_, second) => {
    const block = Math.floor(second / BLOCK);
    const arm = ARMS[(block * 2 + Math.floor(block / 3)) % 3]!;
    const wobble = 1 + 0.2 * Math.sin(second * 1.7);
    const p50 = BASE[arm]! * wobble * (second < 6 ? 1.8 : 1);
    const errors = second === 20 ? 3 : 0;
    const n = 365 + (second * 7) % 11;
    const warmup = second < 6;
    const segment = warmup ? "warmup" : "steady";
    return {
      arm,
      block,
      segment,
      warmup,
      second,
      n,
      p50,
      p95: p50 * 3,
      // As the query has it: of fewer a p99 is not estimable.
      p99: n < 368 ? null : p50 * 6,
      ok: n - errors,
      errors,
    };
  });
}

export function heatmapBins(): HeatmapBin[] {
  return secondPoints().flatMap(({ arm, second, p50 }) =>
    Array.from({ length: 6 }, (_, index) => {
      const lowMs = p50! * 2 ** (index - 2);
      return { arm, second, lowMs, highMs: lowMs * 2, n: [4, 18, 52, 26, 9, 2][index]! };
    })
  );
}

export function ratioRows(): RatioRow[] {
  return ["graphql", "sql+cache"].flatMap((candidate) =>
    OPERATIONS.flatMap((operation, index) =>
      ["p50", "p95"].map((statistic): RatioRow => {
        const ratio = operation === "customer-orders" && candidate === "sql+cache"
          ? 1.01
          : BASE[candidate]! / BASE.sql! * (1 + 0.1 * index) * (statistic === "p95" ? 0.9 : 1);
        const spread = 1.03 + 0.04 * index;
        const [low, high] = [ratio / spread, ratio * spread];
        const verdict = low > 1.05 ? "slower" : high < 0.95 ? "faster" : "inconclusive";
        return { operation, baseline: "sql", candidate, statistic, ratio, low, high, verdict };
      })
    )
  );
}

export function cacheSeconds(): CacheSecond[] {
  return secondPoints().filter((point) => point.arm === "sql+cache").flatMap(({ arm, second, n }) => {
    const hit = Math.round(n * (1 - 0.6 * Math.exp(-second / 9)));
    const stale = second % 5 === 0 ? 2 : 0;
    return [
      { arm, second, state: "hit" as const, n: hit },
      { arm, second, state: "miss" as const, n: n - hit - stale },
      { arm, second, state: "stale" as const, n: stale },
    ];
  });
}

export function operationQuantiles(): OperationQuantiles[] {
  return OPERATIONS.flatMap((operation) =>
    ARMS.map((arm) => {
      const p50 = BASE[arm]! * WEIGHT[operation]!;
      return { operation, arm, p50, p95: p50 * 2.8 };
    })
  );
}

export function samplePoints(): SamplePoint[] {
  const each = (
    panel: string,
    series: string,
    unit: SamplePoint["unit"],
    value: (second: number) => number,
  ) =>
    Array.from({ length: SECONDS }, (_, second) => ({ panel, series, unit, second, value: value(second) }));
  return [
    ...each("Host CPU", "user", "share", (s) => 0.42 + 0.08 * Math.sin(s / 2)),
    ...each("Host CPU", "system", "share", (s) => 0.14 + 0.02 * Math.sin(s / 3)),
    ...each("Host CPU", "steal", "share", (s) => (s > 24 && s < 27 ? 0.08 : 0.004)),
    ...each("Host memory", "used", "bytes", (s) => 3.1 * 2 ** 30 + s * 2 ** 21),
    ...each("PostgreSQL", "transactions", "per second", (s) => 160 + 30 * Math.sin(s)),
    ...each("Redis", "operations", "per second", (s) => (Math.floor(s / 3) % 3 === 1 ? 120 : 4)),
  ];
}

export function cacheMapCells(): CacheMapCell[] {
  return [10, 60].flatMap((ttl) =>
    [1_000_000, 8_000_000].map((memory) => ({
      arm: "sql+cache",
      ttl,
      memory,
      hitRate: 0.5 + ttl / 300 + memory / 40_000_000,
      own: ttl === 60 && memory === 8_000_000,
    }))
  );
}
