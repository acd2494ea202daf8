import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Gathered } from "./gathered.ts";
import { lastPart, quoted, written } from "./names.ts";
import { fields, nodes, opened, within, word } from "./nodes.ts";
import { columnsIn } from "./not_null.ts";
import type { Relation } from "./relations.ts";
import { lockPartitions, targetsOf } from "./routed_rows.ts";
import { isBuiltIn, nameOf } from "./volatile.ts";

/** Statements that change rows. */
export const CHANGES = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"] as const;

/**
 * The locks of a query, and of what it changes.
 * @param node e.g. `{ SelectStmt: … }`
 * @returns the relations that it reads
 */
export function lockQuery(node: SqlNode, gathered: Gathered): readonly Relation[] {
  const read = rangesIn(node).map((range) =>
    lockRead(written(range), "AccessShareLock", gathered, range["inh"] === true)
  );
  const tables = new Set(rangesIn(node));
  for (const select of within(node, "SelectStmt")) {
    for (const range of lockedRows(select)) {
      if (tables.has(range)) lockRead(written(range), "RowShareLock", gathered);
    }
  }
  for (const kind of CHANGES) {
    for (const change of within(node, kind)) lockChanged(kind, change, gathered);
  }
  for (const call of within(node, "FuncCall")) {
    const name = nameOf(call);
    if (/^(nextval|setval)$/.test(lastPart(name))) lockSequence(call, gathered);
    if (gathered.known.volatility(name) === "volatile") {
      gathered.cannotTell(`what the function ${name} does, which is called`);
    }
  }
  return read;
}

/** The sequence that is named by a text. */
function lockSequence(call: SqlNode, gathered: Gathered): void {
  const [first] = nodes(call["args"]);
  const constant = fields(first?.["A_Const"] ?? fields(fields(first?.["TypeCast"])["arg"])["A_Const"]);
  const name = word(fields(constant["sval"])["sval"]);
  if (name !== "") gathered.lock(name, "RowExclusiveLock", "sequence");
}

/** A relation and, of a view, those that it reads. */
function lockRead(name: string, mode: string, gathered: Gathered, isWhole = true): Relation {
  const relation = gathered.lock(name, mode);
  if (relation.kind === "view") { for (const below of relation.reads) lockRead(below, mode, gathered); }
  if (relation.kind !== "view" && isWhole) gathered.lockTree(relation.name, mode);
  return relation;
}

/** What FOR UPDATE and its like are said of. */
export function lockedRows(select: SqlNode): SqlNode[] {
  return nodes(select["lockingClause"]).flatMap(({ LockingClause }) => {
    const named = nodes(fields(LockingClause)["lockedRels"]).map(({ RangeVar }) =>
      word(fields(RangeVar)["relname"])
    );
    return within(select["fromClause"], "RangeVar").filter((range) => {
      const alias = word(fields(range["alias"])["aliasname"]) || word(range["relname"]);
      return named.length === 0 || named.includes(alias);
    });
  });
}

/** What is changed, and the tables that foreign keys tie to it. */
function lockChanged(kind: string, change: SqlNode, gathered: Gathered): void {
  const target = gathered.lock(written(fields(change["relation"])), "RowExclusiveLock");
  if (target.kind === "view") {
    for (const below of target.reads) lockRead(below, "RowExclusiveLock", gathered);
  }
  const isOne = fields(change["relation"])["inh"] !== true;
  if (kind !== "InsertStmt" && !isOne) gathered.lockTree(target.name, "RowExclusiveLock");
  const isWhole = change["whereClause"] === undefined;
  const isInsert = kind === "InsertStmt";
  const values = isInsert ? insertedValues(change) : 0;
  const why = isInsert
    ? (values === null ? "as many rows as its query gives" : "the rows that it gives")
    : isWhole
    ? "there is no WHERE"
    : "the rows that WHERE finds";
  gathered.work("row changes", target, why, {
    allRows: isInsert ? (values === null ? null : false) : isWhole && kind !== "MergeStmt" ? true : null,
  });
  if (isInsert) {
    lockSequences(change, target, gathered);
    lockPartitions(change, target, gathered);
  }
  lockKeys(kind, change, target, gathered);
}

