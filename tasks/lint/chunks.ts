/** A part of a text of SQL that holds whole statements. */
export interface Chunk {
  readonly text: string;
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** The same, in characters. */
  readonly column: number;
}

/** So much is parsed at a time: what the parser makes of a text takes a hundred times its space. */
const ENOUGH = 128 * 1024;

/** What may hold a semicolon that ends no statement, words, and what ends one. */
const TOKEN =
  /--[^\n]*|\/\*|[eE]'|'[^']*'|"[^"]*"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[;()]/g;

/**
 * Parts a long text behind the semicolons that end statements, as psql does.
 * @param enough a part has that many characters at least, unless it is the last
 */
export function* chunksOf(sql: string, enough = ENOUGH): Generator<Chunk> {
  let [begin, line, column] = [0, 1, 1];
  for (const end of statementEnds(sql)) {
    if (end - begin < enough && end < sql.length) continue;
    const text = sql.slice(begin, end);
    yield { text, line, column };
    const lineBreak = text.lastIndexOf("\n");
    column = lineBreak < 0 ? column + [...text].length : [...text.slice(lineBreak + 1)].length + 1;
    line += text.split("\n").length - 1;
    begin = end;
  }
}

/** The places behind statements, and that of the text's end. */
function* statementEnds(sql: string): Generator<number> {
  TOKEN.lastIndex = 0;
  let depth = 0;
  // Of BEGIN ATOMIC … END, in which a function's statements end with semicolons too.
  let atomic = 0;
  let [first, before] = ["", ""];
  for (let found = TOKEN.exec(sql); found !== null; found = TOKEN.exec(sql)) {
    const [token] = found;
    const lower = token.length > 8 ? "" : token.toLowerCase();
    if (token === ";") {
      const place = TOKEN.lastIndex;
      // What follows `COPY … FROM STDIN` is told by it.
      if (depth === 0 && atomic === 0 && first !== "copy") yield place;
      if (depth === 0 && atomic === 0) first = "";
      TOKEN.lastIndex = place;
    } else if (token === "(") depth++;
    else if (token === ")") depth = Math.max(0, depth - 1);
    else if (token === "/*") TOKEN.lastIndex = commentEnd(sql, TOKEN.lastIndex);
    else if (lower === "e'") TOKEN.lastIndex = escapedEnd(sql, TOKEN.lastIndex);
    else if (token.startsWith("$")) {
      const end = sql.indexOf(token, TOKEN.lastIndex);
      TOKEN.lastIndex = end < 0 ? sql.length : end + token.length;
    } else if (!/^['"-]/.test(token)) {
      first ||= lower || token;
      if (lower === "atomic" && before === "begin") atomic = 1;
      else if (atomic > 0 && lower === "case") atomic++;
      else if (atomic > 0 && lower === "end") atomic--;
      before = lower;
    }
  }
  yield sql.length;
}

function commentEnd(sql: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 1;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

function escapedEnd(sql: string, from: number): number {
  for (let at = from; at < sql.length; at++) {
    if (sql[at] === "\\") at++;
    else if (sql[at] === "'") return at + 1;
  }
  return sql.length;
}
