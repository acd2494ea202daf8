import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Judged } from "./judged.ts";
import { quoted } from "./names.ts";
import { fields, nodes, word } from "./nodes.ts";
import { type Added, keySteps, mayBeNotValid, notNullSteps, targetOf, validatedSteps } from "./safe_keys.ts";
import type { AlterText } from "./statement_text.ts";
import { SERIAL, typeName } from "./type_names.ts";
import { volatileCall } from "./volatile.ts";

/** A clause of a column's definition. */
interface Clause extends Added {
  readonly kind: string;
}

/** A column that is added so that nothing is written or read while nobody can use the table; or why there is no such way. */
export function addedColumn(judged: Judged, alter: AlterText): string {
  const { text, head, table } = alter;
  const [{ node, from, to }] = alter.commands as [AlterText["commands"][number]];
  const column = fields(fields(node["def"])["ColumnDef"]);
  const name = quoted(word(column["colname"]));
  const clauses = clausesOf(column, alter, to);
  const ofKind = (...kinds: string[]) => clauses.filter(({ kind }) => kinds.includes(kind));
  const words = noForm(column, ofKind, judged);
  if (words !== null) return words;
  const [given] = ofKind("CONSTR_DEFAULT");
  const isVolatile = given !== undefined && volatileCall(given.node["raw_expr"], judged.known) !== null;
  const notNull = ofKind("CONSTR_NOTNULL");
  const later: readonly Clause[] = [
    ...ofKind("CONSTR_CHECK", "CONSTR_FOREIGN", "CONSTR_UNIQUE"),
    ...isVolatile ? [given] : [],
    ...isVolatile || given === undefined ? notNull : [],
  ];
  const first = Math.min(...clauses.map((clause) => clause.from), to);
  const kept = [text.slice(from, first), ...clauses.filter((each) => !later.includes(each)).map(textOf)];
  const value = given === undefined ? "…" : text.slice(given.from + 1, given.to);
  const isFilled = isVolatile || given === undefined && notNull.length > 0;
  const checked = [...ofKind("CONSTR_CHECK"), ...ofKind("CONSTR_FOREIGN")];
  const tree = targetOf(judged);
  if (checked.some((each) => !mayBeNotValid(judged, each, tree))) return OF_PARTITIONS;
  const keys = ofKind("CONSTR_UNIQUE").map((key) => keySteps(judged, alter, key));
  const refused = keys.find((key) => typeof key === "string");
  if (typeof refused === "string") return refused;
  return [
    `${head} ${kept.join(" ")};`,
    ...isFilled
      ? [
        `${head} ALTER COLUMN ${name} SET DEFAULT ${value};`,
        `-- UPDATE ${table} SET ${name} = ${value} WHERE ${name} IS NULL AND key > … AND key <= …, some rows at a time`,
      ]
      : [],
    ...isFilled ? notNull.flatMap((each) => filledSteps(judged, alter, each)) : [],
    ...checked.flatMap((each) => validatedSteps(judged, alter, each)),
    ...keys.flat(),
  ].join("\n");

  function textOf(clause: Clause): string {
    return text.slice(clause.from, clause.to);
  }
}

/** What says that a column which is filled has no NULL; before PostgreSQL 18 such a constraint has no name. */
function filledSteps(judged: Judged, alter: AlterText, clause: Clause): string[] {
  const [column] = clause.inline as [string];
  if (judged.facts.version < 18 || word(clause.node["conname"]) === "") {
    return notNullSteps(alter.head, column, targetOf(judged));
  }
  const name = quoted(word(clause.node["conname"]));
  return [
    `${alter.head} ADD CONSTRAINT ${name} NOT NULL ${quoted(column)} NOT VALID;`,
    `${alter.head} VALIDATE CONSTRAINT ${name};`,
  ];
}

const OF_PARTITIONS =
  "Before PostgreSQL 18 a foreign key of a partitioned table cannot be NOT VALID: add it to each partition so, validate it there, and then to the whole, which takes over what is valid.";

