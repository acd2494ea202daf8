import { changesNothing, whyRefused } from "../load/change_statements.ts";
import { changeStatement, changeStatements } from "../load/change_text.ts";
import { UsageError } from "../model/errors.ts";
import type { Move, StepStatement } from "../model/migration.ts";
import { replacePlaceholders, type SqlNode, type SqlStatement } from "../postgres/sql_parser.ts";
import { nodesIn } from "../postgres/sql_writes.ts";
import { type FileFault, transactionOf } from "./own_transaction.ts";

/** What messages call a file. */
export const WHAT = "the migration";

/** What a file's statements are, and how they are run. */
export interface MovedStatements {
  readonly statements: readonly StepStatement[];
  /** As the head says, with what the file's own BEGIN and COMMIT add to it. */
  readonly move: Move;
}

/**
 * The statements of one file.
 * @param file as messages name it
 * @param move as the file's head says
 * @throws {UsageError} with file, line and column of what is no SQL, or cannot be run by this move
 */
export async function stepStatements(sql: string, file: string, move: Move): Promise<MovedStatements> {
  const batches = move.kind === "batches";
  const read = await changeStatements(batches ? await withParameters(sql, file) : sql, file, WHAT);
  const fault: FileFault = (line, what, next) =>
    new UsageError(`Cannot use ${WHAT} ${file}${line === null ? "" : `:${line}`}: ${what}`, next);
  const { statements: found, wrapped } = transactionOf(read, fault);
  if (found.length === 0) throw fault(null, "it has no statement", "Write what changes the database.");
  if (found.every(({ node }) => changesNothing(node))) {
    throw fault(null, "it only sets what ends with its session", "Write what changes the database.");
  }
  for (const { node, line } of found) {
    const why = whyRefused(node);
    if (why !== null) throw fault(line, why.reason, why.next);
  }
  const moved = wrapped ? inOneTransaction(move, found[0]!.line, fault) : move;
  checkMove(found, moved, wrapped, fault);
  const statements = found.map(changeStatement);
  return { statements: batches ? statements.map(asWritten) : statements, move: moved };
}

/** PostgreSQL's grammar has no names for parameters: numbers as long as they keep every place. */
const NUMBERS = { after: "$00001", upto: "$0002" } as const;

async function withParameters(sql: string, file: string): Promise<string> {
  const numbered = (name: string) => NUMBERS[name as keyof typeof NUMBERS] ?? `:${name}`;
  try {
    return await replacePlaceholders(sql, { file }, numbered);
  } catch {
    // A string or a comment does not end: whoever parses it says in which column.
    return sql.replace(/:(after|upto)\b/g, (_, name: string) => numbered(name));
  }
}

function asWritten(statement: StepStatement): StepStatement {
  const named = (text: string) =>
    Object.entries(NUMBERS).reduce((so, [name, number]) => so.replaceAll(number, `:${name}`), text);
  return { ...statement, text: named(statement.text), shown: named(statement.shown) };
}

function inOneTransaction(move: Move, line: number, fault: FileFault): Move {
  if (move.kind === "plain" || move.kind === "lock_timeout") return { ...move, oneTransaction: true };
  throw fault(
    line,
    `BEGIN and COMMIT cannot go with the move ${move.kind}, each of whose statements is a transaction by itself`,
    "Leave both out.",
  );
}

function checkMove(found: readonly SqlStatement[], move: Move, wrapped: boolean, fault: FileFault): void {
  const [first, second] = found;
  const isSingle = move.kind === "batches" || move.kind === "concurrently";
  if (isSingle && second !== undefined) {
    throw fault(
      second.line,
      `the move ${move.kind} is of one statement`,
      "Put the others into files of their own.",
    );
  }
  if (move.kind === "batches") {
    const missing = Object.entries(NUMBERS).find(([, number]) => !first!.text.includes(number));
    if (missing !== undefined) {
      throw fault(
        first!.line,
        `a statement in batches must say which rows are one batch: :${missing[0]} is missing`,
        `Write WHERE … ${move.key} > :after AND ${move.key} <= :upto.`,
      );
    }
    const tables = tablesOf(first!.node);
    const named = move.table.split(".").at(-1)!.replaceAll('"', "").toLowerCase();
    // A function may do it all.
    if (tables.length > 0 && !tables.includes(named)) {
      throw fault(
        first!.line,
        `its batches are ranges of ${move.table}, which the statement does not name`,
        "Rows with other keys than that table has would be left out: name the table whose rows it changes.",
      );
    }
  }
  if (move.kind === "concurrently" && !isConcurrent(first!.node)) {
    throw fault(
      first!.line,
      "the move concurrently is of an index that is made, dropped or made anew CONCURRENTLY",
      "Write CREATE INDEX CONCURRENTLY, or leave out the move.",
    );
  }
  if ((move.kind === "plain" || move.kind === "lock_timeout") && move.oneTransaction) {
    const alone = found.find(({ node }) => runsAlone(node));
    if (alone !== undefined) {
      throw fault(
        alone.line,
        `${alone.oneLine.split(" ", 3).join(" ")} … cannot run within a transaction`,
        `Leave out ${wrapped ? "BEGIN and COMMIT" : "`one transaction`"}, or put it into a file of its own.`,
      );
    }
  } else {
    const local = found.find(({ node }) => endsWithTransaction(node));
    if (local !== undefined) {
      throw fault(
        local.line,
        `${
          local.oneLine.split(" ", 2).join(" ").toUpperCase()
        } ends with its transaction, and here each statement is one by itself`,
        "Write BEGIN as the first statement and COMMIT as the last, or leave it out.",
      );
    }
  }
}

/** Whether a statement has an effect within a transaction alone: PostgreSQL only warns where there is none. */
function endsWithTransaction(node: SqlNode): boolean {
  const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
  if (kind === "VariableSetStmt") return fields["is_local"] === true || fields["name"] === "TRANSACTION";
  return kind === "ConstraintsSetStmt";
}

/** The tables that a statement names, without their schemas and in lower case. */
function tablesOf(node: SqlNode): string[] {
  return [...nodesIn(node)].flatMap(([, { relname }]) =>
    typeof relname === "string" ? [relname.toLowerCase()] : []
  );
}

function isConcurrent(node: SqlNode): boolean {
  const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
  if (kind === "IndexStmt" || kind === "DropStmt") return fields["concurrent"] === true;
  return kind === "ReindexStmt" && hasOption(fields, "concurrently");
}

/** Whether a statement cannot be part of a transaction with others. */
function runsAlone(node: SqlNode): boolean {
  const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
  switch (kind) {
    case "VacuumStmt":
      return fields["is_vacuumcmd"] === true;
    case "ReindexStmt":
      return isConcurrent(node) ||
        !["REINDEX_OBJECT_INDEX", "REINDEX_OBJECT_TABLE"].includes(fields["kind"] as string);
    case "ClusterStmt":
      return fields["relation"] === undefined;
    case "DiscardStmt":
      return fields["target"] === "DISCARD_ALL";
    case "AlterTableStmt":
      return JSON.stringify(fields["cmds"]).includes('"concurrent":true');
    default:
      return isConcurrent(node);
  }
}

function hasOption(fields: SqlNode, name: string): boolean {
  const options = (fields["params"] ?? []) as readonly { readonly DefElem?: { readonly defname?: string } }[];
  return options.some(({ DefElem }) => DefElem?.defname === name);
}
