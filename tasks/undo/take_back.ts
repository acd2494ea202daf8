import type { Client } from "pg";
import type { PgClient } from "../postgres/client.ts";
import { datasets } from "../seed/catalog.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { cancelOn, lockErrorOf, openClient } from "../seed/connect.ts";
import { undoSql } from "../seed/reserved.ts";
import { keepsRows } from "./in_the_way.ts";
import type { WriteRecord } from "./record.ts";
import { givenUpWrites, lateText, untilSettled } from "./late.ts";
import { lookAfter } from "./looks.ts";
import { isCounted, mostTouched, runOwnUndo, type Touched } from "./own_undo.ts";
import { leftReserved, removeOurs } from "./reserved_rows.ts";
import { leftMarks, setBackOurs } from "./marked_rows.ts";
import { endStatements } from "./sessions.ts";
import { evidenceFor, mayBeQueued, type Told, toldOf } from "./told.ts";
import type { WritingOptions } from "./writing.ts";
import { anySignal } from "../net/any_signal.ts";

/** An undo waits for nobody for long: what it could not do is said, and done later. */
const LOCK_WAIT_MS = 3000;

/** A service that has just started on a starved machine may need so long for what it was asked. */
const SETTLE_MS = 30_000;
/** Who has pressed Ctrl-C waits so long. */
const INTERRUPTED_MS = 5000;

/** What came of an undo. */
export interface TakenBack {
  /** Rows that Benchbook itself removed or set back. */
  readonly rows: number;
  /** Rows that a scenario's own SQL removed or changed; null where the server does not count. */
  readonly touched: number | null;
  /** Reserved keys that are known to have been written under; 0 where an earlier undo has removed those rows. */
  readonly written: number;
  /** What is left, a sentence each; empty: the database is as it was before. */
  readonly left: readonly string[];
  /** The record as it is to be kept where something is left. */
  readonly record: WriteRecord;
}

/** What decides whether more may be written. */
interface Behind {
  /** What the run's spool tells; null without one. */
  readonly told: Told | null;
  /** Services of the run's own that go on with what nobody waits for; undefined: there can be none. */
  readonly settled?: Promise<readonly string[]>;
}

export interface TakingBack extends Pick<WritingOptions, "settle"> {
  /** Ends the waiting for what may be committed yet. */
  readonly signal?: AbortSignal;
  /** Cancels what is under way: for what an earlier run left, which can be taken back later as well. */
  readonly cancel?: AbortSignal;
  /** The run's last requests are not older than a request may take. */
  readonly justEnded?: boolean;
  /** Has a last look at what the run wrote, once its sessions are over and before anything is taken back. */
  readonly before?: () => void | Promise<void>;
}

/**
 * Takes back what a run wrote and looks afterwards, by key, whether it is gone; what a service of the user's may commit
 * afterwards is waited for, and taken back too. May be called any number of times. What could not be done is said, and not
 * thrown.
 * @param home BENCHBOOK_HOME, where the run's spool or what was kept of it tells which keys are its own
 * @param url of the record's database; may hold a password and is never shown
 * @throws {InterruptedError} where the look before it was interrupted: nothing is taken back then
 */
export async function takeBack(
  home: string,
  record: WriteRecord,
  url: string,
  { signal, cancel, justEnded = false, settle, before }: TakingBack = {},
): Promise<TakenBack> {
  const unknown = (error: unknown) =>
    `It is not known whether ${writesOf(record)} are left: ${sentence(error)}`;
  let client: PgClient;
  try {
    client = await openClient(url, "benchbook undo");
  } catch (error) {
    return { rows: 0, touched: null, written: 0, left: [unknown(error)], record };
  }
  await using _closing = client;
  const stopCancelling = cancelOn(client, cancel);
  try {
    await client.query(undoSql("limits.sql", { lockMs: String(LOCK_WAIT_MS) }));
    const told = toldOf(home, record);
    const settled = mayBeQueued(record, told) ? settle?.(settleSignal(signal)) : undefined;
    const behind = { told, settled };
    if (before !== undefined) {
      await endStatements(client, record.runId, told?.queued ?? false, settled);
      await before();
    }
    const first = await takeBackNow(record, behind, client);
    const givenUp = givenUpWrites(record, told);
    if (givenUp === null) return first;
    await client.query("SET search_path = pg_catalog");
    const over = await untilSettled(client, record, justEnded && givenUp.length > 0, signal);
    const second = await takeBackNow(first.record, behind, client);
    return {
      ...second,
      rows: first.rows + second.rows,
      touched: first.touched === null || second.touched === null ? null : first.touched + second.touched,
      written: first.written,
      left: over ? second.left : [...second.left, lateText(record, givenUp)],
    };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return {
      rows: 0,
      touched: null,
      written: 0,
      left: [unknown(lockErrorOf(client, LOCK_WAIT_MS, error) ?? error)],
      record,
    };
  } finally {
    stopCancelling();
  }
}

function settleSignal(signal: AbortSignal | undefined): AbortSignal {
  return signal?.aborted
    ? AbortSignal.timeout(INTERRUPTED_MS)
    : anySignal(AbortSignal.timeout(SETTLE_MS), signal);
}

