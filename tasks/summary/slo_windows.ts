import type { RunConfig } from "../model/run.ts";
import type { ScopeNames, SloTerm, SloWindows } from "../model/slo.ts";
import type { Estimate } from "../model/summary.ts";
import { formatCount, formatSeconds } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { empty, LEVEL, quantileEstimate, shareEstimate } from "./estimate.ts";
import {
  judgeable,
  leastRequests,
  rateOf,
  type SloTarget,
  violated,
  type WindowCounts,
} from "./slo_target.ts";

/** One row of summary/slo_windows.sql. */
export interface WindowRow extends WindowCounts {
  /** Place of its target among those asked for. */
  readonly id: number;
  /** Where the window begins, µs from the run's start. */
  readonly atUs: number;
  /** A quantile's value where it is the target's worst, Infinity among the never served; null elsewhere. */
  readonly value: number | null;
  readonly shortestTimeoutMs: number | null;
}

/**
 * What a scope of this run can name; arms that could not be measured are known all the same. In a closed loop all
 * streams are one.
 */
export function scopeNames({ arms, unavailableArms, operations, streams, loop }: RunConfig): ScopeNames {
  return {
    arms: [...arms, ...unavailableArms.map(({ arm }) => arm)],
    operations: [...new Set(operations.map(({ name }) => name))],
    streams: loop === "open" ? streams?.map(({ name }) => name) ?? [] : [],
  };
}

/**
 * All windows of all targets, by one query. A target without `windowSeconds` has one window, over everything.
 * @param segment the only one that counts; null: all that is measured
 * @returns the windows of each target, in its place, in order of time
 */
export async function windowRows(
  rows: Rows,
  runId: string,
  targets: readonly SloTarget[],
  segment: string | null = null,
): Promise<WindowRow[][]> {
  if (targets.length === 0) return [];
  const described = targets.map(({ term, arm, operation, stream }, id) => ({
    id,
    arm,
    operation,
    stream,
    seconds: term.windowSeconds,
    metric: term.metric,
    level: term.level,
    limit_ms: term.limit,
    inclusive: term.inclusive,
    least: leastRequests(term),
  }));
  const found = await rows.rows<WindowRow>(query("summary/slo_windows"), {
    run: runId,
    segment,
    targets: JSON.stringify(described),
  });
  const byTarget = targets.map((): WindowRow[] => []);
  for (const row of found) byTarget[row.id]!.push(row);
  return byTarget;
}

/** The worst window that can be judged and what became of all; without a window length, of the whole. */
export function windowVerdict(
  term: SloTerm,
  rows: readonly WindowRow[],
): { measured: Estimate; ok: boolean; windows: SloWindows | null } {
  const judged = rows.filter((row) => judgeable(term, row));
  const failed = judged.filter((row) => violated(term, row)).length;
  const worst = worstOf(term, judged);
  const seconds = term.windowSeconds;
  const windows = seconds === null ? null : {
    seconds,
    judged: judged.length,
    tooThin: rows.length - judged.length,
    failed,
    worstAtUs: worst?.atUs ?? null,
  };
  const measured = worst === undefined ? unjudged(term, rows.length) : estimateOf(term, worst);
  return { measured, ok: judged.length > 0 && failed === 0, windows };
}

/** The earliest of the worst. */
function worstOf(term: SloTerm, judged: readonly WindowRow[]): WindowRow | undefined {
  const badness = (row: WindowRow) => {
    if (term.metric === "quantile") return row.value ?? -Infinity;
    return term.comparator === "<" ? rateOf(term, row) : -rateOf(term, row);
  };
  return judged.reduce<WindowRow | undefined>(
    (worst, row) => worst === undefined || badness(row) > badness(worst) ? row : worst,
    undefined,
  );
}

/** The worst of many windows is no sample of anything, so it has no interval. */
function estimateOf(term: SloTerm, row: WindowRow): Estimate {
  const { metric, level, windowSeconds } = term;
  if (metric === "quantile") {
    const { whole: n, value, shortestTimeoutMs } = row;
    const found = { value: value!, low: null, high: null };
    return quantileEstimate({ n, level: level!, found, shortestTimeoutMs });
  }
  if (windowSeconds === null && metric !== "throughput") return shareEstimate(row.part, row.whole);
  return { value: rateOf(term, row), low: null, high: null, level: LEVEL, warnings: [] };
}

function unjudged(term: SloTerm, windows: number): Estimate {
  const { metric, windowSeconds } = term;
  const least = metric === "throughput"
    ? "less than a second of the arm's time"
    : `fewer than ${formatCount(leastRequests(term))} requests that count`;
  if (windowSeconds === null || windows === 0) {
    const text = windowSeconds === null
      ? `Too little was measured: ${least}.`
      : `The measured time has no full window of ${formatSeconds(windowSeconds)}.`;
    return empty([{ code: "no-data", text }]);
  }
  const text = `All ${formatCount(windows)} windows of ${
    formatSeconds(windowSeconds)
  } have too little data: each has ${least}.`;
  return empty([{ code: "too-thin", text }]);
}
