import type { MigrationConfig } from "../../model/migration.ts";
import type { MigrationSummary, Stall, StepEvidence } from "../../model/migration_summary.ts";
import type {
  CheckedPrediction,
  CheckedStatement,
  PlannedPrediction,
  PredictionOutcome,
  Span,
} from "../../model/prediction.ts";
import { capital, formatMs, listed } from "../../model/units.ts";

/** A prediction may be off by so much of what was measured, or by so many ms. */
const MOST_OFF = 0.25;
const MOST_OFF_MS = 50;

/** Whether a time was expected as it came. */
export function isWithin(expectedMs: number, measuredMs: number): boolean {
  return Math.abs(expectedMs - measuredMs) <= Math.max(MOST_OFF * measuredMs, MOST_OFF_MS);
}

/** How the sentence begins that says by what an expectation was corrected while the load ran. */
export const BESIDE_THE_LOAD = "Beside the load";

/**
 * What was expected beside what came of it; null: nothing was expected.
 * @param caused the longest stall that may be the migration's: another says nothing of what was expected of it
 * @param wasOverloaded before it began: what stalls then stalls for longer than it makes anybody wait
 */
export function checkedPrediction(
  { predicted, move }: Pick<MigrationConfig, "predicted" | "move">,
  { steps, caused: stall, wasOverloaded }: {
    readonly steps: MigrationSummary["steps"];
    readonly caused: Stall | null;
    readonly wasOverloaded: boolean;
  },
): CheckedPrediction | null {
  if (predicted === undefined) return null;
  const stallMs = stall?.ms ?? 0;
  const compared = outcomeOf(predicted.stall, stallMs);
  // Longer than expected, and nobody waited for a lock: that is the machine's doing, or somebody else's. In a move nobody does.
  const isLonger = compared === "mismatch" && predicted.stall!.ms < stallMs;
  const isOthers = move === undefined && isLonger && stall?.lock === null;
  const isQueues = !isOthers && isLonger && wasOverloaded;
  const statements = predicted.statements.flatMap((each) => {
    const ran = steps.find(({ step, statement }) => step === each.step && statement === each.statement);
    return ran === undefined ? [] : [checkedStatement(each, ran)];
  });
  const whole = steps.every(({ endUs, error }) => endUs !== null && error === null);
  return {
    statements,
    stall: predicted.stall,
    stallMs,
    // Of a change that failed half-way nobody expected that.
    outcome: !whole || isOthers || isQueues || statements.length < predicted.statements.length
      ? null
      : compared,
    why: isOthers
      ? `${predicted.why} In the stall that was measured nobody waited for a lock.`
      : isQueues
      ? `${predicted.why} The load was too much before the migration began, which makes a stall longer.`
      : predicted.why,
    rates: predicted.rates,
  };
}

function outcomeOf(expected: Span | null, measuredMs: number | null): PredictionOutcome {
  if (expected === null || measuredMs === null) return null;
  const { ms, lowMs, highMs } = expected;
  const isInRange = lowMs <= measuredMs && measuredMs <= highMs;
  return isInRange || isWithin(ms, measuredMs) ? "confirmed" : "mismatch";
}

function checkedStatement(expected: PlannedPrediction, ran: StepEvidence): CheckedStatement {
  const { lockMode, lockWaitUs, startUs, endUs, rewritten, batches, attempts, error } = ran;
  const ended = endUs !== null && error === null;
  // Between tries it pauses, and nobody knows for how long.
  const tookMs = !ended || batches === null && attempts > 1
    ? null
    : (endUs - startUs - (lockWaitUs ?? 0)) / 1000;
  // Batches take as long as users' response time has them pause.
  const took = batches === null ? outcomeOf(expected.took, tookMs) : null;
  const differs = [
    ...took === "mismatch" ? [`took ${formatMs(tookMs)}, not ${formatMs(expected.took!.ms)}`] : [],
    ...lockMode !== null && lockMode !== expected.lock
      ? [`took ${lockMode}, not ${expected.lock ?? "any lock"}`]
      : [],
    ...!ended ? [] : rewritesDiffer(expected.rewrites, rewritten),
  ];
  const outcome = differs.length > 0 ? "mismatch" : took;
  return { ...expected, tookMs, lockSeen: lockMode, rewritten, outcome, differs };
}

function rewritesDiffer(expected: readonly string[], seen: readonly string[]): string[] {
  const unexpected = seen.filter((relation) => !expected.includes(relation));
  const missing = expected.filter((relation) => !seen.includes(relation));
  return [
    ...unexpected.length === 0 ? [] : [`wrote ${listed(unexpected)} anew`],
    ...missing.length === 0 ? [] : [`did not write ${listed(missing)} anew`],
  ];
}

/** `1.42 s (1.09 s to 1.85 s)`; `unknown` where that cannot be told. */
export function spanText(span: Span | null): string {
  if (span === null) return "unknown";
  return span.lowMs === span.highMs
    ? formatMs(span.ms)
    : `${formatMs(span.ms)} (${formatMs(span.lowMs)} to ${formatMs(span.highMs)})`;
}

const SIGNS = { confirmed: "✓", mismatch: "✗" } as const;

/** `✓ as predicted`, `✗ not as predicted`, or that nothing can be compared. */
export function outcomeText(outcome: PredictionOutcome): string {
  return `${outcome === null ? "—" : SIGNS[outcome]} ${outcomeWords(outcome)}`;
}

/** The same without a sign. */
export function outcomeWords(outcome: PredictionOutcome): string {
  return outcome === null ? "not compared" : outcome === "confirmed" ? "as predicted" : "not as predicted";
}

/** The same of a time, with what is let pass. */
function timeText(outcome: PredictionOutcome): string {
  const off = `${100 * MOST_OFF} % of what was measured or ${formatMs(MOST_OFF_MS)}`;
  if (outcome === null) return outcomeWords(outcome);
  return outcome === "confirmed"
    ? `${outcomeWords(outcome)}, within the range or off by no more than ${off}`
    : `${outcomeWords(outcome)}, out of the range and off by more than ${off}`;
}

/** The stall that was expected beside the one that was measured, as a sentence. */
export function stallText({ stall, stallMs, outcome, why, rates }: CheckedPrediction): string {
  const corrected = rates.includes(BESIDE_THE_LOAD)
    ? ", corrected by the rates measured beside the load"
    : "";
  return `Predicted stall ${spanText(stall)}${corrected}; measured ${formatMs(stallMs)}: ${
    timeText(outcome)
  }. ${capital(why)}`;
}
