import { strongestLock } from "../model/lock_modes.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import { addColumn, changeType, setExpression, setNotNull } from "./alter_column.ts";
import { addConstraint, alterConstraint, dropConstraint, validateConstraint } from "./alter_constraint.ts";
import { attachPartition, detachPartition, inherit } from "./alter_partition.ts";
import type { Gathered } from "./gathered.ts";
import { quoted, written } from "./names.ts";
import { fields, nodes, word } from "./nodes.ts";
import type { Relation, RelationKind } from "./relations.ts";
import { ofType, typedTables } from "./typed_tables.ts";

const STRONGEST = "AccessExclusiveLock";
const WRITERS = "ShareRowExclusiveLock";
const UPKEEP = "ShareUpdateExclusiveLock";

/** A subcommand of ALTER TABLE and its like. */
interface Subcommand {
  /** In SQL. */
  readonly said: string;
  /** The lock that it asks for. */
  readonly mode: string | ((command: SqlNode) => string);
  /** Whether partitions and children are changed too. */
  readonly recurses?: boolean;
  /** What more it does; `mode` is held by the whole statement. */
  readonly also?: (command: SqlNode, table: Relation, gathered: Gathered, mode: string) => void;
}

/** By the name that PostgreSQL's source gives them. Docs: "ALTER TABLE", and AlterTableGetLockLevel() in its source. */
const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  AT_AddColumn: { said: "ADD COLUMN", mode: STRONGEST, recurses: true, also: addColumn },
  AT_DropColumn: { said: "DROP COLUMN", mode: STRONGEST, recurses: true, also: dropColumn },
  AT_AlterColumnType: { said: "ALTER COLUMN TYPE", mode: STRONGEST, recurses: true, also: changeType },
  AT_ColumnDefault: {
    said: "ALTER COLUMN DEFAULT",
    mode: STRONGEST,
    recurses: true,
  },
  AT_SetNotNull: { said: "ALTER COLUMN SET NOT NULL", mode: STRONGEST, recurses: true, also: setNotNull },
  AT_DropNotNull: { said: "ALTER COLUMN DROP NOT NULL", mode: STRONGEST, recurses: true },
  AT_SetExpression: {
    said: "ALTER COLUMN SET EXPRESSION",
    mode: STRONGEST,
    recurses: true,
    also: setExpression,
  },
  AT_DropExpression: { said: "ALTER COLUMN DROP EXPRESSION", mode: STRONGEST, recurses: true },
  AT_AddIdentity: { said: "ALTER COLUMN ADD GENERATED AS IDENTITY", mode: STRONGEST, recurses: true },
  AT_SetIdentity: {
    said: "ALTER COLUMN SET GENERATED",
    mode: STRONGEST,
    recurses: true,
    also: (command, table, gathered) => ownSequence(command, table, gathered, WRITERS),
  },
  AT_DropIdentity: { said: "ALTER COLUMN DROP IDENTITY", mode: STRONGEST, recurses: true, also: ownSequence },
  AT_SetStatistics: { said: "ALTER COLUMN SET STATISTICS", mode: UPKEEP, recurses: true },
  AT_SetOptions: { said: "ALTER COLUMN SET (…)", mode: UPKEEP },
  AT_ResetOptions: { said: "ALTER COLUMN RESET (…)", mode: UPKEEP },
  AT_SetStorage: { said: "ALTER COLUMN SET STORAGE", mode: STRONGEST, recurses: true },
  AT_SetCompression: { said: "ALTER COLUMN SET COMPRESSION", mode: STRONGEST },
  AT_AddConstraint: { said: "ADD CONSTRAINT", mode: constraintMode, recurses: true, also: addConstraint },
  AT_AlterConstraint: { said: "ALTER CONSTRAINT", mode: STRONGEST, recurses: true, also: alterConstraint },
  AT_ValidateConstraint: {
    said: "VALIDATE CONSTRAINT",
    mode: UPKEEP,
    recurses: true,
    also: validateConstraint,
  },
  AT_DropConstraint: { said: "DROP CONSTRAINT", mode: STRONGEST, recurses: true, also: dropConstraint },
  AT_EnableTrig: { said: "ENABLE TRIGGER", mode: WRITERS, recurses: true },
  AT_EnableAlwaysTrig: { said: "ENABLE ALWAYS TRIGGER", mode: WRITERS, recurses: true },
  AT_EnableReplicaTrig: { said: "ENABLE REPLICA TRIGGER", mode: WRITERS, recurses: true },
  AT_DisableTrig: { said: "DISABLE TRIGGER", mode: WRITERS, recurses: true },
  AT_EnableTrigAll: { said: "ENABLE TRIGGER ALL", mode: WRITERS, recurses: true },
  AT_DisableTrigAll: { said: "DISABLE TRIGGER ALL", mode: WRITERS, recurses: true },
  AT_EnableTrigUser: { said: "ENABLE TRIGGER USER", mode: WRITERS, recurses: true },
  AT_DisableTrigUser: { said: "DISABLE TRIGGER USER", mode: WRITERS, recurses: true },
  AT_EnableRule: { said: "ENABLE RULE", mode: STRONGEST },
  AT_EnableAlwaysRule: { said: "ENABLE ALWAYS RULE", mode: STRONGEST },
  AT_EnableReplicaRule: { said: "ENABLE REPLICA RULE", mode: STRONGEST },
  AT_DisableRule: { said: "DISABLE RULE", mode: STRONGEST },
  AT_EnableRowSecurity: { said: "ENABLE ROW LEVEL SECURITY", mode: STRONGEST },
  AT_DisableRowSecurity: { said: "DISABLE ROW LEVEL SECURITY", mode: STRONGEST },
  AT_ForceRowSecurity: { said: "FORCE ROW LEVEL SECURITY", mode: STRONGEST },
  AT_NoForceRowSecurity: { said: "NO FORCE ROW LEVEL SECURITY", mode: STRONGEST },
  AT_ReplicaIdentity: { said: "REPLICA IDENTITY", mode: STRONGEST },
  AT_ClusterOn: { said: "CLUSTER ON", mode: UPKEEP },
  AT_DropCluster: { said: "SET WITHOUT CLUSTER", mode: UPKEEP },
  AT_SetRelOptions: { said: "SET (…)", mode: optionsMode },
  AT_ResetRelOptions: { said: "RESET (…)", mode: optionsMode },
  AT_ChangeOwner: { said: "OWNER TO", mode: STRONGEST, also: allSequences },
  AT_AddInherit: { said: "INHERIT", mode: STRONGEST, also: inherit },
  AT_DropInherit: { said: "NO INHERIT", mode: STRONGEST, also: inherit },
  AT_AddOf: {
    said: "OF",
    mode: STRONGEST,
    also: (command, _table, gathered) => ofType(fields(fields(command["def"])["TypeName"]), gathered),
  },
  AT_DropOf: { said: "NOT OF", mode: STRONGEST },
  AT_AttachPartition: { said: "ATTACH PARTITION", mode: UPKEEP, also: attachPartition },
  AT_DetachPartition: { said: "DETACH PARTITION", mode: detachMode, also: detachPartition },
  AT_DetachPartitionFinalize: { said: "DETACH PARTITION FINALIZE", mode: UPKEEP, also: detachPartition },
  AT_SetLogged: {
    said: "SET LOGGED",
    mode: STRONGEST,
    also: rewritten("all of it is written to the log", (_command, { isLogged }) => isLogged === true),
  },
  AT_SetUnLogged: {
    said: "SET UNLOGGED",
    mode: STRONGEST,
    also: rewritten("it gets a file that is not logged", (_command, { isLogged }) => isLogged === false),
  },
  AT_SetAccessMethod: {
    said: "SET ACCESS METHOD",
    mode: STRONGEST,
    also: rewritten(
      "another access method has another form on disk",
      ({ name }, { accessMethod }) => accessMethod === (word(name) || "heap"),
    ),
  },
  AT_SetTableSpace: {
    said: "SET TABLESPACE",
    mode: STRONGEST,
    also: rewritten(
      "its file is copied to the other tablespace",
      ({ name }, { tablespace }) => tablespace === word(name),
    ),
  },
  AT_GenericOptions: { said: "OPTIONS (…)", mode: STRONGEST },
};

