import type { Impact, SegmentError } from "../../model/migration_summary.ts";
import { holdsLimit } from "../../model/slo.ts";
import type { SloResult } from "../../model/summary.ts";
import { formatCount, formatShare } from "../../model/units.ts";
import { sloTerms } from "../slo.ts";

/** The share of a path's requests that may fail before the migration, where no target says otherwise. */
const ALLOWED = 0.01;

/** A path whose requests failed more often before the migration than is allowed. */
export interface FailedBefore {
  readonly path: string;
  readonly failed: number;
  /** Requests that were due. */
  readonly n: number;
  /** The share that may fail, 0 to 1. */
  readonly allowed: number;
}

/**
 * The paths that could not serve the load even before the migration, the worst first.
 * @param errors of the baseline
 * @param slo as it was written; null: none
 */
export function failedBefore(
  impacts: readonly Impact[],
  errors: readonly SegmentError[],
  slo: string | null,
): FailedBefore[] {
  const paths = [...new Set(errors.map(({ path }) => path))];
  const share = ({ failed, n }: FailedBefore) => failed / Math.max(1, n);
  return paths.flatMap((path) => {
    const terms = sloTerms(slo).filter(({ metric, scope }) =>
      metric === "errors" && (scope === null || scope === path)
    );
    const of = impacts.filter((impact) => impact.path === path && impact.kind !== "all");
    const failed = errors.reduce((sum, each) => each.path === path ? sum + each.n : sum, 0);
    const n = Math.max(failed, of.reduce((sum, impact) => sum + impact.n.baseline, 0));
    if (of.length === 0) return [];
    const allowed = terms.length === 0 ? ALLOWED : Math.min(...terms.map(({ limit }) => limit));
    const isBroken = terms.length === 0
      ? failed / n > allowed
      : terms.some((term) => !holdsLimit(term, failed / n));
    return isBroken ? [{ path, failed, n, allowed }] : [];
  }).sort((a, b) => share(b) - share(a));
}

/** `The load failed before the migration began: 41 % of 3,332 requests over graphql (allowed: 1 %). …`. */
export function failedBeforeText({ path, failed, n, allowed }: FailedBefore, codes: string): string {
  return `The load failed before the migration began: ${formatShare(failed / n)} of ${
    formatCount(n)
  } requests ` +
    `over ${path} (${codes}; allowed: ${
      formatShare(allowed)
    }). Measure with a lower --rate or on a quieter machine.`;
}

/** Requests that nobody answered are of one sort, whether they were sent or not: both come of a load that is too much. */
function sortOf(code: string): string {
  return code === "shed" ? "timeout" : code;
}

/**
 * Whether an error from the migration on is one that its path had before it, too often to tell the migration's from
 * others. One of another sort is the migration's.
 */
export function isOfBefore(
  { path, code }: SegmentError,
  broken: readonly FailedBefore[],
  before: readonly SegmentError[],
): boolean {
  return broken.some((each) => each.path === path) &&
    before.some((each) => each.path === path && sortOf(each.code) === sortOf(code));
}

/** Whether a target that was missed while the migration ran had been missed before it. */
export function wasMissedBefore(
  { term, arm, operation, stream }: SloResult,
  broken: readonly FailedBefore[],
  impacts: readonly Impact[],
): boolean {
  if (term.metric === "errors" || term.metric === "shed") return broken.some(({ path }) => path === arm);
  if (term.metric !== "quantile" || operation !== null || stream !== null) return false;
  const values = impacts.filter(({ path }) => path === arm).map(({ baseline }) =>
    baseline[String(term.level)]?.value
  );
  return values.length > 0 && values.every((value) => typeof value === "number" && !holdsLimit(term, value));
}
