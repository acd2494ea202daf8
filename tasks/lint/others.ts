import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { joined, quoted, written } from "./names.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import { lockQuery } from "./queries.ts";
import { routed } from "./routed_rows.ts";

const UPKEEP = "ShareUpdateExclusiveLock";

/** COPY. */
export function copy(node: SqlNode, gathered: Gathered): void {
  const isFrom = node["is_from"] === true;
  gathered.is(isFrom ? "COPY … FROM" : "COPY … TO");
  if (node["query"] !== undefined) return void lockQuery(fields(node["query"]), gathered);
  const table = gathered.lock(
    written(fields(node["relation"])),
    isFrom ? "RowExclusiveLock" : "AccessShareLock",
  );
  if (isFrom) {
    gathered.work("row changes", table, "the rows that it is given", { allRows: false });
    routed(null, table, gathered);
  } else gathered.work("read", table, "it reads all rows");
}

/** CREATE and ALTER PUBLICATION. */
export function publication(node: SqlNode, gathered: Gathered): void {
  gathered.is(node["action"] === undefined ? "CREATE PUBLICATION" : "ALTER PUBLICATION");
  if (node["action"] === "AP_SetObjects") lockPublished(quoted(word(node["pubname"])), gathered);
  for (const { PublicationObjSpec } of nodes(node["pubobjects"])) {
    const { pubtable } = fields(PublicationObjSpec);
    if (pubtable === undefined) continue;
    const table = gathered.lock(written(fields(fields(pubtable)["relation"])), UPKEEP);
    // Partitions go with the whole.
    if (table.kind !== "partitioned table") gathered.lockTree(table.name, UPKEEP);
  }
}

/** Tables that a publication names, of which those that it is to name no more are opened too. */
function lockPublished(name: string, gathered: Gathered): void {
  const tables = gathered.known.publication(name);
  if (tables === undefined) {
    return gathered.cannotTell(
      "which tables the publication names now: those that it is to leave are locked too",
    );
  }
  for (const table of tables) gathered.lock(table, UPKEEP);
}

/** GRANT and REVOKE: from PostgreSQL 18 on they open the table. */
export function grant(node: SqlNode, gathered: Gathered): void {
  gathered.is(node["is_grant"] === true ? "GRANT" : "REVOKE");
  const isRelation = node["objtype"] === "OBJECT_TABLE" || node["objtype"] === "OBJECT_SEQUENCE";
  if (!isRelation || gathered.version < 18) return;
  for (const { RangeVar } of nodes(node["objects"])) {
    if (RangeVar !== undefined) gathered.lock(written(fields(RangeVar)), "AccessShareLock");
  }
}

/** CREATE SEQUENCE. */
export function createSequence(node: SqlNode, gathered: Gathered): void {
  gathered.is("CREATE SEQUENCE");
  ownedBy(node, gathered);
}

/** ALTER SEQUENCE. */
export function alterSequence(node: SqlNode, gathered: Gathered): void {
  gathered.is("ALTER SEQUENCE");
  gathered.lock(written(fields(node["sequence"])), "ShareRowExclusiveLock", "sequence");
  ownedBy(node, gathered);
}

/** The table that a sequence is said to go with. */
function ownedBy(node: SqlNode, gathered: Gathered): void {
  for (const { DefElem } of nodes(node["options"])) {
    const { defname, arg } = fields(DefElem);
    const parts = words(fields(fields(arg)["List"])["items"]);
    if (defname === "owned_by" && parts.length > 1) {
      gathered.lock(joined(parts.slice(0, -1)), "AccessShareLock");
    }
  }
}

/** ALTER DOMAIN: the rows of all tables that have a column of it are held against a new constraint. */
export function alterDomain(node: SqlNode, gathered: Gathered): void {
  gathered.is("ALTER DOMAIN");
  const subtype = word(node["subtype"]);
  const checks = subtype === "O" || subtype === "V" ||
    subtype === "C" && fields(fields(node["def"])["Constraint"])["skip_validation"] !== true;
  if (!checks) return;
  const domain = joined(words(node["typeName"]));
  if (!gathered.known.isWhole) {
    gathered.cannotTell("which tables have columns of the domain, whose rows are all read");
  }
  for (const relation of [...gathered.known.all()]) {
    if (
      relation.kind !== "table" || !relation.columns.some(({ type }) => gathered.known.isType(type, domain))
    ) continue;
    gathered.lock(relation.name, "ShareLock");
    gathered.work("scan", relation, "each value of the domain is held against the constraint");
  }
}
