import { parseStatements, type SqlNode, type SqlPlace } from "./sql_parser.ts";

/** A statement within SQL that writes into a table, also one within WITH. */
export interface SqlWrite {
  readonly kind: "INSERT" | "UPDATE" | "DELETE" | "MERGE";
  /** As it stands in the text, unquoted; null where the search path finds it. */
  readonly schema: string | null;
  readonly table: string;
  /** Line of the text, from 1. */
  readonly line: number;
  /** Whether it may change or remove rows that stand there: every kind but an INSERT without ON CONFLICT DO UPDATE. */
  readonly changesRows: boolean;
  /** Numbers of the parameters that decide which rows it touches: those of a condition, a source or inserted rows. */
  readonly choosing: readonly number[];
  /** Of an INSERT: the columns that it gives values, by name, or as many as it gives in their order; null: not known. */
  readonly given: readonly string[] | number | null;
}

const KINDS = {
  InsertStmt: "INSERT",
  UpdateStmt: "UPDATE",
  DeleteStmt: "DELETE",
  MergeStmt: "MERGE",
} as const;
type WriteNode = keyof typeof KINDS;

/** Fields whose parameters choose rows; SET and RETURNING do not. */
const CHOOSING = [
  "whereClause",
  "fromClause",
  "usingClause",
  "sourceRelation",
  "joinCondition",
  "selectStmt",
] as const;

/**
 * What SQL writes into, in the order of its text. What a function that it calls writes is not seen.
 * @throws {UsageError} with file and line where it is not valid
 */
export async function writesIn(sql: string, place: SqlPlace): Promise<SqlWrite[]> {
  const found: { readonly at: number; readonly write: SqlWrite }[] = [];
  const bytes = new TextEncoder().encode(sql);
  const lineOf = (at: number) => new TextDecoder().decode(bytes.subarray(0, at)).split("\n").length;
  const statements = await parseStatements(sql, place);
  for (const [name, node] of nodesIn(statements)) {
    if (!(name in KINDS)) continue;
    const { schemaname, relname, location = 0 } = node["relation"] as {
      readonly schemaname?: string;
      readonly relname: string;
      readonly location?: number;
    };
    const write = {
      kind: KINDS[name as WriteNode],
      schema: schemaname ?? null,
      table: relname,
      line: lineOf(location),
      changesRows: changesRows(name as WriteNode, node),
      choosing: CHOOSING.flatMap((field) => parametersIn(node[field])),
      given: name === "InsertStmt" ? givenBy(node) : null,
    };
    found.push({ at: location, write });
  }
  return found.sort((a, b) => a.at - b.at).map(({ write }) => write);
}

/**
 * The tables that SQL writes into or empties.
 * @throws {UsageError} with file and line where it is not valid
 */
export async function tablesWritten(
  sql: string,
  place: SqlPlace,
): Promise<readonly Pick<SqlWrite, "schema" | "table">[]> {
  const emptied = [...nodesIn(await parseStatements(sql, place))].flatMap(([type, node]) =>
    type === "TruncateStmt" ? node["relations"] as readonly { RangeVar: SqlNode }[] : []
  ).map(({ RangeVar: { schemaname, relname } }) => ({
    schema: (schemaname ?? null) as string | null,
    table: relname as string,
  }));
  return [...await writesIn(sql, place), ...emptied];
}

/** A function or a procedure as SQL calls it, unquoted. */
export interface SqlCall {
  /** Null where the search path finds it. */
  readonly schema: string | null;
  readonly name: string;
}

/**
 * The functions that SQL calls by their names, PostgreSQL's own among them; not those behind operators and casts.
 * @throws {UsageError} with file and line where it is not valid
 */
export async function callsIn(sql: string, place: SqlPlace): Promise<SqlCall[]> {
  return callsOf(await parseStatements(sql, place));
}

/** The same of statements, or of one. */
export function callsOf(parsed: unknown): SqlCall[] {
  return [...nodesIn(parsed)].flatMap(([type, { funcname }]) => {
    // That of a definition is what is defined.
    if (!["FuncCall", "funccall"].includes(type)) return [];
    const names = (funcname as { String: { sval: string } }[]).map(({ String }) => String.sval);
    return [{ schema: names.at(-2) ?? null, name: names.at(-1)! }];
  });
}

function changesRows(name: WriteNode, node: SqlNode): boolean {
  if (name === "InsertStmt") {
    return (node["onConflictClause"] as SqlNode | undefined)?.["action"] === "ONCONFLICT_UPDATE";
  }
  if (name !== "MergeStmt") return true;
  return (node["mergeWhenClauses"] as SqlNode[]).some((clause) =>
    ["CMD_UPDATE", "CMD_DELETE"].includes((clause["MergeWhenClause"] as SqlNode)["commandType"] as string)
  );
}

/** All nodes that lie in a value, with the names of their types, each before those within it. */
export function* nodesIn(value: unknown): Generator<readonly [string, SqlNode]> {
  // One list of what is left: a generator within a generator for each level takes time by the square of the depth.
  const rest: [string, unknown][] = [];
  const within = (value: unknown) => {
    if (value !== null && typeof value === "object") rest.push(...Object.entries(value).reverse());
  };
  within(value);
  for (let next; (next = rest.pop()) !== undefined;) {
    const [name, inner] = next;
    if (inner !== null && typeof inner === "object" && !Array.isArray(inner)) yield [name, inner as SqlNode];
    within(inner);
  }
}

function parametersIn(value: unknown): number[] {
  return [...nodesIn(value)].flatMap(([name, node]) => name === "ParamRef" ? [node["number"] as number] : []);
}

/** The columns that an INSERT gives values; DEFAULT is none. */
function givenBy(node: SqlNode): readonly string[] | number | null {
  const select = (node["selectStmt"] as { SelectStmt?: SqlNode } | undefined)?.SelectStmt;
  const rows = ((select?.["valuesLists"] ?? []) as { List: { items: SqlNode[] } }[]).map(({ List }) =>
    List.items
  );
  const isDefault = (at: number) => rows.some((row) => row[at] !== undefined && "SetToDefault" in row[at]!);
  const columns = node["cols"] as { ResTarget: { name: string } }[] | undefined;
  if (columns !== undefined) {
    return columns.map(({ ResTarget }) => ResTarget.name).filter((_, at) => !isDefault(at));
  }
  if (select === undefined) return 0;
  if (rows.length === 0) return null;
  const first = rows[0]!.findIndex((_, at) => isDefault(at));
  return first < 0 ? rows[0]!.length : first;
}