const KINDS: Readonly<Record<string, readonly [said: string, kind: RelationKind]>> = {
  OBJECT_TABLE: ["ALTER TABLE", "table"],
  OBJECT_INDEX: ["ALTER INDEX", "index"],
  OBJECT_VIEW: ["ALTER VIEW", "view"],
  OBJECT_MATVIEW: ["ALTER MATERIALIZED VIEW", "materialized view"],
  OBJECT_SEQUENCE: ["ALTER SEQUENCE", "sequence"],
  OBJECT_FOREIGN_TABLE: ["ALTER FOREIGN TABLE", "foreign table"],
  OBJECT_TYPE: ["ALTER TYPE", "composite type"],
};

/** The words of its subcommands and its locks; all are done under the strongest that one of them asks for. */
export function alterTable(node: SqlNode, gathered: Gathered): void {
  const [said, kind] = KINDS[word(node["objtype"])] ?? ["ALTER TABLE", "table"];
  const commands = nodes(node["cmds"]).map(({ AlterTableCmd }) => fields(AlterTableCmd));
  const found = commands.map((command) => ({
    command,
    subcommand: SUBCOMMANDS[word(command["subtype"])] ?? { said: "…", mode: STRONGEST },
  }));
  const mode = strongestLock(found.map(({ command, subcommand }) => modeOf(command, subcommand))) ??
    STRONGEST;
  const range = fields(node["relation"]);
  if (node["missing_ok"] === true && gathered.isMissing(written(range))) {
    return gathered.is(`${said} IF EXISTS`);
  }
  const table = gathered.lock(written(range), mode, kind);
  for (const { command, subcommand } of found) {
    const words = kind === "composite type"
      ? subcommand.said.replace("COLUMN", "ATTRIBUTE")
      : subcommand.said;
    gathered.is(`${said} … ${words}`);
    const isWhole = range["inh"] === true && subcommand.recurses === true;
    if (isWhole && mayRecurse(command, table)) gathered.lockTree(table.name, mode);
    gathered.isOfChildren = isWhole && !isOfOneTable(command);
    subcommand.also?.(command, table, gathered, mode);
    if (kind === "composite type" && command["behavior"] === "DROP_CASCADE") {
      typedTables(table, gathered, mode);
    }
    gathered.isOfChildren = false;
  }
}

