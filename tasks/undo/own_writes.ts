import type { Client } from "pg";
import type { Workload } from "../load/arms.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { isCaptured, type ScenarioOperation } from "../model/scenario.ts";
import { callsIn, type SqlCall, type SqlWrite, writesIn } from "../postgres/sql_writes.ts";
import { undoSql } from "../seed/reserved.ts";
import type { QuestionFile } from "../targets/workload.ts";
import { functionWrites } from "./own_functions.ts";
import { type ChangingField, changingFields } from "./own_mutations.ts";
import type { OwnUndo } from "./record.ts";

/** What a scenario with tables of the user's own writes into. */
export interface OwnWrites {
  /** By its operations, as their .sql files say it, and those of arms. */
  readonly asked: readonly OwnWrite[];
  /** By its mutations, those that may change rows that stand there. */
  readonly mutations: readonly OwnMutation[];
  /** By its undo. */
  readonly undo: readonly SqlWrite[];
  /** Functions that its operations call to write. */
  readonly calls: readonly SqlCall[];
}

/** A field of a mutation of an operation's. */
export interface OwnMutation extends ChangingField {
  readonly operation: ScenarioOperation;
  readonly file: string;
}

/** A write of an operation's. */
export interface OwnWrite extends SqlWrite {
  readonly operation: ScenarioOperation;
  readonly file: string;
  /** Names of the parameters that decide which rows it touches. */
  readonly chosenBy: readonly string[];
}

/**
 * What its SQL says of it.
 * @param ofArms what arms ask otherwise, by the index of the operation
 */
export async function ownWrites(
  { operations }: Pick<LoadedScenario, "operations">,
  workload: Workload,
  ofArms: readonly ReadonlyMap<number, QuestionFile>[],
  undo: Pick<OwnUndo, "path" | "sql"> | null,
): Promise<OwnWrites> {
  const questions = operations.flatMap((operation, index) => {
    if (!operation.write) return [];
    const { sql, statements } = workload[index]!;
    const given: readonly QuestionFile[] = [sql, ...Object.values(statements) as QuestionFile[]];
    return [...new Set([...given, ...ofArms.flatMap((own) => own.get(index) ?? [])])]
      .map((question) => ({ operation, question }));
  });
  const statements = questions.flatMap(({ operation, question }) =>
    "parameters" in question ? [{ operation, ...question }] : []
  );
  const asked = await Promise.all(
    statements.map(async ({ operation, file, line, text, parameters }) =>
      (await writesIn(text, { file, line })).map((write) => ({
        ...write,
        line: line + write.line - 1,
        operation,
        file,
        chosenBy: write.choosing.map((number) => parameters[number - 1]!.name),
      }))
    ),
  );
  const calls = await Promise.all(statements.map(({ file, line, text }) => callsIn(text, { file, line })));
  return {
    asked: asked.flat(),
    mutations: questions.flatMap(({ operation, question }) =>
      "kind" in question
        ? changingFields(question).map((field) => ({ ...field, operation, file: question.file }))
        : []
    ),
    undo: undo === null ? [] : await writesIn(undo.sql, { file: undo.path }),
    calls: calls.flat(),
  };
}

/**
 * Refuses what changes or removes rows of the user's that no undo can know: rows that the run itself made may go, and
 * those that the undo sets back.
 * @throws {UsageError} with file and line
 */
export function refuseLostRows(
  { name, operations }: Pick<LoadedScenario, "name" | "operations">,
  { asked, mutations, undo }: OwnWrites,
): void {
  const isSafe = ({ operation, chosenBy }: Pick<OwnWrite, "operation" | "chosenBy">) =>
    chosenBy.some((parameter) => isOfRun(operation, parameter, operations));
  const lost = asked.find((write) => write.changesRows && !isSetBack(write, undo) && !isSafe(write));
  // Which table a field is of only its server knows.
  const mutation = undo.some(({ kind }) => kind !== "DELETE")
    ? undefined
    : mutations.find((field) => !isSafe(field));
  if (lost === undefined && mutation !== undefined) {
    throw lostRows(name, `${mutation.file} asks for ${mutation.name},`, mutation.chosenBy, "them");
  }
  if (lost === undefined) return;
  const kind = lost.kind === "INSERT" ? "INSERT … ON CONFLICT DO UPDATE" : lost.kind;
  const table = nameOf(lost);
  const place = `${lost.file}:${lost.line}`;
  throw lostRows(
    name,
    `${place} is ${/^[IU]/.test(kind) ? "an" : "a"} ${kind} of ${table}`,
    lost.chosenBy,
    `the rows of ${table}`,
  );
}

function lostRows(name: string, what: string, chosenBy: readonly string[], rows: string): UsageError {
  return new UsageError(
    `Cannot run ${name}: a write may change no rows but the run's own: ${what} whose rows are chosen by ${
      chosenBy.length === 0 ? "no parameter" : chosenBy.map((parameter) => `:${parameter}`).join(", ")
    }`,
    "Nothing was changed. Nobody could take that back. Choose the rows by a key of the run's: a parameter of the kind " +
      '"reserved" (dataset.keys), or one captured from a step that writes under such a key. Or let dataset.undo set ' +
      `back ${rows} by an UPDATE that matches none of them before the run.`,
  );
}

