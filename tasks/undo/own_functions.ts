import type { Client } from "pg";
import { parsePlpgsql } from "../postgres/sql_parser.ts";
import { callsIn, nodesIn, type SqlCall, type SqlWrite, writesIn } from "../postgres/sql_writes.ts";
import { undoSql } from "../seed/reserved.ts";

/** What functions of the user's do that SQL calls, and those that they call. */
export interface FunctionWrites {
  readonly writes: readonly FunctionWrite[];
  /** Those that may write and cannot be read, with why: `shop.buy() (LANGUAGE plperl)`. */
  readonly unread: readonly string[];
}

/** A write within the body of a function. */
export interface FunctionWrite extends SqlWrite {
  /** As people call it: `shop.buy()`. */
  readonly within: string;
}

interface FoundFunction {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly volatile: boolean;
  readonly source: string;
  readonly definition: string;
}

/** Reads the bodies of functions that are called, in SQL and PL/pgSQL, as the server has them. */
export async function functionWrites(client: Client, calls: readonly SqlCall[]): Promise<FunctionWrites> {
  const known = new Set<string>();
  const writes: FunctionWrite[] = [];
  const unread: string[] = [];
  for (let wanted = calls; wanted.length > 0;) {
    const { rows } = await client.query<FoundFunction>(undoSql("own_functions.sql"), [
      wanted.map(({ schema }) => schema),
      wanted.map(({ name }) => name),
    ]);
    const next: SqlCall[] = [];
    for (const found of rows.filter(({ id }) => !known.has(id))) {
      known.add(found.id);
      const { statements, why } = await bodyOf(found);
      if (why !== null) unread.push(`${found.name} (${why})`);
      for (const sql of statements) {
        const place = { file: found.name };
        writes.push(...(await writesIn(sql, place)).map((write) => ({ ...write, within: found.name })));
        next.push(...await callsIn(sql, place));
      }
    }
    wanted = next;
  }
  return { writes, unread };
}

/** The SQL of a body that can be read, and why it may write what cannot. */
async function bodyOf(
  { language, source, definition, volatile }: FoundFunction,
): Promise<{ readonly statements: readonly string[]; readonly why: string | null }> {
  try {
    switch (language) {
      case "sql":
        // A body between BEGIN ATOMIC and END stands in the definition.
        return { statements: await readable([source, definition]), why: null };
      case "plpgsql": {
        const { statements, dynamic } = plpgsqlBody(await parsePlpgsql(definition));
        const why = dynamic ? "it executes SQL that it makes" : null;
        return { statements: await readable([definition, ...statements]), why };
      }
      default:
        return { statements: [], why: volatile ? `LANGUAGE ${language}` : null };
    }
  } catch {
    return { statements: [], why: "its body is not understood" };
  }
}

/** @throws where one of them is not valid */
async function readable(statements: readonly string[]): Promise<readonly string[]> {
  for (const sql of statements) await callsIn(sql, { file: "" });
  return statements;
}

/** How PL/pgSQL has a text parsed: as a statement, as an expression, or as an assignment to one of several targets. */
const [STATEMENT, EXPRESSION] = [0, 2];

/** The SQL within a body, and whether there is more that is made only when it runs. */
function plpgsqlBody(tree: unknown): { readonly statements: readonly string[]; readonly dynamic: boolean } {
  const statements: string[] = [];
  let dynamic = false;
  for (const [type, node] of nodesIn(tree)) {
    if (/^PLpgSQL_stmt_dyn/.test(type) || type === "dynquery") dynamic = true;
    if (type !== "PLpgSQL_expr") continue;
    const { query, parseMode = STATEMENT } = node as { readonly query: string; readonly parseMode?: number };
    if (parseMode === STATEMENT) statements.push(query);
    else statements.push(`SELECT ${parseMode === EXPRESSION ? query : query.replace(/^[^=]*=/, "")}`);
  }
  return { statements, dynamic };
}
