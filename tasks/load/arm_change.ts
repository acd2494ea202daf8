import { createHash } from "node:crypto";
import type { DatabaseChange } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import type { SqlStatement } from "../postgres/sql_parser.ts";
import { changesNothing, whyRefused } from "./change_statements.ts";
import { changeStatement, changeStatements, readChangeText } from "./change_text.ts";

const WHAT = "the change";

/**
 * Reads a change of the database from a file of SQL.
 * @param file ends with .sql
 * @throws {UsageError} naming the file, and the line of what is no SQL or may not be part of a change
 */
export async function readChange(file: string): Promise<DatabaseChange> {
  const sql = readChangeText(file, WHAT);
  const found = await changeStatements(sql, file, WHAT);
  for (const statement of found) refuse(file, statement);
  if (found.every(({ node }) => changesNothing(node))) {
    throw new UsageError(
      `Cannot use the change ${file}: ${
        found.length === 0 ? "it has no statement" : "it only sets what ends with its session"
      }`,
      found.length === 0
        ? "An arm without a file, like --arm twin=, is a twin of the baseline."
        : "What an arm's sessions begin with is the field session of a .json file.",
    );
  }
  const sha256 = createHash("sha256").update(sql).digest("hex");
  return { file, sha256, statements: found.map(changeStatement) };
}

function refuse(file: string, { node, line }: SqlStatement): void {
  const why = whyRefused(node);
  if (why !== null) {
    throw new UsageError(`Cannot use the change ${file}:${line}: ${why.reason}`, why.next);
  }
}
