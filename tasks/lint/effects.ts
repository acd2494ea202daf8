import type { StatementEffects } from "../model/statement_effects.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import { alterTable } from "./alter_table.ts";
import { Catalogue } from "./catalogue.ts";
import {
  comment,
  createAs,
  createFunction,
  createRule,
  createStatistics,
  createTable,
  createTrigger,
  createView,
  onRelation,
  refresh,
} from "./creates.ts";
import { drop, truncate } from "./drops.ts";
import { Gathered } from "./gathered.ts";
import { createIndex, reindex } from "./indexes.ts";
import { written } from "./names.ts";
import { fields, hasOption, nodes, opened } from "./nodes.ts";
import { alterDomain, alterSequence, copy, createSequence, grant, publication } from "./others.ts";
import { query, rangesIn } from "./queries.ts";
import { changeOwner, rename, setSchema } from "./renames.ts";
import { cluster, lockTable, vacuum } from "./upkeep.ts";

/** The newest PostgreSQL that is known here. */
export const NEWEST = 18;

type Handler = (node: SqlNode, gathered: Gathered) => void;

/** By the kind of a statement, as PostgreSQL's source calls it. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  AlterTableStmt: alterTable,
  RenameStmt: rename,
  AlterOwnerStmt: changeOwner,
  AlterObjectSchemaStmt: setSchema,
  IndexStmt: createIndex,
  ReindexStmt: reindex,
  CreateStmt: createTable,
  CreateTableAsStmt: createAs,
  ViewStmt: createView,
  RefreshMatViewStmt: refresh,
  CreateTrigStmt: createTrigger,
  CreateStatsStmt: createStatistics,
  CreateFunctionStmt: createFunction,
  RuleStmt: createRule,
  CreatePolicyStmt: policy("CREATE POLICY"),
  AlterPolicyStmt: policy("ALTER POLICY"),
  CreateSeqStmt: createSequence,
  AlterSeqStmt: alterSequence,
  CreatePublicationStmt: publication,
  AlterPublicationStmt: publication,
  AlterDomainStmt: alterDomain,
  GrantStmt: grant,
  CopyStmt: copy,
  CommentStmt: comment,
  DropStmt: drop,
  TruncateStmt: truncate,
  LockStmt: lockTable,
  VacuumStmt: vacuum,
  ClusterStmt: cluster,
  ExplainStmt: explain,
  PrepareStmt: planned,
  DeclareCursorStmt: (node, gathered) => query(fields(node["query"]), gathered),
};

/** What cannot be told of kinds of statements, as a sentence's end. */
const UNTOLD: Readonly<Record<string, string>> = {
  DoStmt: "what a block of DO does",
  CallStmt: "what the procedure does",
  ExecuteStmt: "what the prepared statement does",
  CreateExtensionStmt: "what the extension's script does",
  AlterExtensionStmt: "what the extension's script does",
  AlterTableMoveAllStmt: "which tables lie in the tablespace: each is copied, under ACCESS EXCLUSIVE",
  DropOwnedStmt: "what the role owns, all of which is dropped",
  ReassignOwnedStmt: "what the role owns",
};
const QUERIES = /^(Select|Insert|Update|Delete|Merge)Stmt$/;

/**
 * What a statement does to others' work: its locks, and what it does while it holds them.
 * @param node as PostgreSQL's parser gives it: `{ AlterTableStmt: { … } }`
 * @param known what is known of the database as it is when the statement runs
 * @param version of PostgreSQL, e.g. 18
 */
export function statementEffects(
  node: SqlNode,
  known: Catalogue = new Catalogue(),
  version: number = NEWEST,
): StatementEffects {
  const [kind, inner] = opened(node);
  const gathered = new Gathered(known, version);
  if (QUERIES.test(kind)) query(node, gathered);
  else if (kind === "CreateSchemaStmt") {
    for (const element of nodes(inner["schemaElts"])) {
      HANDLERS[opened(element)[0]]?.(opened(element)[1], gathered);
    }
  } else HANDLERS[kind]?.(inner, gathered);
  const untold = UNTOLD[kind];
  if (untold !== undefined) gathered.cannotTell(untold);
  return gathered.effects(spoken(kind));
}

/** EXPLAIN takes the locks of what it explains; it does the work only with ANALYZE. */
function explain(node: SqlNode, gathered: Gathered): void {
  gathered.is("EXPLAIN");
  if (hasOption(node["options"], "analyze")) return query(fields(node["query"]), gathered);
  planned(node, gathered);
}

/** A policy is kept, not asked: the tables that its conditions read are looked up by their names. */
function policy(kind: string): Handler {
  const ofTable = onRelation(kind, "AccessExclusiveLock", "table");
  return (node, gathered) => {
    ofTable(node, gathered);
    for (const range of rangesIn([node["qual"], node["with_check"]])) {
      gathered.lock(written(range), "AccessShareLock");
    }
  };
}

/** What is planned takes the locks of what is done, and does none of it. */
function planned(node: SqlNode, gathered: Gathered): void {
  const explained = new Gathered(gathered.known, gathered.version);
  query(fields(node["query"]), explained);
  for (const { relation, mode } of explained.effects("").locks) gathered.lock(relation, mode);
}

/** What a statement without a name of its own is called: `CreateSeqStmt` is CREATE SEQ. */
function spoken(kind: string): string {
  return kind.replace(/Stmt$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toUpperCase();
}
