import { type BenchbookError, ServiceError, UsageError } from "../model/errors.ts";
import type { ScenarioOperation } from "../model/scenario.ts";
import { addedText, missingGrant } from "../postgres/complaint.ts";
import { errorMessageOf } from "../targets/graphql_answer.ts";
import type { Call } from "../targets/target.ts";

/** SQLSTATE of a write in a transaction that refuses writes. */
const READ_ONLY_TRANSACTION = "25006";

/** What was asked, and by which files. */
export interface ProofRequest {
  readonly operation: Pick<ScenarioOperation, "name" | "write">;
  /** Its name. */
  readonly arm: string;
  /** The file with the statement. */
  readonly statement: string;
  /** The scenario's file. */
  readonly scenario: string;
}

/** Why a call of a comparison failed: whose fault it is, and what to correct. */
export function failureOf(
  call: Call,
  { operation: { name, write }, arm, statement, scenario }: ProofRequest,
): BenchbookError {
  const why = messageOf(call.answer) ?? call.error ?? call.outcome;
  const text = `Cannot ask ${name} over ${arm}: ${why}${call.error === null ? "" : ` (${call.error})`}${
    call.answer instanceof Error ? addedText(call.answer) : ""
  }`;
  // Classes 08, 53, 57 and 58 are the server's state; everything else is the statement's fault.
  if (call.error === null || /^(08|53|57|58)/.test(call.error) || /^E[A-Z]+$|^5\d\d$/.test(call.error)) {
    return new ServiceError(text, "deno task logs shows what the services said.");
  }
  if (call.error === READ_ONLY_TRANSACTION && !write) {
    return new UsageError(
      `Cannot run ${name} as a read: ${why} (${call.error}): ${statement} writes, and ${scenario} does not declare it`,
      `Nothing was written. Give the operation ${name} "write: true" in ${scenario}, and a way to undo what it writes.`,
    );
  }
  const grant = call.answer instanceof Error
    ? missingGrant(
      { message: call.answer.message, code: call.error },
      write ? "SELECT, INSERT (or what else it does)" : "SELECT",
    )
    : null;
  // Classes 22 and 23 are a value that does not fit its type or its table.
  return new UsageError(
    text,
    grant ??
      (/^2[23]/.test(call.error)
        ? `Correct what ${scenario} draws for its parameters, or ${statement}.`
        : `Correct ${statement}.`),
  );
}

/**
 * What makes answers equal that differ; of a write they are what its check finds.
 * @param asked the file that was asked with, @param reference the one that it is held against
 */
export function mendOf(
  { name, write }: ProofRequest["operation"],
  asked: string,
  reference: string,
): string {
  const same = `Make ${asked} ask the same as ${reference}`;
  if (!write) return same;
  const check =
    `${name}.check.sql must find only the rows of its parameters, and nothing that another call wrote`;
  return asked === reference ? check : `${same}; and ${check}`;
}

function messageOf(answer: unknown): string | undefined {
  return answer instanceof Error ? answer.message : errorMessageOf(answer);
}
