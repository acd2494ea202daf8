import type { RunConfig } from "../model/run.ts";
import { holdsLimit, parseSlo, type ScopeNames, type SloTerm } from "../model/slo.ts";
import type { Estimate, SloResult, Summary } from "../model/summary.ts";
import { isCachedName } from "../paths/names.ts";
import type { Rows } from "../store/runs.ts";
import { doubt, empty, LEVEL, shareEstimate } from "./estimate.ts";
import { type SloTarget, targetsOf } from "./slo_target.ts";
import { scopeNames, type WindowRow, windowRows, windowVerdict } from "./slo_windows.ts";
import { quantileName } from "../model/units.ts";

/** The terms of a run's SLO; none when there is no SLO. */
export function sloTerms(slo: string | null): SloTerm[] {
  return slo === null || slo.trim() === "" ? [] : parseSlo(slo);
}

/** Quantile levels that the terms ask of the measured time as a whole. */
export function sloLevels(terms: readonly SloTerm[]): number[] {
  return terms.flatMap(({ level, windowSeconds }) => level === null || windowSeconds !== null ? [] : [level]);
}

/** What alone a migration's targets are judged by. */
export interface JudgedPart {
  readonly segment: string;
  /** The longest stall of an arm, ms; null: nothing of it was pending. */
  readonly stallMs: (arm: string) => number | null;
}

/**
 * Each term judged for each arm that it means, from the summaries and, for windows and streams, the stored rows.
 * @param part of the run, of which the summaries are; null: all that is measured
 */
export async function judgeSlo(
  rows: Rows,
  runId: string,
  config: RunConfig,
  summaries: readonly Summary[],
  part: JudgedPart | null = null,
): Promise<SloResult[]> {
  const names = scopeNames(config);
  const targets = sloTargets(sloTerms(config.slo), summaries, names, missingArms(config));
  const asked = targets.filter(fromRows);
  const found = await windowRows(rows, runId, asked, part?.segment);
  return sloResults(targets, summaries, new Map(asked.map((target, at) => [target, found[at]!])), part);
}

/** An arm that was asked for by name and is not in the run: a target of every arm is one of its, too. */
interface MissingArm {
  readonly arm: string;
  readonly cached: boolean;
}

function missingArms({ unavailableArms }: RunConfig): MissingArm[] {
  return unavailableArms.filter(({ asked }) => asked).map(({ arm, path = arm }) => ({
    arm,
    cached: isCachedName(path),
  }));
}

/** A term for an arm; for what its scope says where the run has nothing of that name. */
export interface JudgedTarget extends SloTarget {
  /** Why it cannot be judged, as a sentence; null: it can. */
  readonly problem: string | null;
}

/**
 * What is judged, term by term. `hit` is judged for arms with a cache only, when there are any; a scope that names
 * an arm is taken at its word.
 * @param missing arms that were asked for by name and were not measured
 */
export function sloTargets(
  terms: readonly SloTerm[],
  summaries: readonly Summary[],
  names: ScopeNames,
  missing: readonly MissingArm[] = [],
): JudgedTarget[] {
  const arms = summaries.filter(({ operation }) => operation === null).map(({ arm }) => arm);
  return terms.flatMap((term) => {
    const targets = targetsOf(term, [...arms, ...missing.map(({ arm }) => arm)], names);
    if (targets === null) {
      const problem = `The run has nothing that is called ${term.scope}.`;
      return [{ term, arm: term.scope!, operation: null, stream: null, problem }];
    }
    const all = targets.map((target) => {
      const problem = arms.includes(target.arm) ? null : `The arm ${target.arm} was not measured.`;
      return { ...target, problem };
    });
    const cached = all.filter((target) =>
      (summaryOf(target, summaries)?.cache ?? null) !== null ||
      missing.some(({ arm, cached }) => cached && arm === target.arm)
    );
    return term.metric === "hit" && cached.length > 0 ? cached : all;
  });
}

/**
 * The results, in the order of the targets. A term holds when the measured value holds; an interval that reaches
 * over the limit is a warning. Over windows it holds when each that can be judged holds.
 * @param windows of the targets that have some
 * @param part that stalls are known of
 */
