import { LOCK_MODES } from "../model/lock_modes.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { written } from "./names.ts";
import { fields, hasOption, nodes } from "./nodes.ts";
import type { Relation } from "./relations.ts";

/** LOCK TABLE. */
export function lockTable(node: SqlNode, gathered: Gathered): void {
  gathered.is("LOCK TABLE");
  const mode = LOCK_MODES[Number(node["mode"]) - 1] ?? "AccessExclusiveLock";
  for (const { RangeVar } of nodes(node["relations"])) {
    const range = fields(RangeVar);
    const relation = range["inh"] === true
      ? gathered.lockTree(written(range), mode)[0]!
      : gathered.lock(written(range), mode);
    lockBelow(relation, mode, gathered);
  }
}

function lockBelow(view: Relation, mode: string, gathered: Gathered): void {
  if (view.kind !== "view") return;
  for (const name of view.reads) lockBelow(gathered.lock(name, mode), mode, gathered);
}

/** VACUUM, ANALYZE and CLUSTER. */
export function vacuum(node: SqlNode, gathered: Gathered): void {
  const isCluster = node["is_vacuumcmd"] === undefined && node["rels"] === undefined &&
    node["options"] === undefined &&
    (node["relation"] !== undefined || node["indexname"] !== undefined);
  const isVacuum = node["is_vacuumcmd"] === true;
  const isFull = isVacuum && hasOption(node["options"], "full");
  gathered.is(isCluster ? "CLUSTER" : isFull ? "VACUUM FULL" : isVacuum ? "VACUUM" : "ANALYZE");
  gathered.alone = isVacuum;
  const named = isCluster
    ? [written(fields(node["relation"]))]
    : nodes(node["rels"]).map(({ VacuumRelation }) => written(fields(fields(VacuumRelation)["relation"])));
  if (named.length === 0) return gathered.cannotTell("it goes through all tables, one after the other");
  for (const name of named) {
    for (
      const table of gathered.lockTree(
        name,
        isFull || isCluster ? "AccessExclusiveLock" : "ShareUpdateExclusiveLock",
      )
    ) {
      if (table.kind === "partitioned table") continue;
      if (isFull || isCluster) gathered.work("rewrite", table, "its rows are written into a new file");
      else gathered.work("maintenance", table, isVacuum ? "dead rows are removed" : "samples are taken");
    }
  }
}
