import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { fields, nodes, within, words } from "./nodes.ts";
import type { Relation } from "./relations.ts";

/** What says of a column that no row has a NULL in it; null: nothing does. */
export function notNullProof(table: Relation, column: string): string | null {
  if (table.columns.find(({ name }) => name === column)?.notNull) return "the column is NOT NULL already";
  const check = table.constraints.find(({ kind, valid, expression }) =>
    kind === "check" && valid && expression !== null &&
    conjuncts(expression).some((each) => isNotNull(each, column))
  );
  return check === undefined ? null : `the constraint ${check.name} says so`;
}

/** What a column's becoming NOT NULL takes. */
export function notNull(column: string, table: Relation, gathered: Gathered): void {
  if (notNullProof(table, column) !== null) return;
  gathered.work("scan", table, `each row is looked at for a NULL in ${column}`, {
    unless: table.columns.length > 0 ? null : `a valid CHECK says that ${column} IS NOT NULL`,
  });
}

/** The parts that all must hold. */
export function conjuncts(expression: SqlNode): readonly SqlNode[] {
  const { boolop, args } = fields(expression["BoolExpr"]);
  return boolop === "AND_EXPR" ? nodes(args).flatMap(conjuncts) : [expression];
}

/** Whether it says `column IS NOT NULL`. */
export function isNotNull(expression: SqlNode, column: string): boolean {
  const { arg, nulltesttype } = fields(expression["NullTest"]);
  return nulltesttype === "IS_NOT_NULL" && columnOf(arg) === column;
}

/** The column that an expression is; null: it is none. */
export function columnOf(expression: unknown): string | null {
  return words(fields(fields(expression)["ColumnRef"])["fields"]).at(-1) ?? null;
}

/** The columns that an expression names. */
export function columnsIn(expression: unknown): string[] {
  const found = within(expression, "ColumnRef").map((node) => words(node["fields"]).at(-1) ?? "");
  return [...new Set(found)];
}
