import { faultOf } from "../load/change_text.ts";
import { splitStatements, type SqlNode, type SqlToken } from "../postgres/sql_parser.ts";
import { type Chunk, chunksOf } from "./chunks.ts";

/** What messages call a file. */
export const WHAT = "the SQL";

/** A statement of a file; null in place of its node: it is too long to be parsed. */
export interface FileStatement {
  readonly node: SqlNode | null;
  /** As it stands there; of one that is too long, its beginning. */
  readonly text: string;
  /** In one line, without comments. */
  readonly oneLine: string;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** As in `SqlStatement`; of one that is too long, none. */
  readonly tokens: () => readonly SqlToken[];
}

/** The tree of a longer statement would not fit into memory. */
const LONGEST = 1024 * 1024;

/**
 * The statements of a text, some at a time.
 * @throws {UsageError} with file, line and column of what is no SQL
 */
export async function* statementsOf(sql: string, file: string): AsyncGenerator<FileStatement> {
  for (const chunk of chunksOf(sql)) {
    if (chunk.text.length > LONGEST) {
      for (const each of chunksOf(chunk.text, 1)) {
        const at = placed(each, chunk);
        if (each.text.length > LONGEST) yield tooLong(at);
        else yield* parsedOf(at, file);
      }
    } else yield* parsedOf(chunk, file);
  }
}

async function* parsedOf(chunk: Chunk, file: string): AsyncGenerator<FileStatement> {
  const found = await splitStatements(chunk.text);
  if ("message" in found) throw faultOf(file, chunk.text, found, WHAT, chunk);
  for (const statement of found) yield { ...statement, ...placed(statement, chunk) };
}

/** A place within a part, as one of the file. */
function placed<T extends { readonly line: number; readonly column: number }>(
  within: T,
  { line, column }: Chunk,
): T {
  return {
    ...within,
    line: line + within.line - 1,
    column: within.line === 1 ? column + within.column - 1 : within.column,
  };
}

function tooLong({ text, line, column }: Chunk): FileStatement {
  const lead = text.length - text.trimStart().length;
  const skipped = text.slice(0, lead);
  const breaks = skipped.split("\n").length - 1;
  const start = text.slice(lead, lead + 200);
  return {
    node: null,
    text: start,
    oneLine: start.replace(/\s+/g, " "),
    line: line + breaks,
    column: breaks === 0 ? column + lead : lead - skipped.lastIndexOf("\n"),
    tokens: () => [],
  };
}