/** The clauses behind a column's type; DEFERRABLE and its like go with what they stand behind. */
function clausesOf(column: SqlNode, { text }: AlterText, end: number): Clause[] {
  const inline = [word(column["colname"])];
  const collation = column["collClause"] === undefined
    ? []
    : [{ node: {} as SqlNode, kind: "COLLATE", place: fields(column["collClause"])["location"] }];
  const all = nodes(column["constraints"]).map(({ Constraint }) => fields(Constraint))
    .map((node) => ({ node, kind: word(node["contype"]), place: node["location"] }));
  const parts = [...collation, ...all].map((each) => ({ ...each, from: text.indexOf(each.place) }))
    .sort((a, b) => a.from - b.from);
  const heads = parts.filter(({ kind }) => !kind.startsWith("CONSTR_ATTR"));
  return heads.map(({ node, kind, from }, at) => ({
    node: withAttributes(
      node,
      parts.filter((each) => each.from > from && each.from < (heads[at + 1]?.from ?? end)),
    ),
    kind,
    inline,
    from,
    to: heads[at + 1]?.from ?? end,
  }));
}

/** As a constraint of the table has them. */
function withAttributes(node: SqlNode, attributes: readonly { readonly kind: string }[]): SqlNode {
  const has = (kind: string) => attributes.some((each) => each.kind === kind);
  return {
    ...node,
    ...has("CONSTR_ATTR_DEFERRABLE") || has("CONSTR_ATTR_DEFERRED") ? { deferrable: true } : {},
    ...has("CONSTR_ATTR_DEFERRED") ? { initdeferred: true } : {},
  };
}

/** Why a column has no form that does the same; null: it has one. */
function noForm(
  column: SqlNode,
  ofKind: (...kinds: string[]) => readonly Clause[],
  { known }: Judged,
): string | null {
  const type = typeName(fields(column["typeName"]));
  if (SERIAL[type] !== undefined) {
    return `Add the column as ${
      SERIAL[type]
    } without a default, and a sequence that it owns; set its default to nextval() of that; fill it some rows at a time; then make it NOT NULL by a check that is validated.`;
  }
  if (ofKind("CONSTR_IDENTITY").length > 0) {
    return `Add the column as ${type} alone; fill it some rows at a time, as a trigger does for new rows; make it NOT NULL by a check that is validated; then ALTER COLUMN … ADD GENERATED … AS IDENTITY, which reads no row, and set its sequence.`;
  }
  if (ofKind("CONSTR_GENERATED").length > 0) {
    return "A column that is VIRTUAL (from PostgreSQL 18 on) is worked out when it is read, and writes nothing. One that is kept can be a plain one, which a trigger fills, and which is filled some rows at a time.";
  }
  if (known.isHeldDomain(type)) {
    return "Add the column by the domain's own type; fill it some rows at a time; and hold it to a check like the domain's, which is NOT VALID first and then validated.";
  }
  if (ofKind("CONSTR_PRIMARY").length > 0) {
    return "Add the column alone; fill it some rows at a time; make it NOT NULL by a check that is validated; then build its index by CREATE UNIQUE INDEX CONCURRENTLY, and add the key by it: PRIMARY KEY USING INDEX.";
  }
  return null;
}

/** Another type, by a column beside the one that is there. */
export function otherType({ text, table, head, commands }: AlterText): string {
  const [{ node, to }] = commands as [AlterText["commands"][number]];
  const definition = fields(fields(node["def"])["ColumnDef"]);
  const name = word(node["name"]);
  const using = text.find("USING", 0, to);
  const type = text.slice(
    text.indexOf(fields(definition["typeName"])["location"]),
    definition["raw_default"] === undefined ? to : using,
  );
  const [column, next] = [quoted(name), quoted(`${name}_new`)];
  const value = definition["raw_default"] === undefined ? column : text.slice(using + 1, to);
  return [
    `${head} ADD COLUMN ${next} ${type};`,
    `-- a trigger that sets ${next} to ${value} wherever a row is inserted or updated`,
    `-- UPDATE ${table} SET ${next} = ${value} WHERE key > … AND key <= …, some rows at a time`,
    `-- what ${column} has of default, NOT NULL, constraints and indexes for ${next} too, each beside those who write`,
    `-- and, in one transaction under lock_timeout: drop the trigger and ${column}, rename ${next} to ${column}`,
  ].join("\n");
}
