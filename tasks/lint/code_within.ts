import { parsePlpgsql } from "../postgres/sql_parser.ts";
import { fields, nodes, word } from "./nodes.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";

/** SQL within a block of PL/pgSQL. */
export interface CodeWithin {
  /** With lines of the block's statement, from 0. */
  readonly statements: readonly { readonly sql: string; readonly line: number }[];
  /** What of it cannot be told, as a sentence's end; null: nothing. */
  readonly unknown: string | null;
}

/** How PL/pgSQL has a text parsed: as a statement, or as an expression; otherwise as an assignment. */
const [STATEMENT, EXPRESSION] = [0, 2];
const LITERAL = /^'((?:[^']|'')*)'$/;

/**
 * The SQL that a block of DO runs, in the order of its text, whatever its conditions say.
 * @param node of the statement
 * @param text of the statement
 */
export async function codeWithin(node: SqlNode, text: string): Promise<CodeWithin> {
  const options = nodes(node["args"]).map(({ DefElem }) => fields(DefElem));
  const said = (name: string) =>
    word(fields(fields(options.find(({ defname }) => defname === name)?.["arg"])["String"])["sval"]);
  const language = said("language") || "plpgsql";
  if (language !== "plpgsql") return { statements: [], unknown: `what its code does, which is ${language}` };
  try {
    const body = said("as");
    const lead = text.slice(0, Math.max(0, text.indexOf(body))).split("\n").length - 1;
    return found(await parsePlpgsql(text), lead);
  } catch {
    return { statements: [], unknown: "what its code does, which is not understood" };
  }
}

function found(tree: unknown, lead: number): CodeWithin {
  const statements: { sql: string; line: number }[] = [];
  const dynamic: number[] = [];
  const visit = (value: unknown, line: number, isDynamic: boolean): void => {
    if (value === null || typeof value !== "object") return;
    for (const [type, inner] of Object.entries(value)) {
      const own = Number(fields(inner)?.["lineno"] ?? line);
      if (type === "datums") continue;
      if (type !== "PLpgSQL_expr") visit(inner, own, isDynamic || /^PLpgSQL_stmt_dyn|^dynquery$/.test(type));
      else {
        const sql = isDynamic ? literal(word(fields(inner)["query"])) : asStatement(fields(inner));
        if (sql === null) dynamic.push(lead + line);
        else statements.push({ sql, line: lead + line - 1 });
      }
    }
  };
  visit(tree, 1, false);
  const lines = [...new Set(dynamic)];
  return {
    statements,
    unknown: lines.length === 0 ? null : "what EXECUTE runs, which is made only then",
  };
}

/** The statement that a constant text is; null: it is none. */
function literal(query: string): string | null {
  return LITERAL.exec(query.trim())?.[1]?.replaceAll("''", "'") ?? null;
}

function asStatement({ query, parseMode = STATEMENT }: SqlNode): string {
  const text = word(query);
  if (parseMode === STATEMENT) return text;
  return `SELECT ${parseMode === EXPRESSION ? text : text.replace(/^[^=]*=/, "")}`;
}
