import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { UsageError } from "../model/errors.ts";
import type { Parameter } from "../model/operation.ts";
import { type GraphqlQuestion, parseGraphql } from "./workload_graphql.ts";
import { parseSql, type SqlQuestion } from "./workload_sql.ts";

/** One logical question, as SQL and as GraphQL ask it. */
export interface Question {
  /** The stem of its files. */
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly Parameter[];
  readonly sql: SqlQuestion;
  /** Null where no path asks it that way, and there is no such file. */
  readonly graphql: GraphqlQuestion | null;
}

/**
 * Reads <dir>/<name>.sql and <dir>/<name>.graphql, which ask the same.
 * @param needGraphql false where no path asks GraphQL: its file may then be missing
 * @throws {UsageError} naming file and line of what is wrong, also where the two take different parameters.
 */
export function loadQuestion(dir: string, name: string, needGraphql = true): Question {
  const sqlFile = join(dir, `${name}.sql`);
  const graphqlFile = join(dir, `${name}.graphql`);
  const sql = parseSql(read(sqlFile), sqlFile);
  const { title, parameters } = sql;
  if (!needGraphql && !existsSync(graphqlFile)) return { name, title, parameters, sql, graphql: null };
  const graphql = parseGraphql(read(graphqlFile), graphqlFile);
  const declared = new Set(sql.parameters.map((parameter) => parameter.name));
  for (const variable of graphql.variables) {
    if (!declared.delete(variable.name)) {
      throw new UsageError(
        `Cannot use ${graphqlFile}:${variable.line}: the variable $${variable.name} is no parameter of ${name}.sql`,
        `Parameters there: ${sql.parameters.map((parameter) => parameter.name).join(", ") || "none"}.`,
      );
    }
  }
  const [missing] = declared;
  if (missing !== undefined) {
    throw new UsageError(
      `Cannot use ${graphqlFile}: it must take the parameters of ${name}.sql: $${missing} is missing`,
      "The same names on both sides make sure that both are asked the same.",
    );
  }
  return { name, title, parameters, sql, graphql };
}

function read(file: string): string {
  try {
    return readSmallText(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UsageError(`Cannot read ${file}: ${why}`, undefined, { cause: error });
  }
}
