import type { Node, RangeVar } from "libpg-query";
import { splitStatements } from "../postgres/sql_parser.ts";
import { schemaSql } from "./sql.ts";

/** A statement of one of our files. */
export interface SchemaStatement {
  readonly text: string;
  readonly node: Node;
}

/** The statements of queries/schema/<file>, by PostgreSQL's grammar. */
export async function schemaStatements(file: string): Promise<readonly SchemaStatement[]> {
  const found = await splitStatements(schemaSql(file));
  if ("message" in found) throw new Error(`Cannot read queries/schema/${file} as SQL: ${found.message}`);
  return found.map(({ text, node }) => ({ text, node: node as unknown as Node }));
}

/** `schema.table`. */
export function relationName({ schemaname, relname }: RangeVar): string {
  return `${schemaname}.${relname}`;
}

/** The parts of a name, or the names of a list. */
export function names(nodes: readonly Node[] = []): string[] {
  return nodes.flatMap((node) => "String" in node ? [node.String.sval!] : []);
}
