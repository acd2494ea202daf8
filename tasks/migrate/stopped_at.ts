import { BenchbookError } from "../model/errors.ts";
import type { StepPlan } from "../model/migration.ts";
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
  const { cause, code } = failure;
  if (cause instanceof BenchbookError) return cause.message;
  const { said, held } = reasonOf(failure, holder);
  return `Cannot finish the migration at ${file}:${line}: ${said}${
    code === null || /^E[A-Z]+$/.test(code) ? "" : ` (SQLSTATE ${code})`
  }${held}`;
}

/** What the server said, and what else a person must know. @param holder of the lock that was last waited for */
export function reasonText(failure: StepFailure, holder: string | null): string {
  const { said, held } = reasonOf(failure, holder);
  return `${said}${held}`;
}

function reasonOf(
  { cause, code, why }: StepFailure,
  holder: string | null,
): { readonly said: string; readonly held: string } {
  const { message, detail } = cause as Said;
  const held = why === null && code === "55P03" ? holder : why;
  return { said: `${message}${detail ? ` (${detail})` : ""}`, held: held === null ? "" : `; ${held}` };
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

function stateOf(steps: readonly StepPlan[], step: StepPlan, failure: StepFailure): readonly string[] {
  const earlier = steps.filter((other) => other.step < step.step);
  const later = steps.filter((other) => other.step > step.step);
  return [
    ...(earlier.length > 0 ? [`Done, and it stays: ${files(earlier)}.`] : []),
    doneText(step, failure),
    ...(later.length > 0 ? [`Not begun: ${files(later)}.`] : []),
  ];
}

function doneText({ file, move, statements }: StepPlan, { index, done }: StepFailure): string {
  if ("oneTransaction" in move && move.oneTransaction) {
    return `Nothing of ${file} is done: it is one transaction.`;
  }
  const committed = done === null && mayCommit(statements[index]!.text);
  if (statements.length === 1 && committed) {
    return `Of ${file} what its code committed before it failed stays.`;
  }
  if (statements.length === 1) {
    return `Of ${file} ${done === null ? "nothing is" : `the keys ${done} are`} done.`;
  }
  const before = index === 1 ? "the first one" : `the first ${index}`;
  return `Of the ${statements.length} statements of ${file} ${index === 0 ? "none" : before} ${
    index > 1 ? "are" : "is"
  } done${
    committed
      ? ", and of the next one what its code committed before it failed"
      : done === null
      ? ""
      : `, and of the next one the keys ${done}`
  }.`;
}

/** Whether a statement that failed may have ended transactions of its own: a procedure, or a block that says so or calls one. */
function mayCommit(text: string): boolean {
  return /^call\b/i.test(text) || /^do\b/i.test(text) && /\b(commit|call|execute)\b/i.test(text);
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
