import type { HistoryStretch, RunHistory } from "../../model/history.ts";

/** So many numbers are drawn on a page, which is to stay small enough to send. */
const MOST_NUMBERS = 60_000;
/** So many stretches: more breaks leave no room between them. */
const MOST_STRETCHES = 8;
/** Of each run, arm and operation: p50, p95, throughput and errors. */
const NUMBERS = 4;
const LEAST_RUNS = 12;

/** What a page draws of a history: the newest stretches, and the newest runs of each. Its tables name all. */
export function drawnHistory(history: RunHistory): Pick<RunHistory, "stretches"> {
  const stretches = history.stretches.slice(0, MOST_STRETCHES);
  const rows = Math.max(...stretches.map(({ rates }) => rates.length / 2));
  const most = Math.max(LEAST_RUNS, Math.floor(MOST_NUMBERS / (NUMBERS * rows * stretches.length)));
  return { stretches: stretches.map((stretch) => newestRuns(stretch, most)) };
}

function newestRuns(stretch: HistoryStretch, most: number): HistoryStretch {
  const cut = stretch.runs.length - most;
  if (cut <= 0) return stretch;
  const kept = <Change extends { readonly at: number }>(changes: readonly Change[]) =>
    changes.filter(({ at }) => at >= cut).map((change) => ({ ...change, at: change.at - cut }));
  return {
    ...stretch,
    runs: stretch.runs.slice(cut),
    trends: stretch.trends.map((trend) => ({
      ...trend,
      ms: trend.ms.slice(cut),
      changes: kept(trend.changes),
      outside: trend.outside.filter((at) => at >= cut).map((at) => at - cut),
      levels: trend.levels.filter(({ to }) => to >= cut)
        .map((level) => ({ ...level, from: Math.max(0, level.from - cut), to: level.to - cut })),
    })),
    rates: stretch.rates.map((rate) => ({
      ...rate,
      values: rate.values.slice(cut),
      changes: kept(rate.changes),
    })),
  };
}

/** What is not drawn, as a sentence; null: all is. */
export function notDrawn(history: RunHistory): string | null {
  const { stretches } = drawnHistory(history);
  const runs = Math.max(...stretches.map((stretch) => stretch.runs.length));
  const isWhole = stretches.every((stretch, at) =>
    stretch.runs.length === history.stretches[at]!.runs.length
  );
  if (isWhole && stretches.length === history.stretches.length) return null;
  return `Figures draw the newest ${runs} runs of a stretch at most, and the newest ${stretches.length} stretches.`;
}
