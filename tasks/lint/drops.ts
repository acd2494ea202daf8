import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { joined, listed, statisticsName, written } from "./names.ts";
import { fields, nodes, word, words } from "./nodes.ts";
import type { Relation, RelationKind } from "./relations.ts";

const STRONGEST = "AccessExclusiveLock";

/** What is a relation itself. */
const RELATIONS: Readonly<Record<string, readonly [said: string, kind: RelationKind]>> = {
  OBJECT_TABLE: ["TABLE", "table"],
  OBJECT_VIEW: ["VIEW", "view"],
  OBJECT_MATVIEW: ["MATERIALIZED VIEW", "materialized view"],
  OBJECT_SEQUENCE: ["SEQUENCE", "sequence"],
  OBJECT_FOREIGN_TABLE: ["FOREIGN TABLE", "foreign table"],
};

/** What belongs to a table, and is named after it: DROP TRIGGER x ON y. */
const OF_TABLE = /^OBJECT_(TRIGGER|RULE|POLICY)$/;

/** DROP. */
export function drop(node: SqlNode, gathered: Gathered): void {
  const type = word(node["removeType"]);
  const isCascade = node["behavior"] === "DROP_CASCADE";
  const objects = nodes(node["objects"]);
  const relation = RELATIONS[type];
  const said = relation?.[0] ?? type.replace("OBJECT_", "").replaceAll("_", " ");
  gathered.is(`DROP ${said}${node["concurrent"] === true ? " CONCURRENTLY" : ""}`);
  const isThere = (name: string) => node["missing_ok"] !== true || !gathered.isMissing(name);
  if (relation !== undefined) {
    for (const object of objects) {
      const name = listed(object);
      if (!isThere(name)) continue;
      const dropped = gathered.lock(name, STRONGEST, relation[1]);
      dropRelation(dropped, isCascade, gathered);
      if (isCascade && type === "OBJECT_SEQUENCE") dropUses(dropped, gathered);
    }
  } else if (type === "OBJECT_INDEX") {
    for (const object of objects) {
      if (isThere(listed(object))) dropIndex(listed(object), node["concurrent"] === true, gathered);
    }
  } else if (OF_TABLE.test(type)) {
    for (const object of objects) {
      const parts = words(fields(object["List"])["items"]);
      if (node["missing_ok"] !== true || !isGone(parts, type, gathered)) dropOfTable(parts, type, gathered);
    }
  } else if (type === "OBJECT_STATISTIC_EXT") {
    for (const object of objects) {
      const { index } = gathered.known.relation(statisticsName(listed(object)));
      if (index === null) gathered.cannotTell("which table the statistics are of, which is locked");
      else gathered.lock(index.table, "ShareUpdateExclusiveLock");
    }
  } else if (type === "OBJECT_SCHEMA") {
    for (const object of objects) dropSchema(word(fields(object["String"])["sval"]), isCascade, gathered);
  }
  const isKnown = gathered.known.isWhole && (relation !== undefined || type === "OBJECT_SCHEMA");
  if (isCascade && !isKnown) gathered.cannotTell("what CASCADE removes besides");
}

/** Whether a table has no trigger of a name, or is not there, as is known. */
function isGone(parts: readonly string[], type: string, gathered: Gathered): boolean {
  const table = joined(parts.slice(0, -1));
  const { triggers } = gathered.known.relation(table);
  return gathered.isMissing(table) ||
    type === "OBJECT_TRIGGER" && triggers !== null && !triggers.some(({ name }) => name === parts.at(-1));
}

function dropOfTable(parts: readonly string[], type: string, gathered: Gathered): void {
  const table = gathered.lock(joined(parts.slice(0, -1)), STRONGEST);
  // What is done for each row is done in each partition.
  const own = table.triggers?.find(({ name }) => name === parts.at(-1));
  const isOfParts = table.kind === "partitioned table" && type === "OBJECT_TRIGGER" &&
    (table.triggers === null || own?.isOfRows === true);
  if (isOfParts) gathered.lockTree(table.name, STRONGEST);
}

