import { UsageError } from "../model/errors.ts";
import type { Parameter } from "../model/operation.ts";
import { replacePlaceholders, statementKinds } from "../postgres/sql_parser.ts";

export interface SqlQuestion {
  readonly file: string;
  readonly title: string;
  /** Line of the file that the statement begins in, from 1. */
  readonly line: number;
  /** The statement with `$1::type` for each `:name`, as it is sent. */
  readonly text: string;
  /** In the order of $1, $2 …: the order of their declarations. */
  readonly parameters: readonly Parameter[];
}

const DECLARATION = /^--\s*:(\w+)\s+(\S.*?)\s*$/;
const TYPE = /^[a-z][a-z0-9_ ]*(\(\d+(, ?\d+)?\))?(\[\])?$/i;

/**
 * Parses a workload's SQL file: comment lines with the title and a `-- :name type` for each parameter, then
 * one statement that uses them as `:name`. An array slice up to a column must be written with a space (`a[ : n]`).
 * @throws {UsageError} naming file and line, also where PostgreSQL's grammar refuses the statement.
 */
export async function parseSql(source: string, file: string): Promise<SqlQuestion> {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("--"));
  const header = lines.slice(0, start < 0 ? lines.length : start);
  const parameters: Parameter[] = [];
  const titles: string[] = [];
  for (const [index, line] of header.entries()) {
    const declaration = DECLARATION.exec(line);
    if (!declaration) {
      titles.push(line.replace(/^--\s*/, ""));
      continue;
    }
    const [, name, type] = declaration as unknown as [string, string, string];
    if (!TYPE.test(type)) {
      throw new UsageError(
        `Cannot use ${file}:${index + 1}: the type of :${name} is no type: it is "${type}"`,
        'Write it like "-- :product_id integer" or "-- :product_ids integer[]".',
      );
    }
    if (parameters.some((parameter) => parameter.name === name)) {
      throw new UsageError(`Cannot use ${file}:${index + 1}: the parameter :${name} is declared twice`);
    }
    parameters.push({ name, type });
  }
  const title = titles.join(" ").trim();
  if (title === "") {
    throw new UsageError(`Cannot use ${file}:1: a first line with a title is missing`, "-- What it asks.");
  }
  if (start < 0) throw new UsageError(`Cannot use ${file}: it holds no statement`);

  const used = new Set<string>();
  const body = { file, line: start + 1 };
  const replaced = await replacePlaceholders(lines.slice(start).join("\n"), body, (name, line) => {
    const index = parameters.findIndex((parameter) => parameter.name === name);
    if (index < 0) {
      throw new UsageError(
        `Cannot use ${file}:${line}: the parameter :${name} is not declared`,
        `Add a line "-- :${name} <type>" above the statement.`,
      );
    }
    used.add(name);
    return `$${index + 1}::${parameters[index]!.type}`;
  });
  const unused = parameters.find((parameter) => !used.has(parameter.name));
  if (unused) {
    const line = header.findIndex((text) => DECLARATION.exec(text)?.[1] === unused.name) + 1;
    throw new UsageError(
      `Cannot use ${file}:${line}: the parameter :${unused.name} is declared but not used`,
    );
  }
  const { length } = await statementKinds(replaced, body);
  if (length !== 1) {
    throw new UsageError(
      `Cannot use ${file}: it must hold one statement: it holds ${length === 0 ? "none" : length}`,
    );
  }
  return { file, title, line: body.line, text: replaced.trim().replace(/;$/, ""), parameters };
}
