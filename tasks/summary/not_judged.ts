import type { RunConfig } from "../model/run.ts";
import { type SloResult, type Summary, unmeasured } from "../model/summary.ts";
import { formatCount, quantileName } from "../model/units.ts";
import { leastEstimable } from "../stats/quantile.ts";
import { subjectOf } from "./slo.ts";

/** Room above the fewest requests that can tell: arrivals are random. */
const RESERVE = 1.2;

/** What is lacking in the same way for some targets. */
interface Lack {
  readonly results: readonly SloResult[];
  readonly why: string;
}

/**
 * Sentences that name each target which could not be judged: for whom, why, and what would help. Who gates something
 * by its targets must read which of them nobody could tell.
 * @param operations summaries of the run, from which a quantile's number of requests is known
 */
export function notJudgedSentences(
  slo: readonly SloResult[],
  operations: readonly Summary[],
  config: Pick<RunConfig, "durationSeconds">,
): string[] {
  const ofTerm = groupBy(slo.filter(unmeasured), (result) => JSON.stringify([result.text, reasonOf(result)]))
    .map((results): Lack => ({ results, why: whyOf(results, operations, config) }));
  return groupBy(ofTerm, ({ results, why }) => JSON.stringify([why, subjectsOf(results)])).map((lacks) => {
    const texts = lacks.map(({ results }) => results[0]!.text).join(", ");
    return `Not judged: ${texts} (${subjectsOf(lacks[0]!.results)}). ${lacks[0]!.why}`;
  });
}

/** Of a run whose targets hold over windows: those windows that had too little data, a sentence each target. */
export function thinWindowSentences(slo: readonly SloResult[]): string[] {
  return slo.filter(({ ok, windows }) => ok && windows !== null && windows.tooThin > 0).map((result) => {
    const { judged, tooThin } = result.windows!;
    return `Not judged: ${formatCount(tooThin)} of ${
      formatCount(judged + tooThin)
    } windows of ${result.text} ` +
      `(${subjectOf(result)}), which had too few requests.`;
  });
}

/** Targets with whom they were judged for: `p95<200ms, errors<1% for sql, graphql; hit>80% for sql+cache`. */
export function targetsText(slo: readonly SloResult[]): string {
  const arms = (results: readonly SloResult[]) => [...new Set(results.map(({ arm }) => arm))].join(", ");
  return groupBy(groupBy(slo, ({ text }) => text), arms).map((targets) =>
    `${targets.map((results) => results[0]!.text).join(", ")} for ${arms(targets[0]!)}`
  ).join("; ");
}

/** Requests behind a quantile of the whole measured time that are too few to tell it; null: something else lacks. */
function tooFew(
  { term, arm, operation, measured }: SloResult,
  operations: readonly Summary[],
): number | null {
  if (term.windowSeconds !== null || reasonOf({ measured }) !== "not-estimable") return null;
  return operations.find((row) => row.arm === arm && row.operation === operation)?.n ?? null;
}

/** What is lacking: that requests are too few is one thing, however many there were. */
function reasonOf({ measured }: Pick<SloResult, "measured">): string {
  const [first] = measured.warnings;
  return first?.code === "not-estimable" ? first.code : first?.text ?? "It was not measured.";
}

function whyOf(
  results: readonly SloResult[],
  operations: readonly Summary[],
  { durationSeconds }: Pick<RunConfig, "durationSeconds">,
): string {
  const { term, measured } = results[0]!;
  const numbers = results.flatMap((result) => tooFew(result, operations) ?? []);
  if (numbers.length < results.length) return measured.warnings[0]?.text ?? "It was not measured.";
  const [fewest, most] = [Math.min(...numbers), Math.max(...numbers)];
  const takes = leastEstimable(term.level!);
  const had = fewest === most ? formatCount(fewest) : `${formatCount(fewest)} to ${formatCount(most)}`;
  const enough = Math.ceil(durationSeconds * takes * RESERVE / fewest);
  return `${quantileName(term.level!)} takes ${
    formatCount(takes)
  } requests, and there were ${had}; --duration ${enough}s ` +
    "would be enough.";
}

function subjectsOf(results: readonly SloResult[]): string {
  return results.map(subjectOf).join(", ");
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): T[][] {
  return [...Map.groupBy(rows, key).values()];
}
