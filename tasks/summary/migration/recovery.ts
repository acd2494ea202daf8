import type { Recovery } from "../../model/migration_summary.ts";
import { quantile } from "../../stats/quantile.ts";
import { mad, median } from "../../stats/robust.ts";

/** A whole second of the load as a whole. */
export interface LoadSecond {
  /** Requests with a response time. */
  readonly responses: number;
  /** Response time of requests that reach the database, ms; null without any. */
  readonly p95: number | null;
  /** Answers. */
  readonly ok: number;
  /** Lookups in a cache, and hits among them. */
  readonly lookups: number;
  readonly hits: number;
}

/** So many seconds in a row must be as good as before. */
export const SETTLED_SECONDS = 5;
/** Less of a level's own than this is none. */
const LEAST_SHARE = 0.05;

interface Metric {
  readonly name: string;
  readonly of: (second: LoadSecond) => number | null;
  readonly better: 1 | -1;
  /** The standard deviation that a second's value has by chance alone, at a level. */
  readonly noise: (level: number, baseline: Baseline) => number;
}

/** Before the migration began. */
export interface Baseline {
  readonly seconds: readonly LoadSecond[];
  /** Its response times, ms, ascending. */
  readonly responses: ArrayLike<number>;
}

const METRICS: readonly Metric[] = [
  {
    name: "p95",
    of: ({ p95 }) => p95,
    better: -1,
    // Of n values about sqrt(n p (1 - p)) more or fewer lie below the quantile: it strays as far as those lie.
    noise: (level, { seconds, responses }) => {
      const n = Math.max(1, typical(seconds, (second) => second.responses));
      const beyond = quantile(responses, Math.min(1, 0.95 + Math.sqrt(0.95 * 0.05 / n)));
      return beyond === null || !Number.isFinite(beyond) ? 0 : Math.max(0, beyond - level);
    },
  },
  { name: "throughput", of: ({ ok }) => ok, better: 1, noise: Math.sqrt },
  {
    name: "hit rate",
    of: ({ hits, lookups }) => lookups === 0 ? null : hits / lookups,
    better: 1,
    noise: (level, { seconds }) =>
      Math.sqrt(level * (1 - level) / Math.max(1, typical(seconds, ({ lookups }) => lookups))),
  },
];

function typical(seconds: readonly LoadSecond[], of: (second: LoadSecond) => number): number {
  return median(seconds.map(of))!;
}

/**
 * When the load was back to its baseline: from the first of five seconds in a row in which p95 is at most the baseline's
 * median + max(3 MAD, 5 %), and throughput and hit rate are at least the median less as much. Better than before is
 * recovered. The MAD of a handful of seconds may be next to nothing by luck: it counts as what a second strays by at least. Of what the baseline has no value in half of its seconds nothing is asked.
 */
export function recoveryOf(baseline: Baseline, after: readonly LoadSecond[]): Recovery {
  if (baseline.seconds.length < SETTLED_SECONDS || after.length < SETTLED_SECONDS) {
    return { state: "unknown", afterSeconds: null, lacking: [], settledSeconds: 0 };
  }
  const limits = METRICS.flatMap((metric) => {
    const values = baseline.seconds.map(metric.of).filter((value) => value !== null);
    if (2 * values.length < baseline.seconds.length) return [];
    return [{ ...metric, limit: limitOf(values, metric, baseline) }];
  });
  const lacking = after.map((second) =>
    limits.filter(({ of, better, limit }) => {
      const value = of(second);
      return value === null || better * value < better * limit;
    }).map(({ name }) => name)
  );
  const settledSeconds = lacking.length - 1 - lacking.findLastIndex((names) => names.length > 0);
  for (let from = 0; from + SETTLED_SECONDS <= after.length; from++) {
    if (lacking.slice(from, from + SETTLED_SECONDS).every((names) => names.length === 0)) {
      return { state: "recovered", afterSeconds: from, lacking: [], settledSeconds };
    }
  }
  const last = new Set(lacking.slice(-SETTLED_SECONDS).flat());
  return {
    state: "not recovered",
    afterSeconds: null,
    lacking: METRICS.map(({ name }) => name).filter((name) => last.has(name)),
    settledSeconds,
  };
}

function limitOf(
  values: readonly number[],
  { better, noise }: Metric,
  baseline: Baseline,
): number {
  const centre = median(values)!;
  if (!Number.isFinite(centre)) return centre;
  const spread = Math.max(mad(values)!, noise(centre, baseline));
  return centre - better * Math.max(3 * spread, LEAST_SHARE * centre);
}
