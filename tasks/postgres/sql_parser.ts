import { UsageError } from "../model/errors.ts";

type Parser = typeof import("libpg-query");

let loaded: Promise<Parser> | undefined;

/** PostgreSQL's own scanner and grammar. Loaded once, and only when asked for: it takes some 30 ms of CPU. */
function parser(): Promise<Parser> {
  return loaded ??= import("libpg-query").then(async (module) => {
    await module.loadModule();
    return module;
  });
}

/** Where a text of SQL begins in a user's file. */
export interface SqlPlace {
  readonly file: string;
  /** From 1; 1 if absent. */
  readonly line?: number;
  /** What is said beneath an error in it. */
  readonly next?: string;
}

/** A name or a keyword, without quotes. */
const NAME = /^[a-z_\u0080-\uffff][\w$\u0080-\uffff]*$/i;
/** What an operand may end with. */
const OPERAND_END = /[\w$"')\]\u0080-\uffff]$/;
/** Those that the scanner's answer cannot carry; PostgreSQL takes them within quotes and comments only. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b\x0e-\x1f]/g;

/**
 * Puts something else in the place of each `:name` that PostgreSQL's scanner finds outside of strings, quoted names,
 * comments and casts. A colon that is glued to an operand within brackets, as in `a[1:n]`, is that of an array slice.
 * @param replaced what stands for a name, from the line of the file that it is in
 * @throws {UsageError} with file and line where a string, a name or a comment does not end
 */
export async function replacePlaceholders(
  sql: string,
  { file, line = 1 }: SqlPlace,
  replaced: (name: string, line: number) => string,
): Promise<string> {
  const { tokens, between } = await scan(sql, { file, line });
  let depth = 0;
  let before = "";
  let at = line;
  const parts: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const space = between[index]!;
    const next = tokens[index + 1] ?? "";
    parts.push(space);
    at += lineEnds(space);
    if (token === "[") depth++;
    if (token === "]") depth--;
    const inSlice = depth > 0 && space === "" && OPERAND_END.test(before);
    if (token === ":" && between[index + 1] === "" && NAME.test(next) && !inSlice) {
      parts.push(replaced(next, at));
      before = next;
      index++;
    } else {
      parts.push(token);
      at += lineEnds(token);
      before = token;
    }
  }
  return [...parts, between.at(-1)!].join("");
}

/**
 * Holds SQL against PostgreSQL's grammar.
 * @returns the kinds of its statements as PostgreSQL's source calls them: "SelectStmt"
 * @throws {UsageError} with file and line where it is not valid
 */
export async function statementKinds(sql: string, place: SqlPlace): Promise<readonly string[]> {
  return (await parseStatements(sql, place)).map((statement) => Object.keys(statement)[0]!);
}

/** A node of a parse tree: its fields, or one field with the name of its type. */
export type SqlNode = Readonly<Record<string, unknown>>;

/**
 * Parses SQL by PostgreSQL's grammar.
 * @returns its statements, each a node as PostgreSQL's source calls it: `{ SelectStmt: { … } }`; places in bytes
 * @throws {UsageError} with file and line where it is not valid
 */
export async function parseStatements(sql: string, place: SqlPlace): Promise<readonly SqlNode[]> {
  return parsed(await parser(), sql, place);
}

/**
 * Parses the definition of a function in PL/pgSQL.
 * @returns its tree, of nodes as PL/pgSQL's source calls them
 * @throws {Error} where it is not understood
 */
export async function parsePlpgsql(definition: string): Promise<unknown> {
  return (await parser()).parsePlPgSQLSync(definition);
}

function parsed(loaded: Parser, sql: string, { file, line = 1, next }: SqlPlace): SqlNode[] {
  const found = parseText(loaded, sql);
  if (!("message" in found)) return found.map(({ stmt }) => stmt as unknown as SqlNode);
  // In characters, not in the units of a JavaScript string.
  const before = [...sql].slice(0, found.at).join("");
  throw new UsageError(`Cannot use ${file}:${line + lineEnds(before)} as SQL: ${found.message}`, next);
}

/** What is wrong with a text of SQL, and after how many characters. */
export interface SqlFault {
  readonly message: string;
  readonly at: number;
  /** What to do about it, where that is not to write SQL. */
  readonly next?: string;
}

/** A word, a string or a sign of a statement. */
export interface SqlToken {
  /** As it stands there. */
  readonly text: string;
  /** Where it begins, in bytes: as places in the statement's tree are. */
  readonly at: number;
  /** Whether nothing stands between the token before and it. */
  readonly glued: boolean;
}

/** One of a text's statements. */
export interface SqlStatement {
  readonly node: SqlNode;
  /** As it stands there, from its first word on. */
  readonly text: string;
  /** The same in one line, without comments. */
  readonly oneLine: string;
  /** Of its first word, from 1. */
  readonly line: number;
  /** The same, in characters. */
  readonly column: number;
  /** What it consists of, without comments and its semicolon. */
  readonly tokens: () => readonly SqlToken[];
}

