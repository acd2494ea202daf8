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

/** VACUUM and ANALYZE. */
export function vacuum(node: SqlNode, gathered: Gathered): void {
  const isVacuum = node["is_vacuumcmd"] === true;
  const isFull = isVacuum && hasOption(node["options"], "full");
  gathered.is(isFull ? "VACUUM FULL" : isVacuum ? "VACUUM" : "ANALYZE");
  gathered.alone = isVacuum;
  const named = nodes(node["rels"]).map(({ VacuumRelation }) => fields(fields(VacuumRelation)["relation"]));
  if (named.length === 0) return gathered.cannotTell(ALL_TABLES);
  if (isFull) return named.forEach((range) => intoNewFile(written(range), gathered));
  for (
    const table of named.flatMap((range) => gathered.lockTree(written(range), "ShareUpdateExclusiveLock"))
  ) {
    if (table.kind === "partitioned table") continue;
    gathered.work("maintenance", table, isVacuum ? "dead rows are removed" : "samples are taken");
  }
}

const ALL_TABLES = "what becomes of each table: it goes through all of them, one after the other";

/** CLUSTER. */
export function cluster(node: SqlNode, gathered: Gathered): void {
  gathered.is("CLUSTER");
  if (node["relation"] === undefined) return gathered.cannotTell(ALL_TABLES);
  intoNewFile(written(fields(node["relation"])), gathered);
}

function intoNewFile(name: string, gathered: Gathered): void {
  for (const table of gathered.lockTree(name, "AccessExclusiveLock")) {
    if (table.kind !== "partitioned table") {
      gathered.work("rewrite", table, "its rows are written into a new file");
    }
  }
}
