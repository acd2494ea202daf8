import type { SqlNode } from "../postgres/sql_parser.ts";
import { constraintOf, kindOfConstraint } from "./apply_table.ts";
import type { Judged } from "./judged.ts";
import { quoted, written } from "./names.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import { notNullProof } from "./not_null.ts";
import { freeName } from "./object_names.ts";
import type { Relation } from "./relations.ts";
import type { AlterText, StatementText } from "./statement_text.ts";

/** A constraint that a statement adds, and what it is written as. */
export interface Added {
  readonly node: SqlNode;
  /** Its columns, where it stands in the definition of one. */
  readonly inline: readonly string[];
  /** Its tokens. */
  readonly from: number;
  readonly to: number;
}

const ALONE = "-- in a file of its own, without BEGIN and COMMIT: it is refused within a transaction";

/** What is said before a statement that must be a transaction by itself, where it stands in another one. */
export function aloneFirst({ transaction }: Pick<Judged, "transaction">): string[] {
  return transaction === null ? [] : [ALONE];
}

/** The table that an ALTER TABLE changes. */
export function targetOf({ node, known }: Pick<Judged, "node" | "known">): Relation {
  return known.relation(written(fields(node["relation"])));
}

/** What makes a column NOT NULL, with its rows read beside those who write. */
export function notNullSteps(head: string, column: string, table: Relation): string[] {
  const name = quoted(
    freeName(
      { name: quoted(column) },
      "",
      "not_null",
      (each) => table.constraints.some((other) => other.name === each),
    ),
  );
  return [
    `${head} ADD CONSTRAINT ${name} CHECK (${quoted(column)} IS NOT NULL) NOT VALID;`,
    `${head} VALIDATE CONSTRAINT ${name};`,
    `${head} ALTER COLUMN ${quoted(column)} SET NOT NULL; -- believes the check, and reads no row`,
    `${head} DROP CONSTRAINT ${name};`,
  ];
}

/** A constraint that binds new rows at once, and has the old ones read beside those who write. */
export function validatedSteps(judged: Judged, alter: AlterText, added: Added): string[] {
  const { head, text } = alter;
  const name = nameOf(judged, added);
  const from = text.is(added.from, "CONSTRAINT") ? added.from + 2 : added.from;
  const key = added.inline.length > 0 && added.node["contype"] === "CONSTR_FOREIGN"
    ? `FOREIGN KEY (${added.inline.map(quoted).join(", ")}) `
    : "";
  return [
    `${head} ADD CONSTRAINT ${name} ${key}${text.slice(from, added.to)} NOT VALID;`,
    `${head} VALIDATE CONSTRAINT ${name};`,
  ];
}

/** Whether a foreign key may be added so: PostgreSQL 18 is the first to let it be on a table that is divided. */
export function mayBeNotValid({ facts: { version } }: Judged, { node }: Added, table: Relation): boolean {
  return version >= 18 ||
    !(node["contype"] === "CONSTR_FOREIGN" && table.kind === "partitioned table") &&
      node["contype"] !== "CONSTR_NOTNULL";
}

function nameOf({ known, node }: Judged, added: Added): string {
  const kind = kindOfConstraint(added.node)!;
  const table = targetOf({ node, known });
  return quoted(constraintOf(added.node, kind, added.inline, table, known).name);
}

const DIVIDED =
  "PostgreSQL indexes no partitioned table beside those who write. Add the constraint by ALTER TABLE ONLY, which makes an index that is not valid yet; then to each partition by CREATE UNIQUE INDEX CONCURRENTLY and ADD CONSTRAINT … USING INDEX; and join each to the first by ALTER INDEX … ATTACH PARTITION.";

/** A key by an index that was built beside those who write: the steps, or why there are none. */
export function keySteps(judged: Judged, alter: AlterText, added: Added): readonly string[] | string {
  const { node } = added;
  const table = targetOf(judged);
  if (node["contype"] === "CONSTR_EXCLUSION") {
    return "PostgreSQL builds no index of an exclusion constraint beside those who write: do it when few do.";
  }
  if (node["without_overlaps"] === true) {
    return "PostgreSQL builds no index WITHOUT OVERLAPS beside those who write: do it when few do.";
  }
  if (table.kind === "partitioned table") return DIVIDED;
  const isPrimary = node["contype"] === "CONSTR_PRIMARY";
  const columns = added.inline.length > 0 ? added.inline : words(node["keys"]);
  const name = nameOf(judged, added);
  const nullable = isPrimary ? columns.filter((column) => notNullProof(table, column) === null) : [];
  return [
    ...nullable.flatMap((column) => notNullSteps(alter.head, column, table)),
    ...aloneFirst(judged),
    `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${alter.table} (${columns.map(quoted).join(", ")})${
      indexClauses(alter.text, added)
    };`,
    `${alter.head} ADD CONSTRAINT ${name} ${isPrimary ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${name}${
      deferring(node)
    };`,
  ];
}

/** What an index of a key has besides its columns. */
function indexClauses(text: StatementText, { node, from, to }: Added): string {
  const including = words(node["including"]).map(quoted).join(", ");
  const options = nodes(node["options"]).length === 0 ? -1 : text.find("WITH", from, to);
  const space = word(node["indexspace"]);
  return [
    ...including === "" ? [] : [`INCLUDE (${including})`],
    ...node["nulls_not_distinct"] === true ? ["NULLS NOT DISTINCT"] : [],
    ...options < 0 ? [] : [text.slice(options, text.bracketEnd(options + 1))],
    ...space === "" ? [] : [`TABLESPACE ${quoted(space)}`],
  ].map((clause) => ` ${clause}`).join("");
}

function deferring(node: SqlNode): string {
  return `${node["deferrable"] === true ? " DEFERRABLE" : ""}${
    node["initdeferred"] === true ? " INITIALLY DEFERRED" : ""
  }`;
}

/** The first constraint of some kinds that a statement of one subcommand adds; null: it is another one. */
export function addedBy(alter: AlterText, kinds: readonly string[]): Added | null {
  const [command] = alter.commands;
  const node = fields(fields(command?.node["def"])["Constraint"]);
  if (command === undefined || !kinds.includes(word(node["contype"]))) return null;
  return { node, inline: [], from: alter.text.indexOf(node["location"]), to: command.to };
}
