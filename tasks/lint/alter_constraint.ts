import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { written } from "./names.ts";
import { fields, word, words } from "./nodes.ts";
import { notNull } from "./not_null.ts";
import type { Relation } from "./relations.ts";

const UNKNOWN_KEYS = "which table the constraint refers to, which is locked too where it is a foreign key";

/** What a constraint of a table asks of the rows that are there. */
export function addConstraint(command: SqlNode, table: Relation, gathered: Gathered): void {
  const constraint = fields(fields(command["def"])["Constraint"]);
  const isChecked = constraint["skip_validation"] !== true && constraint["is_enforced"] !== false;
  switch (constraint["contype"]) {
    case "CONSTR_FOREIGN":
      return foreignKey(constraint, words(constraint["fk_attrs"]), isChecked, table, gathered);
    case "CONSTR_CHECK":
      if (isChecked) gathered.work("scan", table, "the check is held against each row");
      return;
    case "CONSTR_NOTNULL":
      if (isChecked) { for (const name of words(constraint["keys"])) notNull(name, table, gathered); }
      return;
    case "CONSTR_PRIMARY":
    case "CONSTR_UNIQUE":
    case "CONSTR_EXCLUSION":
      return withIndex(constraint, keyColumns(constraint), table, gathered);
  }
}

function keyColumns(constraint: SqlNode): string[] {
  return words(constraint["keys"]);
}

/** A constraint in the definition of a column that is added. @param hasDefault whether rows get a value */
export function addInlineConstraint(
  constraint: SqlNode,
  column: string,
  hasDefault: boolean,
  table: Relation,
  gathered: Gathered,
): void {
  switch (constraint["contype"]) {
    case "CONSTR_FOREIGN":
      // A column of NULLs refers to nothing, and is not looked at.
      return foreignKey(constraint, [column], hasDefault, table, gathered);
    case "CONSTR_CHECK":
      return gathered.work("scan", table, "the check is held against each row");
    case "CONSTR_PRIMARY":
    case "CONSTR_UNIQUE":
      return withIndex(constraint, [column], table, gathered, true);
  }
}

function foreignKey(
  constraint: SqlNode,
  columns: readonly string[],
  isChecked: boolean,
  table: Relation,
  gathered: Gathered,
): void {
  const [referenced] = gathered.lockTree(written(fields(constraint["pktable"])), "ShareRowExclusiveLock");
  if (isChecked) {
    gathered.work("look-up", table, `each row is looked up in ${referenced!.name}`, {
      columns,
      into: referenced!.name,
    });
  }
}

function withIndex(
  constraint: SqlNode,
  columns: readonly string[],
  table: Relation,
  gathered: Gathered,
  isNewColumn = false,
): void {
  const index = word(constraint["indexname"]);
  const isPrimary = constraint["contype"] === "CONSTR_PRIMARY";
  if (index === "") {
    gathered.work("index build", table, "the constraint needs an index", { columns });
  }
  if (!isPrimary || isNewColumn) return;
  const known = gathered.known.indexesOf(table.name).find(({ name }) => name.endsWith(`.${index}`));
  const keys = index === "" ? columns : known?.index?.columns ?? [];
  for (const name of keys) notNull(name, table, gathered);
  if (index !== "" && known === undefined) {
    gathered.work("scan", table, "the columns of a primary key are looked at for a NULL", {
      unless: `the columns of ${index} are NOT NULL, or a valid CHECK says so`,
    });
  }
}

/** Reads the rows beside those who write. */
export function validateConstraint(command: SqlNode, table: Relation, gathered: Gathered): void {
  const name = word(command["name"]);
  const constraint = table.constraints.find((each) => each.name === name);
  if (constraint === undefined) {
    gathered.work("scan", table, "each row is held against the constraint");
    if (!gathered.known.isWhole) gathered.cannotTell(UNKNOWN_KEYS);
    return;
  }
  const { references, columns, valid } = constraint;
  if (valid) return;
  if (references !== null) gathered.lockTree(references, "RowShareLock");
  if (references === null) gathered.work("scan", table, "each row is held against the constraint");
  else {gathered.work("look-up", table, `each row is looked up in ${references}`, {
      columns,
      into: references,
    });}
}

/** A foreign key is a matter of two tables. */
export function dropConstraint(command: SqlNode, table: Relation, gathered: Gathered, mode: string): void {
  const name = word(command["name"]);
  const constraint = table.constraints.find((each) => each.name === name);
  if (constraint === undefined && !gathered.known.isWhole) gathered.cannotTell(UNKNOWN_KEYS);
  if (constraint?.references) gathered.lockTree(constraint.references, mode);
  if (command["behavior"] !== "DROP_CASCADE" || constraint === undefined) return;
  // Foreign keys that refer to a key go with it.
  for (const other of gathered.known.referringTo(table.name)) {
    const refers = other.constraints.some(({ references, referencedColumns }) =>
      references === table.name && referencedColumns.join() === constraint.columns.join()
    );
    if (refers) gathered.lockTree(other.name, mode);
  }
}

/** Whether a foreign key is held to is a matter of two tables; when it is looked at is one of its own. */
export function alterConstraint(command: SqlNode, table: Relation, gathered: Gathered, mode: string): void {
  const { conname, alterEnforceability, is_enforced } = fields(fields(command["def"])["ATAlterConstraint"]);
  if (alterEnforceability !== true) return;
  const constraint = table.constraints.find(({ name }) => name === conname);
  if (constraint?.references) gathered.lockTree(constraint.references, mode);
  if (is_enforced === true) {
    const { columns = [], references: into = null } = constraint ?? {};
    gathered.work("look-up", table, "each row is looked up in the table that it refers to", {
      columns,
      into,
    });
  }
}
