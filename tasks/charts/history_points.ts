import type { HistoryStretch, HistoryTrend } from "../model/history.ts";
import { formatRate, formatShare, isoMinutes, significant } from "../model/units.ts";
import type { HistoryAxis } from "./history_axis.ts";

/** One arm in one run. */
export interface HistoryPoint {
  readonly arm: string;
  readonly run: string;
  /** When it began, as text. */
  readonly at: string;
  /** Index of its stretch, the oldest first: no line goes from one to another. */
  readonly stretch: number;
  readonly x: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly throughput: number | null;
  readonly errors: number | null;
  /** What changed with this run, e.g. `p50 1.21× slower`. */
  readonly changes: readonly string[];
}

/** What is drawn of an operation; null: of all together. */
export function pointsOf(axis: HistoryAxis, operation: string | null): HistoryPoint[] {
  return axis.stretches.flatMap((own, stretch) => {
    const arms = [...new Set(own.rates.map(({ arm }) => arm))];
    return own.runs.flatMap(({ runId, startedAt }, index) =>
      arms.map((arm): HistoryPoint => {
        const times = (["p50", "p95"] as const).map((statistic) =>
          trendOf(own, { arm, operation, statistic })
        );
        const rates = (["throughput", "errors"] as const).map((statistic) =>
          own.rates.find((rate) =>
            rate.arm === arm && rate.operation === operation && rate.statistic === statistic
          )
        );
        return {
          arm,
          run: runId,
          at: isoMinutes(startedAt),
          stretch,
          x: axis.place(stretch, index),
          p50: times[0]?.ms[index] ?? null,
          p95: times[1]?.ms[index] ?? null,
          throughput: rates[0]?.values[index] ?? null,
          errors: rates[1]?.values[index] ?? null,
          changes: [
            ...times.flatMap((trend) =>
              trend?.changes.filter(({ at }) => at === index).map(({ ratio }) =>
                `${trend.statistic} ${changeText(ratio)}`
              ) ?? []
            ),
            ...rates.flatMap((rate) =>
              rate?.changes.filter(({ at }) => at === index).map(({ before, after }) =>
                `${rate.statistic} ${rateText(rate.statistic, before)} → ${rateText(rate.statistic, after)}`
              ) ?? []
            ),
          ],
        };
      })
    );
  });
}

/** A trend of a stretch. */
export function trendOf(
  { trends }: HistoryStretch,
  { arm, operation, statistic }: Pick<HistoryTrend, "arm" | "operation" | "statistic">,
): HistoryTrend | undefined {
  return trends.find((trend) =>
    trend.arm === arm && trend.operation === operation && trend.statistic === statistic
  );
}

/** `1.21× slower`. */
function changeText(ratio: number): string {
  return ratio > 1 ? `${significant(ratio, 3)}× slower` : `${significant(1 / ratio, 3)}× faster`;
}

/** A rate with its unit. */
export function rateText(statistic: "throughput" | "errors", value: number): string {
  return statistic === "errors" ? formatShare(value) : formatRate(value);
}
