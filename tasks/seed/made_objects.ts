import { join } from "node:path";
import type { CommentStmt, Constraint, CreateStmt, Node } from "libpg-query";
import { names, relationName, schemaStatements } from "./schema_statements.ts";
import { SCHEMA_FOLDER } from "./sql.ts";

/**
 * What the SQL files of queries/schema/<folder> make, as PostgreSQL's pg_identify_object writes it, functions without
 * their arguments: "table northwind.orders", "index northwind.orders_customer_id". While a data set is being loaded
 * there is no other record of what is ours.
 */
export async function madeObjects(folder: string): Promise<string[]> {
  const files = [...Deno.readDirSync(join(SCHEMA_FOLDER, folder))].filter(({ name }) =>
    name.endsWith(".sql")
  );
  const statements = await Promise.all(files.map(({ name }) => schemaStatements(`${folder}/${name}`)));
  return statements.flat().flatMap(({ node }) => madeBy(node));
}

function madeBy(node: Node): string[] {
  if ("CreateSchemaStmt" in node) return [`schema ${node.CreateSchemaStmt.schemaname}`];
  if ("CreateStmt" in node) return tableParts(node.CreateStmt);
  if ("ViewStmt" in node) return [`view ${relationName(node.ViewStmt.view!)}`];
  if ("CompositeTypeStmt" in node) return [`type ${relationName(node.CompositeTypeStmt.typevar!)}`];
  if ("CreateFunctionStmt" in node) return [`function ${names(node.CreateFunctionStmt.funcname).join(".")}`];
  if ("CommentStmt" in node) return commented(node.CommentStmt);
  if ("IndexStmt" in node) {
    const { idxname, relation } = node.IndexStmt;
    return [`index ${relation!.schemaname}.${idxname}`];
  }
  if (!("AlterTableStmt" in node)) return [];
  const { relation, cmds = [] } = node.AlterTableStmt;
  const table = relationName(relation!);
  return cmds.flatMap((cmd) => {
    const def = "AlterTableCmd" in cmd ? cmd.AlterTableCmd.def : undefined;
    return def === undefined ? [] : columnParts(def, table);
  });
}

function tableParts({ relation, tableElts = [] }: CreateStmt): string[] {
  const table = relationName(relation!);
  return [`table ${table}`, ...tableElts.flatMap((part) => columnParts(part, table))];
}

/** A column with its default value and its constraints, or a constraint that stands beside the columns. */
function columnParts(part: Node, table: string): string[] {
  if ("Constraint" in part) return constraintsOf([part.Constraint], table);
  if (!("ColumnDef" in part)) return [];
  const { colname, constraints = [] } = part.ColumnDef;
  const own = constraints.flatMap((each) => "Constraint" in each ? [each.Constraint] : []);
  return [
    `table column ${table}.${colname}`,
    ...own.some(({ contype }) => contype === "CONSTR_DEFAULT")
      ? [`default value for ${table}.${colname}`]
      : [],
    ...constraintsOf(own, table),
  ];
}

function constraintsOf(constraints: readonly Constraint[], table: string): string[] {
  return constraints.flatMap(({ conname }) =>
    conname === undefined ? [] : [`table constraint ${conname} on ${table}`]
  );
}

const COMMENTED: Readonly<Record<string, string>> = {
  OBJECT_SCHEMA: "schema",
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_TYPE: "type",
  OBJECT_FUNCTION: "function",
};

function commented({ objtype, object }: CommentStmt): string[] {
  const name = nameOf(object!);
  if (objtype === "OBJECT_TABCONSTRAINT") {
    return [`comment on table constraint ${name.at(-1)} on ${name.slice(0, -1).join(".")}`];
  }
  const kind = COMMENTED[objtype!];
  return kind === undefined ? [] : [`comment on ${kind} ${name.join(".")}`];
}

function nameOf(object: Node): string[] {
  if ("List" in object) return names(object.List.items);
  if ("ObjectWithArgs" in object) return names(object.ObjectWithArgs.objname);
  if ("TypeName" in object) return names(object.TypeName.names);
  return names([object]);
}