/** Whether a parameter's value can only be a key that the run itself has written under. */
function isOfRun(
  { params }: ScenarioOperation,
  parameter: string,
  operations: readonly ScenarioOperation[],
): boolean {
  const draw = params[parameter]!;
  if (draw.kind === "reserved") return true;
  if (!isCaptured(draw)) return false;
  const from = operations.find(({ name }) => name === draw.from)!;
  return (from.write ?? false) || Object.keys(from.params).some((name) => isOfRun(from, name, operations));
}

/** Whether the undo may set the rows back that a write changes. */
function isSetBack(write: SqlWrite, undo: readonly SqlWrite[]): boolean {
  return undo.some((back) => back.kind !== "DELETE" && isSameTable(back, write));
}

function isSameTable(a: SqlWrite, b: SqlWrite): boolean {
  return a.table === b.table && (a.schema === null || b.schema === null || a.schema === b.schema);
}

/** As a message shows a table. */
function nameOf({ schema, table }: SqlWrite): string {
  return schema === null ? table : `${schema}.${table}`;
}

/** What a write makes the server do, by the events of triggers. */
function eventsOf({ kind, changesRows }: SqlWrite): readonly string[] {
  if (kind === "MERGE") return ["INSERT", "UPDATE", "DELETE"];
  return kind === "INSERT" && changesRows ? ["INSERT", "UPDATE"] : [kind];
}

/**
 * Looks at what the user's server does when the scenario writes that its SQL does not say: by triggers and rules, and
 * within functions.
 * @returns what is neither seen nor taken back, a sentence each
 * @throws {UsageError} where there is such a thing, and the scenario does not say that it knows
 */
export async function lookAtOwnWrites(
  client: Client,
  { name, ownTables }: Pick<LoadedScenario, "name" | "ownTables">,
  { asked, undo, calls }: OwnWrites,
): Promise<string[]> {
  // Tables and functions are found as the run's sessions find them.
  await client.query("RESET search_path");
  const { writes: within, unread } = await functionWrites(client, calls);
  const writes = [...asked, ...within];
  const acting = await actingOn(client, [...writes, ...undo]);
  const lost = within.filter((write) => write.changesRows && !isSetBack(write, undo));
  const unseen = [
    ...acting.length === 0 ? [] : [`set off ${acting.join(", ")}`],
    ...new Set(
      lost.map((write) =>
        `call ${write.within}, which may change rows of ${nameOf(write)} that stand there (${write.kind})`
      ),
    ),
    ...unread.map((each) => `call ${each}, which could not be read and may change rows that stand there`),
  ];
  const undoFile = ownTables?.undo ?? "undo";
  if (unseen.length > 0 && ownTables?.triggers !== "undone") {
    const doing = acting.length === 0 ? "its writes" : `its writes, and ${undoFile} after them,`;
    throw new UsageError(
      `Cannot run ${name}: ${doing} ${unseen.join("; ")}: what that does is not seen, and ` +
        `Benchbook does not take it back`,
      `Nothing was changed. Let ${undoFile} take that back too, and say so in the scenario: dataset.triggers: "undone". ` +
        "Or disable it for that time, or use another database.",
    );
  }
  return [
    ...unseen.map((what) =>
      `Writes ${what}: what that does is not looked at, and taken back only as far as ${undoFile} does it ` +
      "(dataset.triggers)."
    ),
    ...await drawnBy(client, writes),
  ];
}

/** Triggers and rules of the user's that writes set off, as people call them. */
async function actingOn(client: Client, writes: readonly SqlWrite[]): Promise<string[]> {
  const events = writes.flatMap((write) => eventsOf(write).map((event) => ({ ...write, event })));
  const { rows } = await client.query<{ what: string }>(undoSql("own_triggers.sql"), [
    events.map(({ schema }) => schema),
    events.map(({ table }) => table),
    events.map(({ event }) => event),
  ]);
  return rows.map(({ what }) => what);
}

/** What is said of sequences that inserts draw from. */
async function drawnBy(client: Client, writes: readonly SqlWrite[]): Promise<string[]> {
  const inserts = writes.filter(({ kind, given }) => kind === "INSERT" && given !== null)
    .map(({ schema, table, given }) => ({
      schema,
      name: table,
      names: typeof given === "number" ? null : given,
      first: typeof given === "number" ? given : null,
    }));
  const { rows } = await client.query<{ sequence: string; column: string }>(
    undoSql("own_sequences.sql"),
    [JSON.stringify(inserts)],
  );
  return rows.map(({ sequence, column }) =>
    `Each write draws a value from the sequence ${sequence} (${column}), also where the paths are compared, and ` +
    "nobody sets it back: your own next one is that much higher."
  );
}
