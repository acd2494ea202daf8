import { UsageError } from "../model/errors.ts";
import { isCaptured, type ScenarioOperation } from "../model/scenario.ts";
import { isRecord } from "../model/record.ts";
import type { Call } from "../targets/target.ts";

/** A row as a path answers it. */
export type CapturedRow = Readonly<Record<string, unknown>>;

/** The first row of a call's answer, which later steps of its session capture from; undefined where there is none. */
export function capturedRow(
  { answer, statement }: Pick<Call, "answer" | "statement">,
): CapturedRow | undefined {
  let at: unknown = answer;
  if (statement.result !== undefined) {
    at = isRecord(answer) ? answer.data : undefined;
    for (const name of statement.result) at = isRecord(at) ? at[name] : undefined;
  }
  const first = Array.isArray(at) ? at[0] : at;
  return isRecord(first) ? first : undefined;
}

/**
 * Refuses a row without a column that a later step captures from it: each path must answer it by that name.
 * @param row of an answer to `from`; undefined: it had none
 * @param file the statement's
 * @throws {UsageError} naming file, column and what is answered instead
 */
export function expectCaptured(
  row: CapturedRow | undefined,
  from: string,
  operations: readonly Pick<ScenarioOperation, "params">[],
  { arm, file }: { readonly arm: string; readonly file: string },
): void {
  if (row === undefined) return;
  const wanted = operations.flatMap(({ params }) => Object.values(params)).filter(isCaptured)
    .find((draw) => draw.from === from && !(draw.column in row));
  if (wanted === undefined) return;
  throw new UsageError(
    `Cannot capture ${from}.${wanted.column} over ${arm}: ${file} must answer it under that name: it answers ${
      Object.keys(row).join(", ")
    }`,
    file.endsWith(".sql")
      ? `Name the column so, or let the scenario capture one that is there.`
      : `In GraphQL give the field an alias, for example "${wanted.column}: ${camelCase(wanted.column)}".`,
  );
}

function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
