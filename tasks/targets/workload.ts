import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { UsageError } from "../model/errors.ts";
import type { Parameter } from "../model/operation.ts";
import { type GraphqlQuestion, parseGraphql } from "./workload_graphql.ts";
import { parseSql, type SqlQuestion } from "./workload_sql.ts";

/** What the name of a statement's file ends with, after the question's name; it tells the language. */
export type Suffix = `${string}.sql` | `${string}.graphql`;

/** A question as one of its files asks it. */
export type QuestionFile = SqlQuestion | GraphqlQuestion;

/** A question's statements by the suffix of their files; those that no path asks by may be missing. */
export interface Statements {
  readonly [suffix: `${string}.sql`]: SqlQuestion;
  readonly [suffix: `${string}.graphql`]: GraphqlQuestion;
}

/** One logical question, as each of its files asks it. */
export interface Question {
  /** The stem of its files. */
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly Parameter[];
  /** The one that the others are held against. */
  readonly sql: SqlQuestion;
  readonly statements: Statements;
}

/** How a path asks a question: by the file with its suffix, or where there is none, as direct SQL does. */
export function questionFile({ statements, sql }: Question, suffix: Suffix): QuestionFile {
  return statements[suffix as keyof Statements] ?? sql;
}

/**
 * Reads <dir>/<name>.sql and the files of the other suffixes, which ask the same.
 * @param needed suffixes of files that must be there
 * @param known suffixes of files that are read if they are there
 * @throws {UsageError} naming file and line of what is wrong, also where they take different parameters.
 */
export async function loadQuestion(
  dir: string,
  name: string,
  needed: readonly Suffix[] = [".graphql"],
  known: readonly Suffix[] = [],
): Promise<Question> {
  const sqlFile = join(dir, `${name}.sql`);
  const sql = await parseSql(read(sqlFile), sqlFile);
  const statements: Record<string, QuestionFile> = { ".sql": sql };
  for (const suffix of new Set([...needed, ...known])) {
    const file = join(dir, `${name}${suffix}`);
    if (suffix === ".sql" || !needed.includes(suffix) && !existsSync(file)) continue;
    statements[suffix] = await loadStatement(file, sql, `${name}.sql`);
  }
  const { title, parameters } = sql;
  return { name, title, parameters, sql, statements: statements as Statements };
}

/**
 * Reads a file that asks a question as another does.
 * @param reference name of the file that asks it already
 * @throws {UsageError} as `loadQuestion` does
 */
export async function loadStatement(
  file: string,
  asked: SqlQuestion,
  reference: string,
): Promise<QuestionFile> {
  const statement = file.endsWith(".sql") ? await parseSql(read(file), file) : parseGraphql(read(file), file);
  requireSameParameters(statement, asked, reference);
  return statement;
}

function requireSameParameters(
  statement: QuestionFile,
  { parameters }: SqlQuestion,
  reference: string,
): void {
  const { file } = statement;
  const isGraphql = "variables" in statement;
  const sign = isGraphql ? "$" : ":";
  const declared = new Set(parameters.map(({ name }) => name));
  for (const given of isGraphql ? statement.variables : statement.parameters) {
    if (declared.delete(given.name)) continue;
    throw new UsageError(
      `Cannot use ${file}${"line" in given ? `:${given.line}` : ""}: the ${
        isGraphql ? "variable" : "parameter"
      } ${sign}${given.name} is not a parameter of ${reference}`,
      `Parameters there: ${parameters.map(({ name }) => name).join(", ") || "none"}.`,
    );
  }
  const [missing] = declared;
  if (missing === undefined) return;
  throw new UsageError(
    `Cannot use ${file}: it must take the parameters of ${reference}: ${sign}${missing} is missing`,
    "The same names on both sides make sure that both are asked the same.",
  );
}

function read(file: string): string {
  try {
    return readSmallText(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UsageError(`Cannot read ${file}: ${why}`, undefined, { cause: error });
  }
}
