import type { SqlNode, SqlToken } from "../postgres/sql_parser.ts";
import type { Judged } from "./judged.ts";
import { fields, nodes } from "./nodes.ts";

/** A statement's own words, of which parts are carried over into others. */
export class StatementText {
  constructor(readonly tokens: readonly SqlToken[]) {}

  /** The text of some tokens: the end is not among them. */
  slice(from: number, to: number = this.tokens.length): string {
    return this.tokens.slice(from, to).map(({ text, glued }, at) => (at === 0 || glued ? "" : " ") + text)
      .join("");
  }

  /** The token at a place of the tree; all of them before, where there is none. */
  indexOf(place: unknown): number {
    const found = this.tokens.findIndex(({ at }) => at >= Number(place ?? 0));
    return found < 0 ? this.tokens.length : found;
  }

  /** Whether a token is a keyword. */
  is(at: number, word: string): boolean {
    return this.tokens[at]?.text.toUpperCase() === word;
  }

  /** The first token that is a keyword, and in no brackets; -1: there is none. */
  find(word: string, from = 0, to: number = this.tokens.length): number {
    let depth = 0;
    for (let at = from; at < to; at++) {
      if (depth === 0 && this.is(at, word)) return at;
      depth += depthOf(this.tokens[at]!.text);
    }
    return -1;
  }

  /** Behind the bracket that ends what begins at a token. */
  bracketEnd(from: number): number {
    let depth = 0;
    for (let at = from; at < this.tokens.length; at++) {
      depth += depthOf(this.tokens[at]!.text);
      if (depth === 0) return at + 1;
    }
    return this.tokens.length;
  }

  /** Behind a name that begins at a token, such as `shop.orders`. */
  nameEnd(from: number): number {
    let at = from + 1;
    while (this.tokens[at]?.text === ".") at += 2;
    return at;
  }
}

function depthOf(token: string): number {
  return token === "(" || token === "[" ? 1 : token === ")" || token === "]" ? -1 : 0;
}

/** An ALTER TABLE by its parts. */
export interface AlterText {
  readonly text: StatementText;
  /** What stands before the first subcommand: `ALTER TABLE IF EXISTS shop.orders`. */
  readonly head: string;
  /** The table as it is named there, with ONLY where that is said. */
  readonly table: string;
  /** Its subcommands, by their tokens. */
  readonly commands: readonly { readonly node: SqlNode; readonly from: number; readonly to: number }[];
}

/** The parts of an ALTER TABLE. */
export function alterText({ tokens, node }: Pick<Judged, "tokens" | "node">): AlterText {
  const text = new StatementText(tokens());
  let at = text.is(2, "IF") ? 4 : 2;
  const begin = at;
  if (text.is(at, "ONLY")) at++;
  at = text.is(at, "(") ? text.bracketEnd(at) : text.nameEnd(at);
  const table = text.slice(begin, at);
  if (text.is(at, "*")) at++;
  const head = text.slice(0, at);
  const commands = nodes(node["cmds"]).map(({ AlterTableCmd }) => {
    const from = at;
    const comma = text.find(",", from);
    const to = comma < 0 ? text.tokens.length : comma;
    at = to + 1;
    return { node: fields(AlterTableCmd), from, to };
  });
  return { text, head, table, commands };
}
