import { BenchbookError } from "../model/errors.ts";
import type { StepPlan } from "../model/migration.ts";
import { counted } from "../model/units.ts";
import { StepFailure } from "./step_failure.ts";
import type { StepSession } from "./step_session.ts";

/** Where a migration ended before its end, and why. */
export interface StoppedAt {
  readonly step: number;
  /** Within the step, from 1. */
  readonly statement: number;
  readonly file: string;
  /** In the file, from 1. */
  readonly line: number;
  /** SQLSTATE, or the code of a connection's error. */
  readonly code: string | null;
  /** For the user: what could not be done, and what stands against it. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly next: string;
  /** What is done, what is not, and what was not begun, as sentences. */
  readonly state: readonly string[];
}

interface Said {
  readonly message: string;
  readonly detail?: string;
  readonly position?: string;
}

/** Says where and why a step ended. */
export function stoppedAt(
  steps: readonly StepPlan[],
  step: StepPlan,
  failure: StepFailure,
  session: Pick<StepSession, "signal" | "holders">,
): StoppedAt {
  const statement = step.statements[failure.index]!;
  const said = failure.cause as Said;
  const line = statement.line + linesBefore(statement.text, said.position);
  const interrupted = session.signal.aborted;
  return {
    step: step.step,
    statement: failure.index + 1,
    file: step.file,
    line,
    code: failure.code,
    message: interrupted
      ? `The migration was interrupted in ${step.file}:${statement.line}`
      : failedText(step, line, failure, session.holders.seen()),
    next: interrupted ? "" : nextText(failure, statement.shown),
    state: stateOf(steps, step, failure),
  };
}

function failedText({ file }: StepPlan, line: number, failure: StepFailure, holder: string | null): string {
  const { cause, code, why } = failure;
  if (cause instanceof BenchbookError) return cause.message;
  const { message, detail } = cause as Said;
  const held = why === null && code === "55P03" && holder !== null ? holder : why;
  return `Cannot finish the migration at ${file}:${line}: ${message}${detail ? ` (${detail})` : ""}${
    code === null ? "" : ` (SQLSTATE ${code})`
  }${held === null ? "" : `; ${held}`}`;
}

function nextText({ cause, code }: StepFailure, shown: string): string {
  if (cause instanceof BenchbookError) return cause.next ?? "";
  switch (code) {
    case "55P03":
      return "Let that session end its transaction, then try again.";
    case "42501":
      return "Use a role that owns what the migration changes.";
    case "25006":
      return "Name the primary and not a replica.";
    case "53100":
      return "Free some space on the server's disk, then try again.";
    default:
      return code === null || /^(57P|08|E)/.test(code)
        ? "Look into the server's log: the connection was lost, and whether the statement was done is not known."
        : `The statement: ${shown}`;
  }
}

function stateOf(steps: readonly StepPlan[], step: StepPlan, { index, why }: StepFailure): readonly string[] {
  const { move } = step;
  const earlier = steps.filter((other) => other.step < step.step);
  const later = steps.filter((other) => other.step > step.step);
  const together = "oneTransaction" in move && move.oneTransaction;
  return [
    ...(earlier.length > 0 ? [`Done, and it stays: ${files(earlier)}.`] : []),
    together
      ? `Nothing of ${step.file} was done: it is one transaction.`
      : `Of ${step.file} ${
        index === 0 ? "no statement" : index === 1 ? "statement 1" : `statements 1 to ${index}`
      } of ${counted(step.statements.length, "statement")} ${index > 1 ? "are" : "is"} done.`,
    ...(move.kind === "batches" && why !== null ? [`Of its batches: ${why}.`] : []),
    ...(later.length > 0 ? [`Not begun: ${files(later)}.`] : []),
  ];
}

function files(steps: readonly StepPlan[]): string {
  return steps.map(({ file }) => file).join(", ");
}

function linesBefore(text: string, position: string | undefined): number {
  // In characters, not in the units of a JavaScript string.
  return position === undefined
    ? 0
    : [...text].slice(0, Number(position) - 1).join("").split("\n").length - 1;
}
