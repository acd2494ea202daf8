import type { Client } from "pg";
import type { PgClient } from "../postgres/client.ts";
import { datasets } from "../seed/catalog.ts";
import { BenchbookError } from "../model/errors.ts";
import { cancelOn, lockErrorOf, openClient } from "../seed/connect.ts";
import { removeReserved, reservedKeys, slotOf, undoSql } from "../seed/reserved.ts";
import { keepsRows } from "./in_the_way.ts";
import { evidenceOf, type WriteRecord } from "./journal.ts";
import { givenUpWrites, lateText, untilSettled } from "./late.ts";
import { lookAfter } from "./looks.ts";
import { endStatements } from "./sessions.ts";
import { ownSlots, readTold, type Told } from "./told.ts";

/** As queries/undo/limits.sql sets it. */
const LOCK_WAIT_MS = 3000;

/** What came of an undo. */
export interface TakenBack {
  /** Rows that Benchbook itself removed; a scenario's own SQL does not say. */
  readonly rows: number;
  /** What is left, a sentence each; empty: the database is as it was before. */
  readonly left: readonly string[];
}

export interface TakingBack {
  /** Ends the waiting for what may be committed yet. */
  readonly signal?: AbortSignal;
  /** Cancels what is under way: for what an earlier run left, which can be taken back later as well. */
  readonly cancel?: AbortSignal;
  /** The run's last requests are not older than a request may take. */
  readonly justEnded?: boolean;
}

/**
 * Takes back what a run wrote and looks afterwards, by key, whether it is gone; what a service of the user's may commit
 * afterwards is waited for, and taken back too. May be called any number of times. Never throws: what could not be done
 * is said.
 * @param home BENCHBOOK_HOME, where the run's spool or what was kept of it tells which keys are its own
 * @param url of the record's database; may hold a password and is never shown
 */
export async function takeBack(
  home: string,
  record: WriteRecord,
  url: string,
  { signal, cancel, justEnded = false }: TakingBack = {},
): Promise<TakenBack> {
  const unknown = (error: unknown) =>
    `It is not known whether ${writesOf(record)} are left: ${sentence(error)}`;
  let client: PgClient;
  try {
    client = await openClient(url, "benchbook undo");
  } catch (error) {
    return { rows: 0, left: [unknown(error)] };
  }
  const stopCancelling = cancelOn(client, cancel);
  try {
    await client.query(undoSql("limits.sql"));
    const first = await takeBackNow(home, record, client);
    const givenUp = givenUpWrites(home, record);
    if (givenUp === null) return first;
    await client.query("SET search_path = pg_catalog");
    const settled = await untilSettled(client, record, justEnded && givenUp.length > 0, signal);
    const { rows, left } = await takeBackNow(home, record, client);
    return {
      rows: first.rows + rows,
      left: settled ? left : [...left, lateText(record, givenUp)],
    };
  } catch (error) {
    return { rows: 0, left: [unknown(lockErrorOf(client, LOCK_WAIT_MS, error) ?? error)] };
  } finally {
    stopCancelling();
    await client.end().catch(() => {});
  }
}

async function takeBackNow(home: string, record: WriteRecord, client: PgClient): Promise<TakenBack> {
  const say = (error: unknown) => sentence(lockErrorOf(client, LOCK_WAIT_MS, error) ?? error);
  const told = toldOf(home, record);
  const left: string[] = [];
  const busy = await endStatements(client, record.runId, told?.queued ?? false);
  if (busy > 0) {
    left.push(`${busy} sessions of the run ${record.runId} still run a statement, and may write.`);
  }
  const failures: string[] = [];
  const attempt = async (work: () => Promise<number>): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      failures.push(say(error));
      return 0;
    }
  };
  const isOurs = oursOf(record, told);
  const rows = await attempt(() => removeOurs(client, record, isOurs));
  await attempt(() => runOwn(client, record));
  try {
    left.push(...await leftReserved(client, record, isOurs), ...await leftOwn(client, record));
  } catch (error) {
    left.push(`It is not known whether ${writesOf(record)} are left: ${say(error)}`);
  }
  // Where nothing is left by any key, nobody needs to know; a scenario's own SQL may do more than keys show.
  const said = left.length > 0 || record.own !== null;
  return { rows, left: said ? [...left, ...failures] : [] };
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

/** What the run's spool, or what was kept of it, tells; null where there is none. */
function toldOf(home: string, record: WriteRecord): Told | null {
  const spool = evidenceOf(home, record);
  return spool === null ? null : readTold(spool, record.writes, record.arms);
}

/** Which slots' keys are the run's own: those of its comparison, or those that its spool tells of. */
function oursOf(
  { reserved, writes, whole, retries }: WriteRecord,
  told: Told | null,
): (slot: number) => boolean {
  if (reserved === null) return () => false;
  const { proofSlots, slots } = reserved;
  const ofProof = new Set(proofSlots);
  if (told === null) return (slot) => ofProof.has(slot);
  const ofLoad = ownSlots(writes, told, { whole, slots, retries });
  return (slot) => ofProof.has(slot) || ofLoad(slot) !== "nothing";
}

async function removeOurs(
  client: Client,
  record: WriteRecord,
  isOurs: (slot: number) => boolean,
): Promise<number> {
  if (record.reserved === null) return 0;
  const dataset = datasets[record.reserved.dataset]!;
  const kept = await keepsRows(client, dataset, dataset.schemas);
  if (kept !== null) throw new Error(kept);
  const removed = await removeReserved(client, dataset, isOurs);
  return Object.values(removed).reduce((sum, count) => sum + count, 0);
}

async function runOwn(client: Client, { own }: WriteRecord): Promise<number> {
  if (own === null) return 0;
  const kept = await keepsRows(client, null, own.schemas);
  if (kept !== null) throw new Error(`${own.file} was not run: ${kept}`);
  try {
    // Names in it are found as the user's role finds them.
    await client.query("RESET search_path; BEGIN");
    await client.query(own.sql);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw new Error(`${own.file} failed: ${sentence(error)}`);
  }
  return 0;
}

async function leftReserved(
  client: Client,
  record: WriteRecord,
  isOurs: (slot: number) => boolean,
): Promise<string[]> {
  if (record.reserved === null) return [];
  const dataset = datasets[record.reserved.dataset]!;
  const found = new Map<string, { rows: number; column: string; from: bigint; to: bigint }>();
  await client.query("SET search_path = pg_catalog");
  for await (const reserved of reservedKeys(client, dataset)) {
    if (!isOurs(slotOf(dataset, reserved))) continue;
    const { relation, column, key, rows } = reserved;
    const so = found.get(relation);
    found.set(relation, { rows: (so?.rows ?? 0) + rows, column, from: so?.from ?? key, to: key });
  }
  return [...found].map(([relation, { rows, column, from, to }]) =>
    `${rows} ${rows === 1 ? "row" : "rows"} of the run ${record.runId} ${
      rows === 1 ? "is" : "are"
    } left in ` +
    `${relation} of the database "${record.place.database}": ${column} ${
      from === to ? from : `${from} to ${to}`
    }.`
  );
}

async function leftOwn(client: Client, { own, looks, runId, place }: WriteRecord): Promise<string[]> {
  if (looks.length === 0) return [];
  await client.query("RESET search_path");
  return (await lookAfter(client, looks)).map(({ operation, keys, looked, first }) =>
    `Of ${looked} keys that ${operation} of the run ${runId} may have written, ${keys} ` +
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
