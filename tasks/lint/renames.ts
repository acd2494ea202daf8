import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { listed, written } from "./names.ts";
import { fields, word } from "./nodes.ts";
import { typedTables } from "./typed_tables.ts";
import type { RelationKind } from "./relations.ts";

const KINDS: Readonly<Record<string, readonly [said: string, kind: RelationKind]>> = {
  OBJECT_TABLE: ["TABLE", "table"],
  OBJECT_VIEW: ["VIEW", "view"],
  OBJECT_MATVIEW: ["MATERIALIZED VIEW", "materialized view"],
  OBJECT_INDEX: ["INDEX", "index"],
  OBJECT_SEQUENCE: ["SEQUENCE", "sequence"],
  OBJECT_FOREIGN_TABLE: ["FOREIGN TABLE", "foreign table"],
};

/** ALTER … RENAME. */
export function rename(node: SqlNode, gathered: Gathered): void {
  const type = word(node["renameType"]);
  const [said, kind] = KINDS[type] ?? KINDS[word(node["relationType"])] ?? ["TABLE", "table" as const];
  const what: Readonly<Record<string, string>> = {
    OBJECT_COLUMN: "RENAME COLUMN",
    OBJECT_TABCONSTRAINT: "RENAME CONSTRAINT",
    OBJECT_TRIGGER: "TRIGGER RENAME",
    OBJECT_RULE: "RULE RENAME",
    OBJECT_POLICY: "POLICY RENAME",
  };
  if (node["relation"] === undefined) {
    if (type === "OBJECT_TYPE") lockType(node, gathered);
    return gathered.is(`ALTER ${type.replace("OBJECT_", "").replaceAll("_", " ")} … RENAME`);
  }
  if (node["missing_ok"] === true && gathered.isMissing(written(fields(node["relation"])))) {
    return gathered.is(`ALTER ${said} IF EXISTS … RENAME`);
  }
  gathered.is(`ALTER ${said} … ${what[type] ?? "RENAME"}`);
  const name = written(fields(node["relation"]));
  if (type === "OBJECT_ATTRIBUTE") {
    const composite = gathered.lock(name, "AccessExclusiveLock", "composite type");
    if (node["behavior"] === "DROP_CASCADE") typedTables(composite, gathered, "AccessExclusiveLock");
  } else if (type === "OBJECT_INDEX") gathered.lock(name, "ShareUpdateExclusiveLock", "index");
  else if (
    type === "OBJECT_COLUMN" || type === "OBJECT_TABCONSTRAINT" ||
    type === "OBJECT_TRIGGER" && gathered.version >= 15
  ) {
    gathered.lockTree(name, "AccessExclusiveLock");
  } else gathered.lock(name, "AccessExclusiveLock", kind);
}

/** A composite type is a relation; another type is none. */
function lockType(node: SqlNode, gathered: Gathered): void {
  const type = gathered.known.find(listed(fields(node["object"])));
  if (type?.kind === "composite type") gathered.lock(type.name, "AccessExclusiveLock");
}

/** ALTER … OWNER TO, of what is no table. */
export function changeOwner(node: SqlNode, gathered: Gathered): void {
  const type = word(node["objectType"]);
  gathered.is(`ALTER ${type.replace("OBJECT_", "").replaceAll("_", " ")} … OWNER TO`);
  if (type === "OBJECT_TYPE") lockType(node, gathered);
}

/** ALTER … SET SCHEMA. */
export function setSchema(node: SqlNode, gathered: Gathered): void {
  const [said, kind] = KINDS[word(node["objectType"])] ?? [];
  gathered.is(`ALTER ${said ?? word(node["objectType"]).replace("OBJECT_", "")} … SET SCHEMA`);
  if (node["relation"] === undefined) return;
  const table = gathered.lock(written(fields(node["relation"])), "AccessExclusiveLock", kind);
  for (const { sequences } of table.columns) {
    for (const sequence of sequences) gathered.lock(sequence, "AccessExclusiveLock", "sequence");
  }
}
