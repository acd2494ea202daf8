import type { SqlNode } from "../postgres/sql_parser.ts";
import { newPartition } from "./alter_partition.ts";
import { Gathered } from "./gathered.ts";
import { joined, listed, written } from "./names.ts";
import { fields, nodes, within, word, words } from "./nodes.ts";
import { CHANGES, lockedRows, lockQuery, rangesIn, readWork } from "./queries.ts";
import { ofType } from "./typed_tables.ts";

/** CREATE TABLE: what it refers to, is made like, or becomes a part of. */
export function createTable(node: SqlNode, gathered: Gathered): void {
  const bound = node["partbound"];
  gathered.is(bound === undefined ? "CREATE TABLE" : "CREATE TABLE … PARTITION OF");
  const isThere = gathered.known.find(written(fields(node["relation"]))) !== undefined;
  if (node["if_not_exists"] === true && isThere) return;
  for (const { RangeVar } of nodes(node["inhRelations"])) {
    const parent = gathered.lock(
      written(fields(RangeVar)),
      bound === undefined ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock",
    );
    if (bound === undefined) continue;
    for (const { references } of parent.constraints) {
      if (references !== null) gathered.lockTree(references, "ShareRowExclusiveLock");
    }
    newPartition(parent, "it may hold rows that belong into the new partition", gathered);
  }
  if (node["ofTypename"] !== undefined) ofType(fields(node["ofTypename"]), gathered);
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
  if (node["skipData"] === true) return;
  for (const below of view.reads) lockBelow(below, gathered);
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

/** CREATE RULE: what it will do is looked up now. */
export function createRule(node: SqlNode, gathered: Gathered): void {
  gathered.is("CREATE RULE");
  for (const action of nodes(node["actions"])) {
    for (const { relation, mode } of locksOfAction(action, gathered)) gathered.lock(relation, mode);
  }
  gathered.lock(written(fields(node["relation"])), "AccessExclusiveLock");
}

function locksOfAction(action: SqlNode, { known, version }: Gathered) {
  const own = new Gathered(known, version);
  for (const range of rangesIn(action)) {
    if (!/^(old|new)$/.test(word(range["relname"]))) own.lock(written(range), "AccessShareLock");
  }
  for (const kind of ["InsertStmt", "UpdateStmt", "DeleteStmt"]) {
    for (const change of within(action, kind)) {
      own.lock(written(fields(change["relation"])), "RowExclusiveLock");
    }
  }
  return own.effects("").locks;
}

/** CREATE FUNCTION: a body that is SQL, and no text, is looked up now, with the views that it reads. */
export function createFunction(node: SqlNode, gathered: Gathered): void {
  gathered.is(node["is_procedure"] === true ? "CREATE PROCEDURE" : "CREATE FUNCTION");
  const body = node["sql_body"];
  for (const range of rangesIn(body)) lockLookedUp(written(range), "AccessShareLock", gathered);
  for (const select of within(body, "SelectStmt")) {
    for (const range of lockedRows(select)) lockLookedUp(written(range), "RowShareLock", gathered);
  }
  for (const kind of CHANGES) {
    for (const change of within(body, kind)) {
      lockLookedUp(written(fields(change["relation"])), "RowExclusiveLock", gathered);
    }
  }
}

function lockLookedUp(name: string, mode: string, gathered: Gathered): void {
  const relation = gathered.lock(name, mode);
  if (relation.kind === "view") { for (const below of relation.reads) lockLookedUp(below, mode, gathered); }
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
    const mode = type === "OBJECT_COLUMN" ? "ShareUpdateExclusiveLock" : "AccessShareLock";
    gathered.lock(joined(words(fields(object["List"])["items"]).slice(0, -1)), mode);
  }
}
