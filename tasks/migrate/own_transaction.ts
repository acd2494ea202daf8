import type { UsageError } from "../model/errors.ts";
import type { SqlStatement } from "../postgres/sql_parser.ts";

/**
 * An error that names the file and what cannot be used of it.
 * @param line null: the file as a whole
 */
export type FileFault = (line: number | null, what: string, next: string) => UsageError;

const WRAP =
  "BEGIN as the first statement and COMMIT as the last make one transaction of the file; else leave both out: then each " +
  "statement is a transaction by itself.";

/**
 * The statements of a file without the BEGIN and COMMIT that it is wrapped in.
 * @throws {UsageError} where it begins or ends transactions otherwise
 */
export function transactionOf(
  found: readonly SqlStatement[],
  fault: FileFault,
): { readonly statements: readonly SqlStatement[]; readonly wrapped: boolean } {
  const words = found.map(({ node }) =>
    node["TransactionStmt"] as { kind: string; options?: unknown } | undefined
  );
  const kinds = words.map((word) => word?.kind.replace("TRANS_STMT_", ""));
  const wrapped = (kinds[0] === "BEGIN" || kinds[0] === "START") && kinds.at(-1) === "COMMIT";
  const inner = wrapped ? found.slice(1, -1) : found;
  const at = kinds.findIndex((kind, index) =>
    kind !== undefined && !(wrapped && (index === 0 || index === kinds.length - 1))
  );
  if (at >= 0) {
    const word = found[at]!.oneLine.split(" ", 1)[0]!.toUpperCase();
    const why = at === 0 && (kinds[0] === "BEGIN" || kinds[0] === "START")
      ? `its ${word} has no COMMIT as the last statement`
      : `its ${word} is not understood`;
    throw fault(found[at]!.line, `${why}: a file is one transaction or none`, WRAP);
  }
  if (wrapped && words[0]!.options !== undefined) {
    throw fault(
      found[0]!.line,
      "the options of its BEGIN are not kept: the transaction is begun by Benchbook, which may have to try again",
      "Write BEGIN alone; what needs an isolation level can be said by SET TRANSACTION after it.",
    );
  }
  return { statements: inner, wrapped };
}
