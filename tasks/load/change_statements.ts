import type { SqlNode } from "../postgres/sql_parser.ts";
import { callsOf } from "../postgres/sql_writes.ts";
import { whyNoSetting } from "./arm_session.ts";

/** Why a statement may not be part of a change, and what to write instead. */
export interface RefusedChange {
  /** The end of a sentence. */
  readonly reason: string;
  readonly next: string;
}

const ONLY_THE_DATABASE =
  "A change may hold only what lies within one database: the rest would stay when a clone is dropped. Run that by itself.";

/** Kinds of statements, as PostgreSQL's source calls them, that concern the whole server or lie outside of it. */
const OUTSIDE: readonly (readonly [kind: RegExp, what: string])[] = [
  [/^(Create|Alter|Drop|Grant)Role(Set)?Stmt$/, "roles are the server's"],
  [/^AlterSystemStmt$/, "ALTER SYSTEM changes the settings of the server"],
  [
    /^(Createdb|Dropdb|AlterDatabase\w*)Stmt$/,
    "it concerns a database as a whole, and the server has others",
  ],
  [/^(Create|Drop|Alter)TableSpace\w*Stmt$/, "tablespaces are the server's"],
  [/^(Create|Alter|Drop)SubscriptionStmt$/, "a subscription connects to another server"],
  [
    /^(ReassignOwned|DropOwned)Stmt$/,
    "it also concerns what a role has in the server, such as whole databases",
  ],
  [/^CheckPointStmt$/, "CHECKPOINT concerns the whole server"],
  [/^ImportForeignSchemaStmt$/, "it asks another server"],
];

/** What is shared by all databases of a server, as nodes call it. */
const SHARED_OBJECTS = /^OBJECT_(DATABASE|ROLE|TABLESPACE|SUBSCRIPTION|PARAMETER_ACL)$/;
const OBJECT_FIELDS = ["objtype", "objectType", "renameType"];

/** Functions that act on the server, on files of its machine or on other servers. */
const OUTSIDE_FUNCTIONS = [
  "dblink\\w*",
  "pg_(?:terminate|cancel)_backend",
  "pg_(?:reload_conf|rotate_logfile|promote|switch_wal|create_restore_point)",
  "pg_(?:start|stop)_backup|pg_backup_(?:start|stop)",
  "pg_wal_replay_\\w+",
  "pg_\\w*replication_(?:slot|origin)\\w*",
  "pg_logical_slot_\\w+",
  "pg_stat_reset_(?:shared|slru|replication_slot|subscription_stats)",
  "pg_stat_statements_reset",
  "pg_(?:read|ls|stat)_(?:binary_)?(?:file|\\w*dir)",
  "pg_file_\\w+",
  "lo_(?:import|export)",
  "query_to_file|cron_\\w+",
].join("|");
const OUTSIDE_FUNCTION = new RegExp(`^(?:${OUTSIDE_FUNCTIONS})$`, "i");

/** The catalogs that all databases of a server share. */
const SHARED_CATALOGS =
  "pg_(?:auth(?:id|_members)|database|db_role_setting|parameter_acl|replication_origin|shdepend|" +
  "shdescription|shseclabel|subscription|tablespace)";

/** The same in bodies of functions and blocks of DO, which are no SQL to PostgreSQL's grammar. */
const OUTSIDE_IN_CODE = new RegExp(
  `\\b((?:${OUTSIDE_FUNCTIONS})\\s*\\(|${
    [
      "(?:alter\\s+system|reindex\\s+system|(?:drop|reassign)\\s+owned|import\\s+foreign\\s+schema)\\b",
      "(?:create|alter|drop|comment\\s+on)\\s+(?:role|group|database|tablespace|subscription|user(?!\\s+mapping))\\b",
      "(?:grant|revoke)\\s[^;]*?\\son\\s+(?:database|tablespace|parameter)\\b",
      "copy\\s[^;]*?\\b(?:to|from)\\s+(?:program\\b|')",
      `(?:update|insert\\s+into|delete\\s+from|merge\\s+into)\\s+(?:only\\s+)?(?:pg_catalog\\.)?(?:${SHARED_CATALOGS})\\b`,
    ].join("|")
  })`,
  "i",
);

