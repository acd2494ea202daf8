import { ExitCode } from "../model/errors.ts";
import type { Environment, Run, RunConfig, Verdict } from "../model/run.ts";
import {
  type Comparison,
  type RunSummary,
  type SloResult,
  type Summary,
  unmeasured,
} from "../model/summary.ts";
import { type UntilDecidedSummary, untilDecidedText } from "../model/until_decided.ts";
import type { Validity } from "../model/validity.ts";
import { againstBaseline } from "./against_baseline.ts";
import { notJudgedSentences, targetsText, thinWindowSentences } from "./not_judged.ts";
import { endedEarly, invalid, missedSentence, missingArms } from "./verdict_sentences.ts";

/** What the verdict is drawn from. */
export interface VerdictEvidence {
  readonly run: Run;
  readonly validity: Validity;
  readonly slo: readonly SloResult[];
  readonly comparisons: readonly Comparison[];
  readonly operations: readonly Summary[];
  /** Promises of the system under test that requests show to be broken, a sentence each. */
  readonly broken?: readonly string[];
  /** Absent: it was not to end when it knows. */
  readonly untilDecided?: UntilDecidedSummary;
}

/**
 * The verdict of a run with its reasons, the most important first. A run that ended early has none; an
 * invalid one is `invalid` whatever it measured; without an SLO there is nothing to pass or fail. One passes only where
 * each of its targets was judged, those of an arm that was asked for and is missing included, and nothing answered what it
 * promises never to answer.
 */
export function judgeRun(evidence: VerdictEvidence): { verdict: Verdict | null; reasons: string[] } {
  const { run, validity, slo, comparisons, operations, untilDecided, broken = [] } = evidence;
  const judged = run.status === "complete" && validity.valid;
  const missed = slo.filter((result) => !result.ok && !unmeasured(result));
  const unknown = slo.filter(unmeasured);
  const reasons = [
    ...endedEarly(run),
    ...invalid(validity),
    ...judged ? [...missed.map(missedSentence), ...broken] : [],
  ];
  // What is said of the others says nothing of an arm that was asked for by name and is not in the run.
  reasons.push(...missingArms(run.config));
  if (untilDecided !== undefined && validity.valid) {
    reasons.push(untilDecidedText(untilDecided, run.status === "complete"));
  }
  if (slo.length === 0 && broken.length === 0) reasons.push("No SLO was set, so nothing can pass or fail.");
  else if (slo.length > 0 && judged) {
    reasons.push(
      ...notJudgedSentences(slo, operations, run.config),
      ...missed.length === 0 ? heldSentences(slo) : [],
    );
  }
  // What the generator did to one arm's blocks would be told of the arm.
  if (validity.valid) reasons.push(...againstBaseline(run.config, comparisons));
  else if (comparisons.length > 0) reasons.push("No arm was compared with another: the run is invalid.");
  reasons.push(...run.environment.left ?? []);
  if (run.status !== "complete") return { verdict: null, reasons };
  if (!validity.valid) return { verdict: "invalid", reasons };
  if (!operations.some(({ n }) => n > 0)) {
    return {
      verdict: "inconclusive",
      reasons: ["No request was measured: use a longer --duration.", ...reasons],
    };
  }
  if (broken.length > 0) return { verdict: "fail", reasons };
  if (slo.length === 0) return { verdict: null, reasons };
  return { verdict: missed.length > 0 ? "fail" : unknown.length > 0 ? "inconclusive" : "pass", reasons };
}

/** The exit code of a run's task, the first that applies. */
export function exitCodeOf(
  { verdict, run: { status, config, environment } }: Pick<RunSummary, "verdict"> & {
    readonly run: Pick<Run, "status"> & {
      readonly config: Pick<RunConfig, "unavailableArms" | "migration" | "probe">;
      readonly environment: Pick<Environment, "left">;
    };
  },
): ExitCode {
  if (status === "interrupted") return ExitCode.interrupted;
  if (status === "crashed" || status === "running") return ExitCode.service;
  if ((environment.left ?? []).length > 0 || missingArms(config).length > 0) return ExitCode.service;
  const change = config.migration ?? config.probe;
  switch (verdict) {
    case "invalid":
      return ExitCode.invalid;
    case "inconclusive":
      return change === undefined ? ExitCode.ok : ExitCode.invalid;
    case "fail":
      return ExitCode.verdictFailed;
    case "brief-pause":
      return change?.allow.includes(verdict) ? ExitCode.ok : ExitCode.verdictFailed;
    default:
      return ExitCode.ok;
  }
}

/** Which targets hold, and for whom; each is named with those alone for whom it was judged. */
function heldSentences(slo: readonly SloResult[]): string[] {
  const held = slo.filter(({ ok }) => ok);
  if (held.length === 0) return [];
  const targets = targetsText(held);
  if (held.length < slo.length) return [`The other targets hold: ${targets}.`];
  return [
    targets.includes(";")
      ? `The SLO holds: ${targets}.`
      : `The SLO (${textsOf(slo)}) holds for ${armsOf(slo)}.`,
    ...thinWindowSentences(held),
  ];
}

const textsOf = (slo: readonly SloResult[]) => [...new Set(slo.map(({ text }) => text))].join(", ");
const armsOf = (slo: readonly SloResult[]) => [...new Set(slo.map(({ arm }) => arm))].join(", ");
