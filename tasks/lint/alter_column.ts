import type { SqlNode } from "../postgres/sql_parser.ts";
import { addInlineConstraint } from "./alter_constraint.ts";
import type { Gathered } from "./gathered.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import { notNull } from "./not_null.ts";
import type { Relation } from "./relations.ts";
import { typeChange } from "./type_change.ts";
import { SERIAL, typeName } from "./type_names.ts";
import { volatileCall } from "./volatile.ts";

/** What adding a column does to the rows that are there. */
export function addColumn(command: SqlNode, table: Relation, gathered: Gathered): void {
  const column = fields(fields(command["def"])["ColumnDef"]);
  const name = word(column["colname"]);
  if (command["missing_ok"] === true && table.columns.some((each) => each.name === name)) return;
  const constraints = nodes(column["constraints"]).map(({ Constraint }) => fields(Constraint));
  const ofKind = (kind: string) => constraints.find(({ contype }) => contype === kind);
  const given = ofKind("CONSTR_DEFAULT")?.["raw_expr"];
  const type = typeName(fields(column["typeName"]));
  const generated = ofKind("CONSTR_GENERATED");
  const call = volatileCall(given, gathered.known);
  if (SERIAL[type] !== undefined || ofKind("CONSTR_IDENTITY") !== undefined) {
    gathered.work("rewrite", table, "each row gets a number of its own");
  } else if (generated !== undefined && generated["generated_kind"] !== "v") {
    gathered.work("rewrite", table, "a stored generated column has a value in each row");
  } else if (call !== null) {
    gathered.work("rewrite", table, `the default ${call.call} has to be worked out for each row`, {
      unless: call.certain ? null : `${call.call} is not volatile`,
    });
  } else if (gathered.known.isHeldDomain(type)) {
    gathered.work("rewrite", table, `the domain ${type} holds each value to something`);
  } else if (ofKind("CONSTR_NOTNULL") !== undefined && (given === undefined || isNull(given))) {
    gathered.work("scan", table, "NOT NULL without a default is refused where there is a row");
  }
  const hasDefault = given !== undefined && !isNull(given);
  for (const constraint of constraints) {
    addInlineConstraint(constraint, word(column["colname"]), hasDefault, table, gathered);
  }
}

function isNull(expression: unknown): boolean {
  return fields(fields(expression)["A_Const"])["isnull"] === true;
}

/** Whether another type takes a rewrite, a look at all rows, or new indexes. */
export function changeType(command: SqlNode, table: Relation, gathered: Gathered, mode: string): void {
  const definition = fields(fields(command["def"])["ColumnDef"]);
  const name = word(command["name"]);
  const column = table.columns.find((each) => each.name === name);
  const to = typeName(fields(definition["typeName"]));
  const isPlain = isColumnItself(definition["raw_default"], name, to);
  const { known } = gathered;
  const change = !isPlain || known.isHeldDomain(to) && column?.type !== to
    ? "rewrite"
    : typeChange(column === undefined ? null : known.baseType(column.type), known.baseType(to));
  const held = table.constraints.filter(({ columns }) => columns.includes(name));
  if (change !== "catalogue") {
    const stored = column === undefined
      ? `its values are stored anew as ${to}`
      : `${to} is stored differently from ${column.type}`;
    gathered.work(
      "rewrite",
      table,
      isPlain ? stored : "USING works out a value for each row",
      {
        unless: change === "unknown" ? "both types are stored alike, as varchar and text are" : null,
      },
    );
  } else if (held.some(({ kind, valid }) => kind === "check" && valid)) {
    gathered.work("scan", table, "a check of the column is made anew");
  }
  // Foreign keys on both of its sides are dropped and made anew.
  for (const { references } of held) if (references !== null) gathered.lockTree(references, mode);
  for (const other of gathered.known.referringTo(table.name)) {
    const refers = other.constraints.some(({ references, referencedColumns }) =>
      references === table.name && referencedColumns.includes(name)
    );
    if (refers) gathered.lockTree(other.name, mode);
  }
}

/** Whether USING says nothing but the column, or a cast of it to the new type. */
function isColumnItself(using: unknown, name: string, to: string): boolean {
  if (using === undefined) return true;
  const cast = fields(fields(using)["TypeCast"]);
  const inner = cast["typeName"] === undefined ? using : cast["arg"];
  if (cast["typeName"] !== undefined && typeName(fields(cast["typeName"])) !== to) return false;
  return words(fields(fields(inner)["ColumnRef"])["fields"]).at(-1) === name;
}

/** Reads all rows, unless a constraint is known to hold already. */
export function setNotNull(command: SqlNode, table: Relation, gathered: Gathered): void {
  notNull(word(command["name"]), table, gathered);
}

/** A stored generated column is worked out anew. */
export function setExpression(command: SqlNode, table: Relation, gathered: Gathered): void {
  const name = word(command["name"]);
  const isVirtual = table.columns.find((column) => column.name === name)?.isVirtual === true;
  if (!isVirtual) gathered.work("rewrite", table, "a stored generated column has a value in each row");
}