/** Why a statement may not be part of a change; null where it may. */
export function whyRefused(node: SqlNode): RefusedChange | null {
  const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
  if (kind === "TransactionStmt") {
    return {
      reason:
        "a change has no BEGIN, COMMIT or the like of its own: each statement is a transaction by itself",
      next: "Leave it out.",
    };
  }
  if (kind === "CopyStmt") {
    return {
      reason: fields["filename"] === undefined
        ? "COPY reads from, or writes to, a client, and a change has none"
        : `COPY reads or writes ${
          fields["is_program"] === true ? "by a program" : "a file"
        } on the server's machine`,
      next: "Write rows as INSERT.",
    };
  }
  const setting = kind === "VariableSetStmt" ? settingOf(fields) : null;
  if (setting !== null) return { reason: setting, next: "Leave it out." };
  const outside = OUTSIDE.find(([kinds]) => kinds.test(kind))?.[1] ?? ofShared(fields) ??
    ofSharedCatalogs(kind, fields) ?? called(node) ??
    inCode(kind, node);
  return outside === null ? null : { reason: outside, next: ONLY_THE_DATABASE };
}

function settingOf({ name }: SqlNode): string | null {
  if (typeof name !== "string") return null;
  if (name === "session_authorization") {
    return "SET SESSION AUTHORIZATION hides whose session it is, and Benchbook ends only its own";
  }
  const why = whyNoSetting(name);
  return why === null ? null : `the setting ${name} ${why}`;
}

function ofShared(fields: SqlNode): string | null {
  const shared = OBJECT_FIELDS.map((field) => fields[field]).find((type) =>
    typeof type === "string" && SHARED_OBJECTS.test(type)
  );
  if (shared === undefined) return null;
  const what = (shared as string).replace("OBJECT_", "").replace("_ACL", "").toLowerCase();
  return `it concerns a ${what}, which is the server's`;
}

/** What rewrites the catalogs that all databases of a server share, and keeps everybody out of them meanwhile. */
function ofSharedCatalogs(kind: string, { kind: scope, rels, options }: SqlNode): string | null {
  const rewrites = kind === "ReindexStmt" && scope === "REINDEX_OBJECT_SYSTEM" ||
    kind === "VacuumStmt" && rels === undefined && JSON.stringify(options ?? "").includes('"full"');
  return rewrites ? "it also rewrites the catalogs that all databases of the server share" : null;
}

/** A call of a function that reaches outside the database. */
function called(node: SqlNode): string | null {
  const found = callsOf(node).find(({ name }) => OUTSIDE_FUNCTION.test(name));
  return found === undefined ? null : `the function ${found.name} reaches outside the database`;
}

/** Statements with code of another language within. */
const WITH_CODE = /^(Do|CreateFunction)Stmt$/;

function inCode(kind: string, node: SqlNode): string | null {
  if (!WITH_CODE.test(kind)) return null;
  // A text that is put together of others says what it says in one piece.
  const code = JSON.stringify(node).replaceAll("\\n", " ").replaceAll(/'\s*\|\|\s*'/g, "");
  const within = OUTSIDE_IN_CODE.exec(code)?.[1];
  return within === undefined
    ? null
    : `its code says "${within.trim().slice(0, 40)}", which reaches outside the database`;
}

/** Code that makes SQL while it runs. A trigger's EXECUTE names a function. */
const MAKES_SQL = /^(do|create\s+(or\s+replace\s+)?(function|procedure))\b[\s\S]*\bexecute\b/i;

/** Whether nobody can read from a statement what its code does, so that it may also reach outside the database. @param text from its first word on */
export function makesSql(text: string): boolean {
  return MAKES_SQL.test(text);
}

/** Statements whose effect ends with the session that makes them. */
const OF_SESSION = /^(VariableSet|VariableShow|Discard|Listen|Unlisten|Notify|Load|Prepare|Deallocate)Stmt$/;

/** Whether an arm's requests cannot meet any effect of a statement. */
export function changesNothing(node: SqlNode): boolean {
  return OF_SESSION.test(Object.keys(node)[0]!);
}

/** Statements with options that are often secrets, for which a role's rights are not enough to read them. */
const WITH_OPTIONS =
  /^(Create|Alter)(UserMapping|ForeignServer|Fdw|ForeignTable)Stmt$|^CreateForeignTableStmt$/;
const SECRET_WORDS =
  /passw|\bpwd\b|passphrase|credential|secret|token|api_?key|private_?key|:\/\/[^\s/@]*:[^\s/@]*@/i;

/** Whether a statement may hold a password, or what is as good as one. @param oneLine its text */
export function mayHoldSecret(node: SqlNode, oneLine: string): boolean {
  return WITH_OPTIONS.test(Object.keys(node)[0]!) || SECRET_WORDS.test(oneLine);
}

/** How statements of those kinds begin. */
const BEGINS_WITH_OPTIONS = /^(create|alter)\s+(user\s+mapping|server|foreign\s+(table|data\s+wrapper))\b/i;

/** The same of a text that need not be whole, as a server's pg_stat_activity cuts off long ones. */
export function mayHoldSecretText(oneLine: string): boolean {
  return BEGINS_WITH_OPTIONS.test(oneLine) || SECRET_WORDS.test(oneLine);
}