function dropRelation(relation: Relation, isCascade: boolean, gathered: Gathered): void {
  for (const each of gathered.lockTree(relation.name, STRONGEST)) {
    for (const { references } of each.constraints) {
      if (references !== null) gathered.lockTree(references, STRONGEST);
    }
    for (const { sequences } of each.columns) {
      for (const sequence of sequences) gathered.lock(sequence, STRONGEST, "sequence");
    }
    if (isCascade) {
      for (const { name } of gathered.known.referringTo(each.name)) gathered.lockTree(name, STRONGEST);
      for (const { name } of gathered.known.viewsOf(each.name)) gathered.lock(name, STRONGEST, "view");
    }
  }
  if (isCascade) dropKeysOfWhole(relation, gathered);
  for (const parent of relation.parents) {
    // A table that only inherits leaves its parent alone.
    if (gathered.known.relation(parent).kind === "table") continue;
    gathered.lock(parent, STRONGEST);
    for (const other of gathered.known.partsOf(parent)) {
      if (other.isDefault) gathered.lock(other.name, STRONGEST);
    }
  }
}

/** A foreign key that refers to a divided table needs each of its parts. */
function dropKeysOfWhole({ parents }: Relation, gathered: Gathered): void {
  for (const parent of parents) {
    const whole = gathered.known.relation(parent);
    const referring = gathered.known.referringTo(whole.name);
    if (referring.length > 0) gathered.lockTree(whole.name, STRONGEST);
    for (const { name } of referring) gathered.lockTree(name, STRONGEST);
    dropKeysOfWhole(whole, gathered);
  }
}

/** Defaults that draw from a sequence go with it. */
function dropUses({ name }: Relation, gathered: Gathered): void {
  const owners = [...gathered.known.all()].filter(({ columns }) =>
    columns.some(({ sequences }) => sequences.includes(name))
  );
  for (const owner of owners) gathered.lock(owner.name, STRONGEST);
  if (owners.length === 0) {
    gathered.cannotTell("which tables have a default by the sequence, which are locked");
  }
}

function dropIndex(name: string, isConcurrent: boolean, gathered: Gathered): void {
  const mode = isConcurrent ? "ShareUpdateExclusiveLock" : STRONGEST;
  const index = gathered.lock(name, mode, "index");
  if (index.index !== null) {
    const table = gathered.lock(index.index.table, mode);
    if (table.kind === "partitioned table") gathered.lockTree(table.name, mode);
    if (isConcurrent) {
      gathered.work("wait for transactions", table, "it waits for all who may still use the index");
    }
  } else {
    gathered.cannotTell("which table the index is of, which is locked too");
  }
  gathered.alone ||= isConcurrent;
}

function dropSchema(schema: string, isCascade: boolean, gathered: Gathered): void {
  if (!isCascade) return;
  const prefix = `${joined([schema])}.`;
  for (const relation of [...gathered.known.all()]) {
    if (relation.name.startsWith(prefix) && relation.kind !== "index") {
      dropRelation(gathered.lock(relation.name, STRONGEST), true, gathered);
    }
  }
}

/** TRUNCATE. */
export function truncate(node: SqlNode, gathered: Gathered): void {
  gathered.is("TRUNCATE");
  const isCascade = node["behavior"] === "DROP_CASCADE";
  const ranges = nodes(node["relations"]).map(({ RangeVar }) => fields(RangeVar));
  const names = ranges.map(written);
  const alone = new Set(ranges.filter(({ inh }) => inh !== true).map(written));
  const seen = new Set<string>();
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const all = alone.has(name) ? [gathered.lock(name, STRONGEST)] : gathered.lockTree(name, STRONGEST);
    for (const each of all) {
      if (seen.has(each.name)) continue;
      seen.add(each.name);
      if (isCascade) names.push(...gathered.known.referringTo(each.name).map((other) => other.name));
      if (node["restart_seqs"] !== true) continue;
      for (const { sequences } of each.columns) {
        for (const sequence of sequences) gathered.lock(sequence, STRONGEST, "sequence");
      }
    }
  }
  if (isCascade && !gathered.known.isWhole) gathered.cannotTell("which other tables CASCADE empties");
}