/** How many rows an INSERT gives by itself; null: as many as its query finds. */
function insertedValues(change: SqlNode): number | null {
  const select = fields(fields(change["selectStmt"])["SelectStmt"]);
  if (change["selectStmt"] === undefined) return 1;
  const lists = nodes(select["valuesLists"]);
  return lists.length > 0 ? lists.length : select["fromClause"] === undefined ? 1 : null;
}

function lockSequences(change: SqlNode, target: Relation, gathered: Gathered): void {
  const given = targetsOf(change);
  for (const { name, sequences } of target.columns) {
    if (given.includes(name)) continue;
    for (const sequence of sequences) gathered.lock(sequence, "RowExclusiveLock", "sequence");
  }
}

function lockKeys(kind: string, change: SqlNode, target: Relation, gathered: Gathered): void {
  const given = kind === "UpdateStmt" ? targetsOf(change) : null;
  if (kind !== "DeleteStmt") {
    for (const { references, columns } of target.constraints) {
      if (references === null || given !== null && !columns.some((name) => given.includes(name))) continue;
      gathered.lockTree(references, "RowShareLock");
    }
  }
  if (given !== null) {
    for (const other of gathered.known.referringTo(target.name)) {
      const refers = other.constraints.some(({ references, referencedColumns }) =>
        references === target.name && referencedColumns.some((name) => given.includes(name))
      );
      if (refers) gathered.lockTree(other.name, "RowShareLock");
    }
  }
  if (kind !== "DeleteStmt") return;
  for (const other of gathered.known.referringTo(target.name)) {
    const keys = other.constraints.filter(({ references }) => references === target.name);
    const changes = keys.some(({ onDelete }) => onDelete !== "none");
    gathered.lockTree(other.name, changes ? "RowExclusiveLock" : "RowShareLock");
  }
}

/** A query by itself. */
export function query(node: SqlNode, gathered: Gathered): void {
  const [kind, within_] = opened(node);
  const read = lockQuery(node, gathered);
  if (kind !== "SelectStmt" && kind !== "InsertStmt") return;
  readWork(
    kind === "SelectStmt" ? within_ : fields(fields(within_["selectStmt"])["SelectStmt"]),
    read,
    gathered,
  );
  if (kind === "SelectStmt" && read.length === 0) {
    for (const call of within(node, "FuncCall")) {
      const name = nameOf(call);
      if (
        gathered.known.volatility(name) === undefined && !gathered.known.isWhole && !isBuiltIn(lastPart(name))
      ) {
        gathered.cannotTell(`what ${name}() does`);
      }
    }
  }
}

/** That the rows of relations are read for an answer. */
export function readWork(select: SqlNode, read: readonly Relation[], gathered: Gathered): void {
  const some = select["whereClause"] !== undefined || select["limitCount"] !== undefined;
  const tables = read.flatMap((relation) => tablesOf(relation, gathered));
  for (const table of tables) {
    gathered.work("read", table, "its query reads it", { allRows: some ? null : true });
  }
}

/** The tables below a view. */
function tablesOf(relation: Relation, gathered: Gathered): Relation[] {
  return relation.kind === "view"
    ? relation.reads.flatMap((name) => tablesOf(gathered.known.relation(name), gathered))
    : [relation];
}

/** The names that a query reads, for a view that is made of it. */
export function readBy(node: SqlNode, known: Catalogue): string[] {
  return [...new Set(rangesIn(node).map((range) => known.relation(written(range)).name))];
}

/** The columns that it reads, of the relations that are known: every one of such a name, and all where it says `*`. */
export function readColumns(node: SqlNode, known: Catalogue): string[] {
  const named = new Set(columnsIn(node));
  const isAll = within(node, "A_Star").length > 0;
  return readBy(node, known).flatMap((name) =>
    known.relation(name).columns.filter((column) => isAll || named.has(column.name))
      .map((column) => `${name}.${quoted(column.name)}`)
  );
}

/** The relations that a query names, without what it names itself in WITH. */
export function rangesIn(node: unknown): SqlNode[] {
  const own = new Set(within(node, "CommonTableExpr").map(({ ctename }) => word(ctename)));
  // FOR UPDATE OF names them as the query calls them.
  const called = new Set(
    within(node, "LockingClause").flatMap(({ lockedRels }) => within(lockedRels, "RangeVar")),
  );
  return within(node, "RangeVar").filter((range) =>
    !called.has(range) && (range["schemaname"] !== undefined || !own.has(word(range["relname"])))
  );
}
