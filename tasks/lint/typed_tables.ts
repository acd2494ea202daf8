import type { Gathered } from "./gathered.ts";
import type { Relation } from "./relations.ts";

/** Tables that were made of a type follow it. */
export function typedTables({ name }: Relation, gathered: Gathered, mode: string): void {
  for (const table of [...gathered.known.all()]) {
    if (table.ofType === name) gathered.lockTree(table.name, mode);
  }
  if (!gathered.known.isWhole) gathered.cannotTell("which tables are made of the type, which are locked too");
}
