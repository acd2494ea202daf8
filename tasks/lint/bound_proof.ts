import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Relation } from "./relations.ts";

/** The constraint that says that all rows of a table lie within a partition's bounds; null: none is known to. */
export function boundProof(_partition: Relation, _parent: Relation, _bound: SqlNode): string | null {
  return null;
}
