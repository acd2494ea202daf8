import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { joined, listed, written } from "./names.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import { lockQuery, rangesIn, readWork } from "./queries.ts";

/** CREATE TABLE: what it refers to, is made like, or becomes a part of. */
export function createTable(node: SqlNode, gathered: Gathered): void {
  const bound = node["partbound"];
  gathered.is(bound === undefined ? "CREATE TABLE" : "CREATE TABLE … PARTITION OF");
  for (const { RangeVar } of nodes(node["inhRelations"])) {
    const parent = gathered.lock(
      written(fields(RangeVar)),
      bound === undefined ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock",
    );
    if (bound === undefined) continue;
    for (const { references } of parent.constraints) {
      if (references !== null) gathered.lockTree(references, "ShareRowExclusiveLock");
    }
    const other = gathered.known.childrenOf(parent.name).find(({ isDefault }) => isDefault);
    if (other === undefined) continue;
    gathered.lock(other.name, "AccessExclusiveLock");
    gathered.work("scan", other, "it may hold rows that belong into the new partition", {
      unless: "a valid CHECK says that it holds none",
    });
  }
  for (const element of nodes(node["tableElts"])) {
    const like = fields(element["TableLikeClause"])["relation"];
    if (like !== undefined) gathered.lock(written(fields(like)), "AccessShareLock");
    const constraints = [element, ...nodes(fields(element["ColumnDef"])["constraints"])];
    for (const { Constraint } of constraints) {
      const { contype, pktable } = fields(Constraint);
      if (contype === "CONSTR_FOREIGN" && pktable !== undefined) {
        gathered.lockTree(written(fields(pktable)), "ShareRowExclusiveLock");
      }
    }
  }
}

/** CREATE TABLE … AS, CREATE MATERIALIZED VIEW. */
export function createAs(node: SqlNode, gathered: Gathered): void {
  gathered.is(node["objtype"] === "OBJECT_MATVIEW" ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE … AS");
  const query = fields(node["query"]);
  const read = lockQuery(query, gathered);
  if (fields(node["into"])["skipData"] !== true) readWork(fields(query["SelectStmt"]), read, gathered);
}

/** CREATE VIEW. */
export function createView(node: SqlNode, gathered: Gathered): void {
  const replaces = node["replace"] === true;
  gathered.is(replaces ? "CREATE OR REPLACE VIEW" : "CREATE VIEW");
  for (const range of rangesIn(node["query"])) gathered.lock(written(range), "AccessShareLock");
  if (!replaces) return;
  const name = written(fields(node["view"]));
  if (gathered.known.find(name) !== undefined || !gathered.known.isWhole) {
    gathered.lock(name, "AccessExclusiveLock", "view");
  }
}

/** REFRESH MATERIALIZED VIEW. */
export function refresh(node: SqlNode, gathered: Gathered): void {
  const isConcurrent = node["concurrent"] === true;
  gathered.is(`REFRESH MATERIALIZED VIEW${isConcurrent ? " CONCURRENTLY" : ""}`);
  const name = written(fields(node["relation"]));
  const view = gathered.lock(
    name,
    isConcurrent ? "ExclusiveLock" : "AccessExclusiveLock",
    "materialized view",
  );
  for (const below of view.reads) lockBelow(below, gathered);
  if (node["skipData"] === true) return;
  gathered.work(
    "refresh",
    view,
    isConcurrent ? "the new rows are compared with those that are there" : "its rows are worked out anew",
  );
}

function lockBelow(name: string, gathered: Gathered): void {
  const relation = gathered.lock(name, "AccessShareLock");
  if (relation.kind === "view") { for (const below of relation.reads) lockBelow(below, gathered); }
  else gathered.lockTree(name, "AccessShareLock");
}

/** CREATE TRIGGER. */
export function createTrigger(node: SqlNode, gathered: Gathered): void {
  gathered.is(`CREATE ${node["isconstraint"] === true ? "CONSTRAINT " : ""}TRIGGER`);
  const table = gathered.lock(written(fields(node["relation"])), "ShareRowExclusiveLock");
  if (node["row"] === true) gathered.lockTree(table.name, "ShareRowExclusiveLock");
  if (node["constrrel"] !== undefined) gathered.lock(written(fields(node["constrrel"])), "AccessShareLock");
}

/** A statement that names one relation, and takes one lock on it. */
export function onRelation(kind: string, mode: string, field = "relation") {
  return (node: SqlNode, gathered: Gathered): void => {
    gathered.is(kind);
    gathered.lock(written(fields(node[field])), mode);
  };
}

/** CREATE STATISTICS. */
export function createStatistics(node: SqlNode, gathered: Gathered): void {
  gathered.is("CREATE STATISTICS");
  for (const { RangeVar } of nodes(node["relations"])) {
    gathered.lock(written(fields(RangeVar)), "ShareUpdateExclusiveLock");
  }
}

/** Objects that lie within a relation, and are named after it. */
const WITHIN = /^OBJECT_(COLUMN|TABCONSTRAINT|TRIGGER|RULE|POLICY)$/;
const WHOLE = /^OBJECT_(TABLE|VIEW|MATVIEW|INDEX|SEQUENCE|FOREIGN_TABLE)$/;

/** COMMENT ON, SECURITY LABEL. */
export function comment(node: SqlNode, gathered: Gathered): void {
  const type = word(node["objtype"]);
  gathered.is(`COMMENT ON ${type.replace("OBJECT_", "").replace("TABCONSTRAINT", "CONSTRAINT")}`);
  const object = fields(node["object"]);
  if (WHOLE.test(type)) gathered.lock(listed(object), "ShareUpdateExclusiveLock");
  if (WITHIN.test(type)) {
    gathered.lock(joined(words(fields(object["List"])["items"]).slice(0, -1)), "ShareUpdateExclusiveLock");
  }
}