async function takeBackNow(
  record: WriteRecord,
  { told, settled }: Behind,
  client: PgClient,
): Promise<TakenBack> {
  const say = (error: unknown) => sentence(lockErrorOf(client, LOCK_WAIT_MS, error) ?? error);
  const left: string[] = [];
  const busy = await endStatements(client, record.runId, told?.queued ?? false, settled);
  if (busy > 0) {
    left.push(
      `${counted(busy, "session")} of the run ${record.runId} still run${
        busy === 1 ? "s" : ""
      } a statement, and may ` +
        "write.",
    );
  }
  for (const name of await settled ?? []) {
    left.push(
      `${name} still works on requests of the run ${record.runId} that were given up, and may write.`,
    );
  }
  const failures: string[] = [];
  const attempt = <T>(work: Promise<T>, otherwise: T): Promise<T> =>
    work.catch((error) => {
      failures.push(say(error));
      return otherwise;
    });
  const evidence = evidenceFor(record, told);
  const { reserved } = record;
  let removed = reserved?.removed ?? false;
  const gone = removed && record.late === null;
  const { count, whole } = await attempt(
    removeOurs(client, record, { evidence, removed, gone }),
    { count: 0, whole: false },
  );
  removed ||= whole;
  const rows = count + await attempt(setBackOurs(client, record), 0);
  const touched = await attempt<number | null>(runOwn(client, record, mostTouched(record, told)), 0);
  try {
    const { ours, others } = await leftReserved(client, record, { evidence, removed, gone });
    removed &&= ours.length === 0;
    left.push(...ours, ...others, ...await leftMarks(client, record), ...await leftOwn(client, record));
  } catch (error) {
    left.push(`It is not known whether ${writesOf(record)} are left: ${say(error)}`);
  }
  // Where nothing is left by any key, nobody needs to know; a scenario's own SQL may do more than keys show.
  const said = left.length > 0 || record.own !== null;
  return {
    rows,
    touched,
    written: reserved === null || reserved.removed ? 0 : reserved.proofSlots.length + (told?.written ?? 0),
    left: said ? [...left, ...failures] : [],
    record: reserved === null ? record : { ...record, reserved: { ...reserved, removed } },
  };
}

/** Whose rows, and where they would be, for sentences. */
function writesOf({ runId, place, reserved, own }: WriteRecord): string {
  const where = reserved === null
    ? own === null ? "" : ` (what ${own.file} takes back)`
    : ` (${
      datasets[reserved.dataset]!.reserved.map(({ table, column }) => `${table}: ${column}`).join(", ")
    } from ${datasets[reserved.dataset]!.reservedBase} on)`;
  return `writes of the run ${runId} in the database "${place.database}"${where}`;
}

/**
 * @param most rows that it may touch; where it would touch more, somebody else's are among them
 * @returns rows that it touched; null where the server does not count
 */
async function runOwn(
  client: Client,
  { own, runId, place }: WriteRecord,
  most: number,
): Promise<number | null> {
  if (own === null) return 0;
  const kept = await keepsRows(client, null, own.schemas);
  if (kept !== null) throw new Error(`${own.file} was not run: ${kept}`);
  let touched: Touched;
  // Where nobody else has rows it may do as it likes, uncounted too.
  const may = (done: Touched) => (place.embedded || isCounted(done)) && (done.rows ?? 0) <= most;
  try {
    touched = await runOwnUndo(client, own.sql, may);
  } catch (error) {
    throw new Error(`${own.file} failed: ${sentence(error)}`);
  }
  const { rows, whole } = touched;
  if (!place.embedded && !isCounted(touched)) {
    throw new Error(
      `${own.file} was rolled back: ${
        whole.length > 0
          ? `it takes ${whole.join(", ")} as a whole, or on another server`
          : "the server does not count rows (track_counts is off)"
      }, so nobody can count whose rows it removes. Remove those of the run ${runId} yourself`,
    );
  }
  if (rows !== null && rows > most) {
    throw new Error(
      `${own.file} was rolled back: it would remove or change ${
        counted(rows, "row")
      }, and the run ${runId} can have written ` +
        `${most} of them at the most. Somebody else's are among the rows that it matches: move those, or remove the ` +
        "run's yourself",
    );
  }
  return rows;
}

async function leftOwn(client: Client, { own, looks, runId, place }: WriteRecord): Promise<string[]> {
  if (looks.length === 0) return [];
  await client.query("RESET search_path");
  return (await lookAfter(client, looks)).map(({ operation, keys, looked, first }) =>
    `Of ${counted(looked, "key")} that ${operation} of the run ${runId} may have written, ${keys} ` +
    `${keys === 1 ? "is" : "are"} not as before in the database "${place.database}"` +
    `${own === null ? "" : ` after ${own.file}`}; the first: ${JSON.stringify(first)}. Or ` +
    "somebody else has changed them meanwhile."
  );
}

/** An error in the words of who said it. */
function sentence(error: unknown): string {
  const { message, code } = error as { message: string; code?: string };
  const text = error instanceof BenchbookError || code === undefined
    ? message
    : `${message} (SQLSTATE ${code})`;
  return text.endsWith(".") ? text : `${text}.`;
}
