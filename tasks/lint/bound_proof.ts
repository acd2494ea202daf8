import type { SqlNode } from "../postgres/sql_parser.ts";
import { columnOf, conjuncts, notNullProof } from "./not_null.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import type { Relation } from "./relations.ts";

/**
 * The constraints that say that all rows of a table lie within a partition's bounds; null: none are known to, as of a key of
 * several columns.
 */
export function boundProof(partition: Relation, parent: Relation, bound: SqlNode): string | null {
  const [, strategy, quotedColumn] = /^(RANGE|LIST) \("?([^"(),]+)"?\)$/.exec(parent.partitionKey ?? "") ??
    [];
  if (quotedColumn === undefined || notNullProof(partition, quotedColumn) === null) return null;
  const checks = partition.constraints.filter(({ kind, valid }) => kind === "check" && valid);
  const said = checks.flatMap(({ expression }) => expression === null ? [] : conjuncts(expression))
    .flatMap((each) => comparisons(each, quotedColumn));
  const holds = strategy === "LIST"
    ? isListed(said, nodes(bound["listdatums"]).map(constant))
    : isAbove(said, constant(nodes(bound["lowerdatums"])[0])) &&
      isBelow(said, constant(nodes(bound["upperdatums"])[0]));
  return holds ? checks.map(({ name }) => name).join(", ") : null;
}

/** What a check says of a column: an operator of SQL, and a constant, or several of them. */
interface Said {
  readonly operator: string;
  readonly values: readonly string[];
}

function comparisons(expression: SqlNode, column: string): Said[] {
  const { kind, name, lexpr, rexpr } = fields(expression["A_Expr"]);
  if (columnOf(withoutCast(lexpr)) !== column) return [];
  const [operator] = words(name);
  const right = fields(rexpr);
  const list = nodes(
    fields(right["List"])["items"] ?? fields(withoutCast(right)?.["A_ArrayExpr"])["elements"],
  )
    .flatMap((each) => constant(each) ?? []);
  if (kind === "AEXPR_BETWEEN" && list.length === 2) {
    return [{ operator: ">=", values: [list[0]!] }, { operator: "<=", values: [list[1]!] }];
  }
  if (kind === "AEXPR_IN" || kind === "AEXPR_OP_ANY") return [{ operator: "in", values: list }];
  const value = constant(right);
  if (kind !== "AEXPR_OP" || value === null) return [];
  return [operator === "=" ? { operator: "in", values: [value] } : { operator: operator!, values: [value] }];
}

function withoutCast(node: unknown): SqlNode | undefined {
  let inner = node as SqlNode | undefined;
  while (inner?.["TypeCast"] !== undefined) inner = fields(inner["TypeCast"])["arg"] as SqlNode;
  return inner;
}

/** A constant as a text; null: it is none. MINVALUE and MAXVALUE are names to the parser. */
export function constant(node: SqlNode | undefined): string | null {
  const inner = withoutCast(node);
  const limit = columnOf(inner);
  if (limit === "minvalue" || limit === "maxvalue") return limit;
  const value = fields(inner?.["A_Const"]);
  if (value["sval"] !== undefined) return word(fields(value["sval"])["sval"]);
  if (value["ival"] !== undefined) return String(fields(value["ival"])["ival"] ?? 0);
  return value["fval"] === undefined ? null : word(fields(value["fval"])["fval"]);
}

function isListed(said: readonly Said[], allowed: readonly (string | null)[]): boolean {
  return said.some(({ operator, values }) =>
    operator === "in" && values.length > 0 && values.every((value) => allowed.includes(value))
  );
}

function isAbove(said: readonly Said[], low: string | null): boolean {
  return low === "minvalue" ||
    low !== null &&
      said.some(({ operator, values: [value] }) =>
        (operator === ">=" || operator === ">") && isOrdered(low, value!, true)
      );
}

function isBelow(said: readonly Said[], high: string | null): boolean {
  return high === "maxvalue" ||
    high !== null &&
      said.some(({ operator, values: [value] }) =>
        (operator === "<" || operator === "<=") && isOrdered(value!, high, operator === "<")
      );
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}([ T][\d:.]+)?$/;

/** Whether one constant comes before another, where that can be told by itself. */
function isOrdered(one: string, other: string, orEqual: boolean): boolean {
  if (one === other) return orEqual;
  if (NUMBER.test(one) && NUMBER.test(other)) return Number(one) < Number(other);
  return DAY.test(one) && DAY.test(other) && one < other;
}