/** The statements of a text by PostgreSQL's grammar, or what is wrong with it. */
export async function splitStatements(sql: string): Promise<readonly SqlStatement[] | SqlFault> {
  const loaded = await parser();
  const found = parseText(loaded, sql);
  if ("message" in found) return found;
  if (found.length === 0) return [];
  const bytes = new TextEncoder().encode(sql);
  const text = (from: number, to?: number) => new TextDecoder().decode(bytes.subarray(from, to));
  const words = loaded.scanSync(sql.replaceAll(CONTROL, " ")).tokens
    .filter(({ tokenName }) => !COMMENT.test(tokenName));
  // Both are in the order of the text: a long one is gone through once, and not from its beginning for each statement.
  let next = 0;
  let counted = 0;
  let line = 1;
  let column = 1;
  return found.map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
    const to = length === undefined ? bytes.length : from + length;
    while (next < words.length && words[next]!.start < from) next++;
    const begin = next;
    while (next < words.length && words[next]!.end <= to) next++;
    const own = words.slice(begin, next);
    const parts = own.map(({ start, end }, index) =>
      (own[index - 1]?.end === start || index === 0 ? "" : " ") + text(start, end)
    );
    const first = own[0]!.start;
    const passed = text(counted, first);
    column = [...passed.slice(passed.lastIndexOf("\n") + 1)].length + (passed.includes("\n") ? 1 : column);
    line += lineEnds(passed);
    counted = first;
    return {
      node: stmt as unknown as SqlNode,
      text: text(first, to),
      // Without its semicolon, which is no part of it.
      oneLine: parts.join("").replace(/\s+/g, " ").replace(/\s*;$/, ""),
      line,
      column,
      tokens: () =>
        own.map(({ start, end }, index) => ({
          text: text(start, end),
          at: start,
          glued: own[index - 1]?.end === start,
        })).filter(({ text }) => text !== ";"),
    };
  });
}

/** How the scanner calls comments. */
const COMMENT = /^(SQL|C)_COMMENT$/;

function parseText({ parseSync, SqlError }: Parser, sql: string) {
  if (sql.trim() === "") return [];
  // To the parser, and to the server, a text ends there.
  const end = sql.indexOf("\0");
  if (end >= 0) {
    return { message: "it holds a zero byte", at: [...sql.slice(0, end)].length } satisfies SqlFault;
  }
  try {
    const found = parseSync(sql).stmts ?? [];
    const deep = found.find(({ stmt }) => isTooDeep(stmt));
    if (deep === undefined) return found;
    const before = new TextEncoder().encode(sql).subarray(0, deep.stmt_location ?? 0);
    const begin = new TextDecoder().decode(before);
    // Its place is that of the semicolon before it.
    return tooDeep([...begin].length + /^\s*/.exec(sql.slice(begin.length))![0].length);
  } catch (error) {
    // The grammar's own stack.
    if (error instanceof RangeError) return tooDeep(0);
    if (!(error instanceof SqlError)) throw error;
    // What does not end is repeated up to the end of the text, and may hold what stands for a placeholder.
    // A string may be a password.
    const [message] = error.message.replace(/^(unterminated .*?) at or near [\s\S]*/, "$1")
      .replace(/ at or near "(?:[a-z]?&?'|\$)[\s\S]*/i, " at or near a string").split("\n", 1);
    return {
      message: message!.slice(0, 120),
      at: error.sqlDetails?.cursorPosition ?? [...sql].length,
    } satisfies SqlFault;
  }
}

/** Levels of a statement's tree, of which a long sum has two for each term: far more than anybody writes by hand. */
const MOST_LEVELS = 2000;

function tooDeep(at: number): SqlFault {
  return {
    message:
      "its expressions lie within one another too deeply, as those of a sum or a text of a thousand terms do",
    at,
    next: "Make a list of the terms, such as IN (…), concat(…) or rows of VALUES, or several statements.",
  };
}

/** Whoever walks through a tree needs stack for each level of it. */
function isTooDeep(tree: unknown): boolean {
  const rest: (readonly [value: unknown, level: number])[] = [[tree, 0]];
  for (let next; (next = rest.pop()) !== undefined;) {
    const [value, level] = next;
    if (value === null || typeof value !== "object") continue;
    if (level > MOST_LEVELS) return true;
    for (const inner of Object.values(value)) rest.push([inner, level + 1]);
  }
  return false;
}

/** The tokens of a text, comments among them, and what stands before each of them and after the last. */
async function scan(
  sql: string,
  place: SqlPlace,
): Promise<{ readonly tokens: readonly string[]; readonly between: readonly string[] }> {
  const loaded = await parser();
  // Places are told in bytes.
  const bytes = new TextEncoder().encode(sql);
  const text = (from: number, to?: number) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(from, to));
  let found;
  try {
    found = loaded.scanSync(sql.replaceAll(CONTROL, " ")).tokens;
  } catch (error) {
    // It does not tell where. The grammar does, which takes a name where a placeholder is.
    parsed(loaded, sql.replaceAll(/(?<!:):(?=[a-z_])/gi, " "), place);
    throw error;
  }
  const ends = [0, ...found.map(({ end }) => end)];
  return {
    tokens: found.map(({ start, end }) => text(start, end)),
    between: ends.map((end, index) => text(end, found[index]?.start)),
  };
}

function lineEnds(text: string): number {
  return text.split("\n").length - 1;
}
