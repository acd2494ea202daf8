import type { Constraint, Node } from "libpg-query";
import type { TableLock } from "./load_steps.ts";
import { names, relationName, type SchemaStatement, schemaStatements } from "./schema_statements.ts";

/** A statement that is run after the load, with the tables it uses. */
export interface DdlStatement {
  readonly text: string;
  /** The table it is about, `schema.table`. */
  readonly table: string;
  readonly locks: readonly TableLock[];
}

/** The statements of queries/schema/<dataset>/<file>, each with the locks that PostgreSQL takes for it. */
export async function ddl(dataset: string, file: string): Promise<DdlStatement[]> {
  return (await schemaStatements(`${dataset}/${file}`)).map(describe);
}

/** The columns of each primary key by table (without its schema), as constraints.sql declares them. */
export async function primaryKeys(dataset: string): Promise<Record<string, readonly string[]>> {
  const keys: Record<string, readonly string[]> = {};
  for (const { node } of await schemaStatements(`${dataset}/constraints.sql`)) {
    if (!("AlterTableStmt" in node)) continue;
    const key = addedConstraints(node).find(({ contype }) => contype === "CONSTR_PRIMARY");
    if (key !== undefined) keys[node.AlterTableStmt.relation!.relname!] = names(key.keys);
  }
  return keys;
}

/** What a data set's constraints and indexes are called. */
export async function declaredNames(dataset: string): Promise<string[]> {
  const files = ["constraints.sql", "indexes.sql"].map((file) => schemaStatements(`${dataset}/${file}`));
  return (await Promise.all(files)).flat().flatMap(({ node }) =>
    "IndexStmt" in node ? [node.IndexStmt.idxname!] : addedConstraints(node).map(({ conname }) => conname!)
  );
}

/** The constraints that an ALTER TABLE adds; of another statement none. */
function addedConstraints(node: Node): Constraint[] {
  if (!("AlterTableStmt" in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((cmd) => {
    const def = "AlterTableCmd" in cmd ? cmd.AlterTableCmd.def : undefined;
    return def !== undefined && "Constraint" in def ? [def.Constraint] : [];
  });
}

function describe({ text, node }: SchemaStatement): DdlStatement {
  if ("IndexStmt" in node) {
    const table = relationName(node.IndexStmt.relation!);
    return { text, table, locks: [{ table, mode: "share" }] };
  }
  if (!("AlterTableStmt" in node)) {
    throw new Error(`Cannot run "${text.slice(0, 60)}…" after the load: what it locks is not known`);
  }
  const { relation, cmds = [] } = node.AlterTableStmt;
  const table = relationName(relation!);
  const validates = cmds.every((cmd) =>
    "AlterTableCmd" in cmd && cmd.AlterTableCmd.subtype === "AT_ValidateConstraint"
  );
  if (validates) return { text, table, locks: [{ table, mode: "share update exclusive" }] };
  const referenced = addedConstraints(node).flatMap(({ pktable }) => pktable ? [relationName(pktable)] : []);
  return {
    text,
    table,
    locks: [
      { table, mode: referenced.length === cmds.length ? "share row exclusive" : "access exclusive" },
      ...referenced.filter((name) => name !== table).map((name) => ({
        table: name,
        mode: "share row exclusive" as const,
      })),
    ],
  };
}
