import type { Warning } from "../../model/estimate.ts";
import type { Impact, SegmentError, Stall } from "../../model/migration_summary.ts";
import { counted, formatCount, formatMs, formatRate, formatShare } from "../../model/units.ts";
import { median } from "../../stats/robust.ts";
import { failedBefore, failedBeforeText } from "./failed_before.ts";
import { type LoadSecond, SETTLED_SECONDS } from "./recovery.ts";

/** What was wrong before anything was changed. */
export const UNSTABLE = "unstable-baseline";
/** Requests took as long before it as a stall may. */
export const OVERLOADED = "overloaded-baseline";
/** Requests failed more often before it than is allowed. */
export const FAILING = "failing-baseline";

/** From one half to the other p95 may change by so much: of a second's p95, less is noise. */
const MOST_RATIO = 2;
/** And throughput may fall to this: less, and a queue is growing. */
const LEAST_THROUGHPUT = 0.8;

/** Before the migration began. */
export interface BaselineEvidence {
  readonly seconds: readonly LoadSecond[];
  readonly impacts: readonly Impact[];
  readonly stall: Stall | null;
  readonly stallLimitMs: number;
  readonly errors: readonly SegmentError[];
  /** Requests due in it. */
  readonly n: number;
  /** The targets as they were written; null: none. */
  readonly slo: string | null;
}

/** Why what came later cannot be held against what was before; nothing where it can. */
export function baselineDoubts(
  { seconds, impacts, stall, stallLimitMs, errors, n, slo }: BaselineEvidence,
): Warning[] {
  if (seconds.length < SETTLED_SECONDS) {
    return doubts([
      `The baseline has ${
        counted(seconds.length, "whole second")
      }, and ${SETTLED_SECONDS} are needed: use a longer ` +
      "--duration.",
    ]);
  }
  const failed = errors.reduce((sum, each) => sum + each.n, 0);
  const [broken] = failedBefore(impacts, errors, slo);
  return [
    ...broken === undefined ? [] : [{
      code: FAILING,
      text: failedBeforeText(broken, codesText(errors.filter(({ path }) => path === broken.path))),
    }],
    ...overloaded(impacts, stallLimitMs),
    ...doubts([
      ...stall !== null && stall.ms > stallLimitMs
        ? [
          `The load stalled for ${formatMs(stall.ms)} (allowed: ${
            formatMs(stallLimitMs)
          }) before the migration began.`,
        ]
        : [],
      ...failed > 0 && broken === undefined
        ? [
          `Before the migration began ${formatCount(failed)} of ${formatCount(n)} requests failed too (${
            codesText(errors)
          }).`,
        ]
        : [],
      ...unsteady(seconds),
    ]),
  ];
}

/** A queue that stood before the migration makes stalls by itself, and hides those of the migration. */
function overloaded(impacts: readonly Impact[], stallLimitMs: number): Warning[] {
  const p95 = ({ baseline }: Impact) => baseline["0.95"]?.value ?? 0;
  const [slowest] = impacts.filter(({ path }) => path !== null).toSorted((a, b) => p95(b) - p95(a));
  if (slowest === undefined || p95(slowest) <= stallLimitMs) return [];
  const text =
    `Before the migration began p95 of ${slowest.kind}s over ${slowest.path} was already ${
      formatMs(p95(slowest))
    }, longer than a stall may last (${
      formatMs(stallLimitMs)
    }): what took as long later need not be its doing. Use a ` +
    "lower --rate, or allow a longer stall by --slo.";
  return [{ code: OVERLOADED, text }];
}

/** `57014: 12, timeout: 3`. */
export function codesText(errors: readonly Pick<SegmentError, "code" | "n">[]): string {
  const counts = new Map<string, number>();
  for (const { code, n } of errors) counts.set(code, (counts.get(code) ?? 0) + n);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([code, n]) => `${code}: ${formatCount(n)}`).join(", ");
}

function unsteady(seconds: readonly LoadSecond[]): string[] {
  const half = Math.floor(seconds.length / 2);
  const level = (of: (second: LoadSecond) => number | null) => {
    const values = (part: readonly LoadSecond[]) => part.map(of).filter((value) => value !== null);
    return [median(values(seconds.slice(0, half))), median(values(seconds.slice(-half)))] as const;
  };
  const [early, late] = level(({ p95 }) => p95);
  const [before, after] = level(({ ok }) => ok);
  return [
    ...early !== null && late !== null && Math.max(early, late) > MOST_RATIO * Math.min(early, late)
      ? [
        `The baseline was not steady: p95 of a second, the median, went from ${
          formatMs(early)
        } in its first half to ${formatMs(late)}.`,
      ]
      : [],
    ...before !== null && after !== null && after < LEAST_THROUGHPUT * before
      ? [
        `The baseline was not steady: throughput went from ${formatRate(before)} in its first half to ${
          formatRate(after)
        }, ${formatShare(after / before)} of it.`,
      ]
      : [],
  ];
}

function doubts(texts: readonly string[]): Warning[] {
  return texts.map((text) => ({ code: UNSTABLE, text }));
}
