import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import type { MoveSide } from "../model/client_gate.ts";
import { sessionName } from "../model/session_name.ts";
import type { PgClient } from "../postgres/client.ts";
import { cancelOn, openClient, translate, UNLIMITED } from "../seed/connect.ts";
import { transaction } from "../seed/sql.ts";
import { self } from "../stack/process.ts";
import { placeOf } from "../undo/place.ts";
import { carriedOver, comparedAgain } from "./carried_over.ts";
import { checkMove } from "./check_move.ts";
import { complaintsOf } from "./complaints.ts";
import type { Mover } from "./move_context.ts";
import type { MoveOptions, MoveOutcome } from "./move_options.ts";
import { takenUp } from "./left_undecided.ts";
import { keepMove, type MoveRecord } from "./move_record.ts";
import { moveSql, namesOf, quotedText } from "./move_sql.ts";
import { MoveFailure, stepRecorder } from "./move_steps.ts";
import { movedTables } from "./moved_tables.ts";
import { moveNaively } from "./naive_move.ts";
import { removeMove } from "./remove_move.ts";
import { moveSafely } from "./safe_move.ts";
import { KeptCatalogue } from "./kept_catalogue.ts";

/**
 * Moves tables with their clients from one server to another. Where that fails before clients have gone over, everything is
 * as it was before; where it fails later, they stay where they are.
 * @throws {UsageError} where it cannot be done, before anything is made
 * @throws {ServiceError} where a server cannot be reached, likewise
 */
export async function moveServer(options: MoveOptions): Promise<MoveOutcome> {
  const { wayBack, notes } = await checkMove(options);
  const opened: PgClient[] = [];
  const stops: (() => Promise<void>)[] = [];
  const { home, runId, signal } = options;
  const session = async (side: MoveSide) => {
    const client = await openClient(options[side].url, sessionName(runId, "migration"), UNLIMITED);
    opened.push(client);
    const settled = cancelOn(client, signal);
    stops.push(() => Promise.resolve(settled()));
    return client;
  };
  let [failure, kept]: [MoveFailure | null, MoveRecord | null] = [null, null];
  let mover: Mover;
  const steps = stepRecorder(options);
  try {
    const [source, target] = [await session("source"), await session("target")];
    const record = await newRecord(options, source, target);
    const names = namesOf(runId, record.mark);
    mover = {
      options,
      names,
      source,
      target,
      tables: await movedTables(source, options.schemas),
      wayBack,
      out: { name: names.out, sentinel: `${names.schema}.sentinel_out`, from: source, to: target },
      back: { name: names.back, sentinel: `${names.schema}.sentinel_back`, from: target, to: source },
      run: steps.run,
      catalogue: new KeptCatalogue("source", await session("source"), options.schemas),
      session,
      atEnd: (stop) => void stops.push(stop),
      keep: (change) => keepMove(home, kept = { ...kept!, ...change }),
      at: "source",
      pauses: [],
      compared: [],
      sequences: new Map(),
      notes: [...notes],
      left: [],
    };
    takenUp(home, record);
    keepMove(home, kept = record);
    try {
      for (const client of [source, target]) await prepareSide(client, names, options.schemas);
      await (options.variant === "naive" ? moveNaively : moveSafely)(mover);
    } catch (error) {
      failure = error instanceof MoveFailure ? error : new MoveFailure(steps.last(), error);
      if (!signal?.aborted) failure.complaints = await complaintsOf(options, names.schema);
    }
  } catch (error) {
    throw signal?.aborted ? new InterruptedError() : translate(error);
  } finally {
    for (const stop of stops.reverse()) await stop();
    await Promise.allSettled(opened.map((client) => client.end()));
  }
  const finish = finishing(options, () => kept!);
  // Nobody was at the target: nothing of it is to stay.
  const undone = failure !== null && mover.at === "source" && mover.pauses.every(({ to }) => to === "target");
  return outcomeOf(mover, failure, undone ? await finish() : [], finish);
}

function finishing(options: MoveOptions, record: () => MoveRecord): () => Promise<readonly string[]> {
  let done: readonly string[] | null = null;
  return async () => {
    if (done?.length === 0) return done;
    return done = await removeMove(options.home, record(), {
      source: options.source.url,
      target: options.target.url,
    });
  };
}

function outcomeOf(
  mover: Mover,
  failure: MoveFailure | null,
  notRemoved: readonly string[],
  finish: MoveOutcome["finish"],
): MoveOutcome {
  const { at, pauses, compared, notes, left, options: { signal } } = mover;
  const interrupted = failure !== null && (signal?.aborted ?? false);
  const cleaned = failure !== null && at === "source" && notRemoved.length === 0
    ? ["Clients are where they were, and what the move had made on both servers was removed."]
    : [];
  return {
    done: failure === null,
    interrupted,
    stopped: failure === null || interrupted ? null : stoppedText(failure, at),
    step: failure?.step.step ?? null,
    at,
    pauses,
    compared,
    notes,
    cleaned,
    left: [...left, ...failure !== null && at === "target" ? [STAYED] : [], ...notRemoved],
    carried: async () => failure === null && await carriedOver(mover),
    compareAgain: async (tables, signal) =>
      failure === null ? await comparedAgain(mover, tables, signal) : null,
    finish,
  };
}

const STAYED =
  "The data are at the target. Where that does not come back, the source has what was carried to it until then, and takes " +
  "writes as soon as the fence of the move is removed: at the end of the run, or at the next start.";

function stoppedText({ step, cause, complaints }: MoveFailure, at: MoveSide): string {
  const told = translate(cause) as Error;
  // Who asks the servers knows better what to do.
  const next = complaints !== ""
    ? ` ${complaints}`
    : told instanceof BenchbookError && told.next !== undefined
    ? ` ${told.next}`
    : "";
  return `The move stopped at step ${step.step} (${
    step.about.replace(/\.$/, "")
  }): ${told.message}.${next} ` +
    `Clients and data are at the ${at}.`;
}

async function newRecord(options: MoveOptions, source: Client, target: Client): Promise<MoveRecord> {
  return {
    schema: 1,
    runId: options.runId,
    mark: randomBytes(8).toString("hex"),
    owner: self(),
    since: new Date().toISOString(),
    source: await placeOf(source, options.source.url, options.source.embedded),
    target: await placeOf(target, options.target.url, options.target.embedded),
    subscription: null,
    switched: false,
    at: "source",
    schemas: options.schemas,
  };
}

async function prepareSide(
  client: Client,
  { schema, mark }: ReturnType<typeof namesOf>,
  moved: readonly string[],
): Promise<void> {
  const text = moveSql("prepare_side.sql", {
    schema,
    mark: quotedText(mark),
    schemas: `ARRAY[${moved.map(quotedText).join(", ")}]`,
  });
  await transaction(client, () => client.query(text));
}
