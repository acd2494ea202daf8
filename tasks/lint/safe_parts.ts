import type { Work } from "../model/statement_effects.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import { constraintOf, kindOfConstraint } from "./apply_table.ts";
import type { Judged } from "./judged.ts";
import { quoted } from "./names.ts";
import { fields, nodes } from "./nodes.ts";

/** The first subcommand of a kind; undefined: the statement has none. */
export function commandOf({ node }: Judged, subtype: string): SqlNode | undefined {
  return nodes(node["cmds"]).map(({ AlterTableCmd }) => fields(AlterTableCmd)).find((each) =>
    each["subtype"] === subtype
  );
}

/** A constraint that a statement adds. */
export interface AddedConstraint {
  /** As it is called, or PostgreSQL would call it. */
  readonly name: string;
  /** The statement, where it does nothing else, with that name; null: it does more. */
  readonly definition: string | null;
}

/** The constraint that a piece of work is for; null where the statement adds none of that kind. */
export function addedConstraint(judged: Judged, work: Work): AddedConstraint | null {
  const commands = nodes(judged.node["cmds"]).map(({ AlterTableCmd }) => fields(AlterTableCmd));
  const wanted = work.kind === "look-up" ? ["CONSTR_FOREIGN"] : ["CONSTR_CHECK", "CONSTR_NOTNULL"];
  const added = commands.map(({ def }) => fields(fields(def)["Constraint"]))
    .find(({ contype }) => wanted.includes(contype as string));
  const kind = added === undefined ? undefined : kindOfConstraint(added);
  if (added === undefined || kind === undefined) return null;
  const { name } = constraintOf(added, kind, [], judged.known.relation(work.relation), judged.known);
  const isNamed = added["conname"] !== undefined;
  const definition = commands.length > 1
    ? null
    : isNamed
    ? judged.oneLine
    : judged.oneLine.replace(/\bADD\s+/i, `ADD CONSTRAINT ${quoted(name)} `);
  return { name: quoted(name), definition };
}
