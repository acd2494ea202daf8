import { createHash } from "node:crypto";
import { readSmallText } from "../files/small_file.ts";
import type { ChangeStatement, DatabaseChange } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { splitStatements, type SqlFault, type SqlStatement } from "../postgres/sql_parser.ts";
import { changesNothing, mayHoldSecret, whyRefused } from "./change_statements.ts";

/** Of a statement as it is shown. */
const SHOWN_CHARACTERS = 400;
const META_COMMAND = "psql's own commands, which begin with a backslash, are not known to PostgreSQL";
const WRITE_SQL = "Write statements of SQL, each ended by a semicolon.";

/**
 * Reads a change of the database from a file of SQL.
 * @param file ends with .sql
 * @throws {UsageError} naming the file, and the line of what is no SQL or may not be part of a change
 */
export async function readChange(file: string): Promise<DatabaseChange> {
  const sql = textOf(file);
  const found = await splitStatements(sql);
  if ("message" in found) throw faultOf(file, sql, found);
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
  return { file, sha256, statements: found.map(statementOf) };
}

function textOf(file: string): string {
  try {
    return readSmallText(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UsageError(`Cannot read the change ${file}: ${why}`, undefined, { cause: error });
  }
}

function refuse(file: string, { node, line }: SqlStatement): void {
  const why = whyRefused(node);
  if (why !== null) {
    throw new UsageError(`Cannot use the change ${file}:${line}: ${why.reason}`, why.next);
  }
}

function statementOf({ node, text, oneLine, line }: SqlStatement): ChangeStatement {
  const kind = oneLine.split(" ", 2).join(" ");
  const shown = mayHoldSecret(node, oneLine)
    ? `${kind} … (not shown: it may hold a password)`
    : oneLine.length > SHOWN_CHARACTERS
    ? `${oneLine.slice(0, SHOWN_CHARACTERS)} …`
    : oneLine;
  return { text, line, shown };
}

function faultOf(file: string, sql: string, { message, at }: SqlFault): UsageError {
  // In characters, not in the units of a JavaScript string.
  const characters = [...sql];
  const before = characters.slice(0, at).join("");
  const lines = before.split("\n");
  const column = [...lines.at(-1)!].length + 1;
  const place = `${file}:${lines.length}:${column}`;
  if (characters[at] === "\\") {
    return new UsageError(`Cannot use the change ${place}: ${META_COMMAND}`, WRITE_SQL);
  }
  if (/\bCOPY\b[^;]*\bFROM\s+STDIN\b[^;]*;\s*$/i.test(before)) {
    return new UsageError(
      `Cannot use the change ${place}: the rows of COPY … FROM STDIN are no SQL`,
      "Write the rows as INSERT.",
    );
  }
  return new UsageError(`Cannot use the change ${place}: ${message}`, WRITE_SQL);
}
