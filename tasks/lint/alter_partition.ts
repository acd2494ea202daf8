import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { written } from "./names.ts";
import { fields, word } from "./nodes.ts";
import { boundProof } from "./bound_proof.ts";
import type { Relation } from "./relations.ts";

/** A table, or an index, becomes part of a divided one. */
export function attachPartition(command: SqlNode, parent: Relation, gathered: Gathered): void {
  const { name, bound } = fields(fields(command["def"])["PartitionCmd"]);
  const partition = gathered.lock(
    written(fields(name)),
    "AccessExclusiveLock",
    parent.kind === "index" ? "index" : "table",
  );
  if (partition.kind === "index" || parent.kind === "index") return ofIndexes(parent, partition, gathered);
  gathered.lockTree(partition.name, "AccessExclusiveLock");
  for (const key of parent.constraints) {
    if (key.references !== null) gathered.lockTree(key.references, "ShareRowExclusiveLock");
  }
  if (boundProof(partition, parent, fields(bound)) === null) {
    gathered.work("scan", partition, "each row is held against the bounds", {
      unless: partition.columns.length > 0 ? null : "a valid CHECK says that all rows are within the bounds",
    });
  }
  buildMissing(parent, partition, gathered);
  newPartition(parent, `it may hold rows that belong into ${partition.name}`, gathered);
}

/** What a new part of a divided table does to its default partition, and to those that refer to the table. */
export function newPartition(parent: Relation, why: string, gathered: Gathered): void {
  const other = gathered.known.partsOf(parent.name).find(({ isDefault }) => isDefault);
  if (other !== undefined) {
    gathered.lockTree(other.name, "AccessExclusiveLock");
    gathered.work("scan", other, why, { unless: "a valid CHECK says that it holds none" });
  }
  for (const { name } of gathered.known.referringToWhole(parent.name)) {
    gathered.lock(name, "ShareRowExclusiveLock");
  }
}

function ofIndexes(parent: Relation, partition: Relation, gathered: Gathered): void {
  for (const { index } of [parent, partition]) {
    if (index !== null) gathered.lock(index.table, "AccessShareLock");
  }
}

/** Indexes of the divided table that the partition does not have yet. */
function buildMissing(parent: Relation, partition: Relation, gathered: Gathered): void {
  const own = gathered.known.indexesOf(partition.name).map(({ index }) => index!.columns.join());
  for (const { name, index } of gathered.known.indexesOf(parent.name)) {
    if (own.includes(index!.columns.join())) continue;
    gathered.work("index build", partition, `it has no index like ${name} yet`, { columns: index!.columns });
  }
}

/** A partition becomes a table by itself. */
export function detachPartition(command: SqlNode, parent: Relation, gathered: Gathered): void {
  const { name, concurrent } = fields(fields(command["def"])["PartitionCmd"]);
  // Beside others, too: at its end, when nobody sees it as a part any more.
  gathered.lockTree(written(fields(name)), "AccessExclusiveLock");
  if (concurrent === true) {
    gathered.alone = true;
    gathered.work("wait for transactions", parent, "it waits for all who have used the table");
  }
  if (word(command["subtype"]) === "AT_DetachPartitionFinalize") return;
  const other = gathered.known.partsOf(parent.name).find(({ isDefault }) => isDefault);
  if (other !== undefined) gathered.lock(other.name, "AccessExclusiveLock");
  for (const referring of gathered.known.referringToWhole(parent.name)) {
    gathered.lock(referring.name, "AccessExclusiveLock");
  }
}

/** A child is tied to a parent, or taken from it. */
export function inherit(command: SqlNode, child: Relation, gathered: Gathered): void {
  const isAdded = command["subtype"] === "AT_AddInherit";
  gathered.lock(
    written(fields(fields(command["def"])["RangeVar"])),
    isAdded ? "ShareUpdateExclusiveLock" : "AccessShareLock",
  );
  if (!isAdded) return;
  // It is looked whether the parent is one of them.
  for (const below of gathered.known.childrenOf(child.name)) gathered.lock(below.name, "AccessShareLock");
}
