import { type BenchbookError, ServiceError, UsageError } from "../model/errors.ts";
import type { ScenarioOperation } from "../model/scenario.ts";
import { addedText, missingGrant } from "../postgres/complaint.ts";
import { errorMessageOf } from "../targets/graphql_answer.ts";
import type { Call } from "../targets/target.ts";
import type { Arm } from "./plan.ts";

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

/** How an arm asks otherwise than the reference. */
export interface Otherwise {
  /** The file it asks with, and the one that it is held against. */
  readonly asked: string;
  readonly reference: string;
  readonly arm: Pick<Arm, "name" | "file">;
  /** Whether its database is another than the run's. */
  readonly elsewhere: boolean;
  /** Whether its sessions begin with settings of its own. */
  readonly hasSettings: boolean;
}

/** What makes answers equal that differ: what the arm has otherwise; of a write they are what its check finds. */
export function mendOf({ name, write }: ProofRequest["operation"], otherwise: Otherwise): string {
  const check =
    `${name}.check.sql must find only the rows of its parameters, and nothing that another call wrote`;
  const [first, ...others] = causesOf(name, otherwise);
  if (first !== undefined) {
    const mends = [first, ...others.map((mend) => mend[0]!.toLowerCase() + mend.slice(1))].join("; or ");
    return write ? `${mends}; and ${check}` : mends;
  }
  return write
    ? check
    : `${otherwise.asked} must return the same each time that it is asked with the same values: sort its rows by a key, ` +
      "and leave out random() and now()";
}

function causesOf(operation: string, { asked, reference, arm, elsewhere, hasSettings }: Otherwise): string[] {
  const exempt = `exempt the arm by --no-prove ${arm.name}`;
  const isChange = arm.file?.endsWith(".sql") ?? false;
  return [
    ...isChange
      ? [`The change ${arm.file} changes what ${operation} returns: keep what it reads, or ${exempt}`]
      : elsewhere && arm.file !== undefined
      ? [
        `The database of the arm ${arm.name} holds other data than the run's: fill both alike, or, where the scenario ` +
        `only reads, ${exempt}`,
      ]
      : [],
    ...hasSettings
      ? [`Leave out those of the arm's session settings that change what ${operation} returns`]
      : [],
    ...asked === reference ? [] : [`Make ${asked} ask the same as ${reference}`],
  ];
}

function messageOf(answer: unknown): string | undefined {
  return answer instanceof Error ? answer.message : errorMessageOf(answer);
}
