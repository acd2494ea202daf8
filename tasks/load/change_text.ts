import { readSmall } from "../files/small_file.ts";
import type { ChangeStatement } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { HIDDEN } from "../model/hidden_statement.ts";
import { splitStatements, type SqlFault, type SqlStatement } from "../postgres/sql_parser.ts";
import { mayHoldSecret } from "./change_statements.ts";

/** Of a statement as it is shown. */
const SHOWN_CHARACTERS = 400;
const META_COMMAND = "psql's own commands, which begin with a backslash, are not known to PostgreSQL";
const LOOK = "PostgreSQL's parser stops there: the mistake is in that place or just before it.";
const WRITE_VALUE = "psql's variables are not known to PostgreSQL: write the value itself.";

/** What to write instead of psql's commands, by the word after the backslash. */
const INSTEAD: readonly (readonly [command: RegExp, next: string])[] = [
  [/^(i|ir|include|include_relative)$/, "Write the statements of that file here."],
  [/^copy$/, "Write the rows as INSERT."],
  [/^(set|unset)$/, "Leave it out. Where it sets a variable of psql's, write the value itself in its place."],
  [/^(prompt|getenv|gset)$/, WRITE_VALUE],
  [/^(c|connect)$/, "Leave it out: which database it is is said on the command line."],
  [/^gexec$/, "Write the statements that it would run, or a block of DO."],
  [/^(g|gx|gdesc|;)$/, "Write a semicolon."],
  [/^(if|elif|else|endif)$/, "Write a block of DO, which can decide."],
];

/**
 * Reads a file of SQL that changes a database.
 * @param what messages call it, e.g. "the change"
 * @throws {UsageError} naming the file
 */
export function readChangeText(file: string, what: string): string {
  try {
    // A replacement character in place of what was meant would be written into the database.
    return readSmall(file, { exact: true }).text;
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UsageError(`Cannot read ${what} ${file}: ${why}`, undefined, { cause: error });
  }
}

/**
 * The statements of its text.
 * @throws {UsageError} with file, line and column of what is no SQL
 */
export async function changeStatements(
  sql: string,
  file: string,
  what: string,
): Promise<readonly SqlStatement[]> {
  const found = await splitStatements(sql);
  if ("message" in found) throw faultOf(file, sql, found, what);
  return found;
}

/** A statement as it is run and as it may be shown. */
export function changeStatement(
  { node, text, oneLine, line }: Pick<SqlStatement, "node" | "text" | "oneLine" | "line">,
): ChangeStatement {
  const kind = oneLine.split(" ", 2).join(" ");
  const shown = mayHoldSecret(node, oneLine)
    ? `${kind} ${HIDDEN}`
    : oneLine.length > SHOWN_CHARACTERS
    ? `${oneLine.slice(0, SHOWN_CHARACTERS)} …`
    : oneLine;
  return { text, line, shown };
}

/**
 * What is wrong with a text of SQL, with file, line and column.
 * @param begins where the text begins in its file
 */
export function faultOf(
  file: string,
  sql: string,
  { message, at, next }: SqlFault,
  what: string,
  begins: { readonly line: number; readonly column: number } = { line: 1, column: 1 },
): UsageError {
  // In characters, not in the units of a JavaScript string.
  const characters = [...sql];
  const before = characters.slice(0, at).join("");
  const lines = before.split("\n");
  const column = [...lines.at(-1)!].length + (lines.length === 1 ? begins.column : 1);
  const cannot = `Cannot use ${what} ${file}:${begins.line + lines.length - 1}:${column}`;
  if (characters[at] === "\\") {
    const [command] = /^(\w+|;)?/.exec(characters.slice(at + 1).join(""))!;
    const next = INSTEAD.find(([commands]) => commands.test(command))?.[1] ?? "Leave it out.";
    return new UsageError(`${cannot}: ${META_COMMAND}`, next);
  }
  if (/\bCOPY\b[^;]*\bFROM\s+STDIN\b[^;]*;\s*$/i.test(before)) {
    return new UsageError(
      `${cannot}: the rows of COPY … FROM STDIN are no SQL`,
      "Write the rows as INSERT.",
    );
  }
  const isVariable = characters[at] === ":" && /^['"\w]/.test(characters[at + 1] ?? "");
  return new UsageError(`${cannot}: ${message}`, next ?? (isVariable ? WRITE_VALUE : LOOK));
}
