import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { UsageError } from "../model/errors.ts";
import { statementKinds } from "../postgres/sql_parser.ts";
import { parseSql, type SqlQuestion } from "../targets/workload_sql.ts";

/** Where the query lies that reads back what a write left. */
export function checkFile(workloadDir: string, name: string): string {
  return join(workloadDir, `${name}.check.sql`);
}

/** The query that reads back what a write left. @throws {UsageError} where it is missing */
export async function readCheck(workloadDir: string, name: string): Promise<SqlQuestion> {
  const file = checkFile(workloadDir, name);
  try {
    const check = await parseSql(readSmallText(file), file);
    const [kind] = await statementKinds(check.text, { file });
    if (kind !== "SelectStmt") {
      throw new UsageError(
        `Cannot use ${file} to read back what ${name} left: it must be a query, and it is not`,
      );
    }
    return check;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(
      `Cannot prove that the write ${name} does the same over every path: ${file} is missing`,
      "Write there the query that reads back what it left, without its reserved key.",
    );
  }
}