/** A check that is said so is not handed down to tables that inherit. */
function isOfOneTable(command: SqlNode): boolean {
  return fields(fields(command["def"])["Constraint"])["is_no_inherit"] === true;
}

/** Whether the parts of a table are touched: where it is about triggers, there have to be such; what is so stays so. */
function mayRecurse(command: SqlNode, { triggers, columns }: Relation): boolean {
  const subtype = word(command["subtype"]);
  if (subtype === "AT_SetNotNull") {
    return columns.find(({ name }) => name === command["name"])?.notNull !== true;
  }
  if (!/Trig(All|User)?$/.test(subtype) || triggers === null) return true;
  const named = /All$|User$/.test(subtype)
    ? triggers
    : triggers.filter(({ name }) => name === command["name"]);
  return /All$/.test(subtype) || named.some(({ isOfRows }) => isOfRows);
}

function modeOf(command: SqlNode, { mode }: Subcommand): string {
  return typeof mode === "string" ? mode : mode(command);
}

function constraintMode(command: SqlNode): string {
  const { contype } = fields(fields(command["def"])["Constraint"]);
  return contype === "CONSTR_FOREIGN" ? WRITERS : STRONGEST;
}

function detachMode(command: SqlNode): string {
  return fields(fields(command["def"])["PartitionCmd"])["concurrent"] === true ? UPKEEP : STRONGEST;
}

/** Options that plans and answers depend on; others are of upkeep alone. */
const OF_ANSWERS =
  /^(user_catalog_table|security_barrier|security_invoker|check_option|fastupdate|buffering)$/;

function optionsMode(command: SqlNode): string {
  const list = nodes(fields(fields(command["def"])["List"])["items"] ?? command["def"]);
  const names = list.map(({ DefElem }) => word(fields(DefElem)["defname"]));
  return names.some((name) => OF_ANSWERS.test(name)) ? STRONGEST : UPKEEP;
}

/** @param isSo whether the table is so already, and nothing is done */
function rewritten(
  why: string,
  isSo: (command: SqlNode, table: Relation) => boolean,
): NonNullable<Subcommand["also"]> {
  return (command, table, gathered, mode) => {
    // Of a divided table that is only what partitions are made with.
    if (isSo(command, table) || table.kind === "partitioned table" || table.kind === "sequence") return;
    gathered.work("rewrite", table, why);
    if (/Logged$/i.test(word(command["subtype"]))) allSequences(command, table, gathered, mode);
  };
}

function dropColumn(command: SqlNode, table: Relation, gathered: Gathered, mode: string): void {
  const name = word(command["name"]);
  ownSequence(command, table, gathered, mode);
  for (const { columns, references } of table.constraints) {
    if (references !== null && columns.includes(name)) gathered.lockTree(references, mode);
  }
  if (command["behavior"] !== "DROP_CASCADE") return;
  for (const view of gathered.known.viewsOf(table.name)) {
    if (!view.readsColumns.includes(`${table.name}.${quoted(name)}`)) continue;
    gathered.lock(view.name, mode, view.kind);
    for (const above of gathered.known.viewsOf(view.name)) gathered.lock(above.name, mode, above.kind);
  }
  for (const other of gathered.known.referringTo(table.name)) {
    const refers = other.constraints.some(({ references, referencedColumns }) =>
      references === table.name && referencedColumns.includes(name)
    );
    if (refers) gathered.lockTree(other.name, mode);
  }
  if (!gathered.known.isWhole) gathered.cannotTell("what CASCADE removes besides");
}

/** The sequences that go with a column. */
function ownSequence(command: SqlNode, table: Relation, gathered: Gathered, mode: string): void {
  const column = table.columns.find(({ name }) => name === command["name"]);
  for (const sequence of column?.sequences ?? []) gathered.lock(sequence, mode, "sequence");
}

function allSequences(_command: SqlNode, table: Relation, gathered: Gathered, mode: string): void {
  for (const { sequences } of table.columns) {
    for (const sequence of sequences) gathered.lock(sequence, mode, "sequence");
  }
}
