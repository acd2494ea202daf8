import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Gathered } from "./gathered.ts";
import { written } from "./names.ts";
import { fields, hasOption, nodes, word } from "./nodes.ts";
import type { Relation } from "./relations.ts";

const UPKEEP = "ShareUpdateExclusiveLock";

/** CREATE INDEX. */
export function createIndex(node: SqlNode, gathered: Gathered): void {
  const isConcurrent = node["concurrent"] === true;
  gathered.is(
    `CREATE${node["unique"] === true ? " UNIQUE" : ""} INDEX${isConcurrent ? " CONCURRENTLY" : ""}`,
  );
  const range = fields(node["relation"]);
  const mode = isConcurrent ? UPKEEP : "ShareLock";
  const table = range["inh"] === true
    ? gathered.lockTree(written(range), mode)[0]!
    : gathered.lock(written(range), mode);
  if (table.kind === "partitioned table" && range["inh"] !== true) return;
  const why = isConcurrent
    ? "the rows are read twice, beside those who write"
    : "all rows are read and sorted";
  const including = elementNames(node["indexIncludingParams"]);
  gathered.work("index build", table, why, {
    columns: indexColumns(node),
    ...including.length > 0 && { including },
  });
  if (isConcurrent) concurrently(table, gathered);
}

/** What an index is built of; an expression is a word. */
export function indexColumns(node: SqlNode): string[] {
  return elementNames(node["indexParams"]);
}

function elementNames(elements: unknown): string[] {
  return nodes(elements).map(({ IndexElem }) => word(fields(IndexElem)["name"]) || "an expression");
}

function concurrently(table: Relation, gathered: Gathered): void {
  gathered.alone = true;
  gathered.work("wait for transactions", table, "it waits for transactions that are older than it");
}

/** REINDEX of an index, a table, or all that there is. */
export function reindex(node: SqlNode, gathered: Gathered): void {
  const isConcurrent = hasOption(node["params"], "concurrently");
  const scope = word(node["kind"]).replace("REINDEX_OBJECT_", "");
  gathered.is(`REINDEX ${scope}${isConcurrent ? " CONCURRENTLY" : ""}`);
  if (scope !== "INDEX" && scope !== "TABLE") {
    gathered.alone = true;
    return gathered.cannotTell(
      "it goes through all tables, one after the other, each in a transaction of its own",
    );
  }
  const named = written(fields(node["relation"]));
  const mode = isConcurrent ? UPKEEP : "ShareLock";
  const index = scope === "INDEX"
    ? gathered.lock(named, isConcurrent ? UPKEEP : "AccessExclusiveLock", "index")
    : null;
  const table = index === null ? named : index.index?.table;
  if (table === undefined) return gathered.cannotTell("which table the index is of, which is locked too");
  for (const each of gathered.lockTree(table, mode)) {
    if (each.kind === "partitioned table") continue;
    const built = index === null ? gathered.known.indexesOf(each.name) : [index];
    for (const one of built) {
      if (!isConcurrent) gathered.lock(one.name, "AccessExclusiveLock", "index");
      gathered.work("index build", each, "the index is built anew", { columns: one.index?.columns ?? [] });
    }
    if (built.length === 0) gathered.work("index build", each, "all its indexes are built anew");
    if (isConcurrent) concurrently(each, gathered);
  }
}
