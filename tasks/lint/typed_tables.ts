import type { Gathered } from "./gathered.ts";
import type { Relation } from "./relations.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import { typeName } from "./type_names.ts";

/** A table is made of a type, which then stays as it is until the transaction ends. @param node a TypeName */
export function ofType(node: SqlNode, gathered: Gathered): void {
  gathered.lock(typeName(node), "AccessShareLock", "composite type");
}

/** Tables that were made of a type follow it. */
export function typedTables({ name }: Relation, gathered: Gathered, mode: string): void {
  for (const table of [...gathered.known.all()]) {
    if (table.ofType === name) gathered.lockTree(table.name, mode);
  }
  if (!gathered.known.isWhole) gathered.cannotTell("which tables are made of the type, which are locked too");
}
