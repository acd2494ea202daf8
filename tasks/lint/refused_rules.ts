import type { LintFinding } from "../model/lint.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Judged } from "./judged.ts";
import { quoted, schemaOf, written } from "./names.ts";
import { fields, nodes, opened, within, word, words } from "./nodes.ts";
import { columnsIn } from "./not_null.ts";
import type { Relation } from "./relations.ts";

/**
 * What PostgreSQL refuses: by where the statement stands, and where the catalogue is known by what is not in it.
 * @param isSure whether all that was done before is known
 */
export function refused(judged: Judged, isSure: boolean): LintFinding[] {
  const { kind, known, transaction } = judged;
  if (kind === "LockStmt" && transaction === null) {
    return [
      finding("LOCK TABLE is refused where no transaction is open (25P01): it would be held for no time."),
    ];
  }
  const missing = known.isWhole && isSure ? missingIn(judged) : null;
  if (missing === null) return [];
  const { relation, column } = missing;
  return [
    column === null
      ? finding(`There is no ${relation}: it is refused (42P01).`)
      : finding(`There is no column ${quoted(column)} in ${relation}: it is refused (42703).`),
  ];
}

/** What a statement names and is not there: a relation, or a column of one that is. */
export interface Missing {
  readonly relation: string;
  /** As it is called, not as SQL writes it. */
  readonly column: string | null;
}

/** The first that a statement names and a whole catalogue does not have; null: all is there, as far as it is looked at. */
export function missingIn(statement: Named): Missing | null {
  const relation = missingRelation(statement);
  return relation === null ? missingColumn(statement) : { relation, column: null };
}

type Named = Pick<Judged, "kind" | "node" | "known" | "effects">;

function finding(message: string): LintFinding {
  return { rule: "refused", level: "blocking", message, safe: null };
}

/** Of PostgreSQL's own schemas nothing is read. */
const OF_SYSTEM = /^("?pg_|information_schema$)/;

function missingRelation({ kind, node, known, effects: { locks } }: Named): string | null {
  if (kind === "CreateSchemaStmt") return null;
  // A table may refer to itself.
  const own = kind === "CreateStmt" ? written(fields(node["relation"])) : "";
  const found = locks.find(({ relation }) =>
    known.find(relation) === undefined && relation !== own && !OF_SYSTEM.test(schemaOf(relation) || relation)
  );
  return found?.relation ?? null;
}

function missingColumn(judged: Named): Missing | null {
  const { node, known } = judged;
  if (node["relation"] === undefined) return null;
  const table = known.find(written(fields(node["relation"])));
  if (table === undefined || !hasColumns(table)) return null;
  const there = new Set([...table.columns.map(({ name }) => name), ...addedBy(node)]);
  const column = namedBy(judged).find((name) => !there.has(name) && !SYSTEM_COLUMNS.test(name));
  return column === undefined ? null : { relation: table.name, column };
}

const SYSTEM_COLUMNS = /^(ctid|tableoid|xmin|xmax|cmin|cmax)$/;

/** Whether a relation's columns are known: those of a view that was made above, or by a type, are not. */
function hasColumns({ kind, columns, ofType }: Relation): boolean {
  return (kind === "table" || kind === "partitioned table") && ofType === null && columns.length > 0;
}

function commandsOf(node: SqlNode): SqlNode[] {
  return nodes(node["cmds"]).map(({ AlterTableCmd }) => fields(AlterTableCmd));
}

function addedBy(node: SqlNode): string[] {
  return commandsOf(node).map(({ def }) => word(fields(fields(def)["ColumnDef"])["colname"]));
}

/** Subcommands that are about a column. */
const OF_COLUMN =
  /^AT_(DropColumn|AlterColumnType|ColumnDefault|SetNotNull|DropNotNull|SetExpression|DropExpression|AddIdentity|SetIdentity|DropIdentity|SetOptions|ResetOptions|SetStorage|SetCompression)$/;

/** The columns of its table that a statement names, as far as they are looked at. */
function namedBy({ kind, node }: Named): string[] {
  switch (kind) {
    case "AlterTableStmt":
      return commandsOf(node).flatMap(namedByCommand);
    case "IndexStmt":
      return [...nodes(node["indexParams"]), ...nodes(node["indexIncludingParams"])].map(({ IndexElem }) =>
        fields(IndexElem)
      ).flatMap(({ name, expr }) => word(name) !== "" ? [word(name)] : columnsIn(expr));
    case "InsertStmt":
      return nodes(node["cols"]).map(({ ResTarget }) => word(fields(ResTarget)["name"]));
    case "UpdateStmt":
      return nodes(node["targetList"]).map(({ ResTarget }) => word(fields(ResTarget)["name"]));
    case "RenameStmt":
      return node["renameType"] === "OBJECT_COLUMN" ? [word(node["subname"])] : [];
    default:
      return [];
  }
}

function namedByCommand(command: SqlNode): string[] {
  const name = word(command["name"]);
  if (OF_COLUMN.test(word(command["subtype"]))) {
    return name === "" || command["missing_ok"] === true ? [] : [name];
  }
  const constraint = fields(fields(command["def"])["Constraint"]);
  const check = constraint["contype"] === "CONSTR_CHECK" ? constraint["raw_expr"] : null;
  const isPlain = within(check, "ColumnRef").every((each) => words(each["fields"]).length === 1);
  return [
    ...constraint["contype"] === "CONSTR_FOREIGN" ? words(constraint["fk_attrs"]) : words(constraint["keys"]),
    ...isPlain ? columnsIn(check).filter((each) => each !== "") : [],
  ];
}

/** `set_config('search_path', …)`, with which a dump begins. */
function setsPath(call: SqlNode): boolean {
  const [name] = nodes(call["args"]);
  return words(call["funcname"]).at(-1) === "set_config" &&
    fields(fields(name?.["A_Const"])["sval"])["sval"] === "search_path";
}

/** Statements after which more may be there, or less, than is known. */
const MAY_CHANGE_MORE = /^(ImportForeignSchemaStmt|DoStmt|CreateExtensionStmt|CallStmt)$/;

/** Whether what a statement does to the catalogue is not followed. */
export function isLost(node: SqlNode, unknown: string | null): boolean {
  const [kind, inner] = opened(node);
  const isPath = kind === "VariableSetStmt" &&
    (inner["name"] === "search_path" || inner["kind"] === "VAR_RESET_ALL");
  const isRolledBack = kind === "TransactionStmt" && /ROLLBACK/.test(word(inner["kind"]));
  return unknown !== null || isPath || isRolledBack || MAY_CHANGE_MORE.test(kind) ||
    kind === "SelectStmt" && within(inner, "FuncCall").some(setsPath);
}