export function sloResults(
  targets: readonly JudgedTarget[],
  summaries: readonly Summary[],
  windows: ReadonlyMap<SloTarget, readonly WindowRow[]> = new Map(),
  part: Pick<JudgedPart, "stallMs"> | null = null,
): SloResult[] {
  return targets.map((target) => {
    if (fromRows(target)) {
      const { measured, ok, windows: counted } = windowVerdict(target.term, windows.get(target) ?? []);
      return result(target, measured, ok, counted);
    }
    const estimate = measure(target, summaryOf(target, summaries), part);
    return result(target, straddling(target, estimate), holds(target.term, estimate), null);
  });
}

/** How a term is called in a sentence: "p95", "errors". */
export function nameOf({ metric, level }: SloTerm): string {
  return level === null ? metric : quantileName(level);
}

/** Of whom a result speaks: "sql", "product-by-id over sql". */
export function subjectOf(
  { arm, operation, stream }: Pick<SloResult, "arm" | "operation" | "stream">,
): string {
  const what = operation ?? (stream === null ? null : `the stream ${stream}`);
  return what === null ? arm : `${what} over ${arm}`;
}

/** Summaries know neither windows nor streams: these are counted from the stored rows. */
function fromRows({ term, stream, problem }: JudgedTarget): boolean {
  return problem === null && (term.windowSeconds !== null || stream !== null);
}

function summaryOf(target: SloTarget, summaries: readonly Summary[]): Summary | undefined {
  return summaries.find(({ arm, operation }) => arm === target.arm && operation === target.operation);
}

function holds(term: SloTerm, { value }: Estimate): boolean {
  return value !== null && holdsLimit(term, value);
}

function result(
  { term, arm, operation, stream }: SloTarget,
  measured: Estimate,
  ok: boolean,
  windows: SloResult["windows"],
): SloResult {
  const { limit, unit, text } = term;
  const { value } = measured;
  const room = value === null ? null : term.comparator === "<" ? limit - value : value - limit;
  const margin = room === null || limit === 0 ? null : room / limit;
  return { term, text, arm, operation, stream, limit, measured, unit, margin, ok, windows };
}

function straddling(target: SloTarget, estimate: Estimate): Estimate {
  const { term, operation } = target;
  const { low, high } = estimate;
  // One without an upper end reaches over any limit.
  if (low === null || !(low < term.limit && term.limit < (high ?? Infinity))) return estimate;
  return doubt(estimate, {
    code: "straddles-limit",
    text:
      `The interval of ${nameOf(term)} ${operation === null ? "over" : "of"} ${
        subjectOf(target)
      } reaches over ` +
      `the limit: it could be ${holds(term, estimate) ? "missed" : "held"} by chance.`,
  });
}

function measure(
  { term, arm, problem }: JudgedTarget,
  summary: Summary | undefined,
  part: Pick<JudgedPart, "stallMs"> | null,
): Estimate {
  if (summary === undefined) return empty([{ code: "no-data", text: problem ?? "Nothing was measured." }]);
  const { n, outcomes, cache, response, throughput } = summary;
  switch (term.metric) {
    case "quantile":
      return response[String(term.level)] ?? empty([]);
    case "errors":
      return summary.errorRate;
    case "shed":
      return shareEstimate(outcomes.shed, n);
    case "hit":
      if (cache === null) return empty([{ code: "no-cache", text: `The arm ${summary.arm} has no cache.` }]);
      return shareEstimate(cache.hit, cache.hit + cache.miss + cache.stale + cache.bypass);
    case "throughput":
      if (n === 0) return empty([{ code: "no-data", text: "Nothing was measured." }]);
      return withoutInterval(throughput);
    case "stall":
      if (part === null) {
        return empty([{ code: "no-migration", text: "A stall is judged of migrations only." }]);
      }
      return withoutInterval(part.stallMs(arm) ?? 0);
  }
}

/** A count over a fixed time, or the longest of something, is no sample of anything. */
function withoutInterval(value: number): Estimate {
  return { value, low: null, high: null, level: LEVEL, warnings: [] };
}
