import type { Client } from "pg";
import { InterruptedError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import { openClient } from "../seed/connect.ts";
import { lockDatabase } from "../seed/database_lock.ts";
import { reservedKeys, undoSql } from "../seed/reserved.ts";
import { isAlive } from "../stack/process.ts";
import { isNoCopy } from "./copies.ts";
import { dropRecord, keepForLater, keptRecords, recordPath } from "./journal.ts";
import type { DatabasePlace, WriteRecord } from "./record.ts";
import { cleaningText, placeOf, placeText, sameServer, urlOf } from "./place.ts";
import { notAsItWas, withPresentUndo } from "./own_file.ts";
import { takeBack } from "./take_back.ts";

/** What became of the writes of runs that did not take them back themselves. */
export interface LeftWrites {
  /** What was taken back, a sentence each. */
  readonly told: readonly string[];
  /** What is left, a sentence each. */
  readonly left: readonly string[];
}

/** Where to look. */
export interface LookedAt {
  /** A database of the server. */
  readonly url: string;
  readonly embedded: boolean;
  /** Whether the caller has the lock of that database, and of the others. */
  readonly held: boolean;
  /** Databases of arms, on whatever servers: URLs, which may hold passwords. */
  readonly others?: readonly string[];
  /** Databases to which rows may have been carried, likewise; nobody needs to have their locks. */
  readonly copies?: readonly string[];
  /** Ends waiting for what may be committed yet, and cancels what is under way; what is left then is named. */
  readonly signal?: AbortSignal;
  /** Has a last look at what a run wrote into its own database, before it is taken back. @param url may hold a password */
  readonly look?: (runId: string, url: string) => Promise<void>;
  /** Gets what was taken back, by and by: also of what an interruption cuts short. */
  readonly told?: string[];
  /**
   * Asks whether SQL may run that is not the same in a record and in its scenario's files; without it it does not. The
   * undo is the file's as it is now, where that is to be had.
   * @param corrected whether it is, and not the record's
   */
  readonly mayRun?: (record: WriteRecord, corrected: boolean) => boolean;
}

/** A database that is open. */
interface Opened {
  readonly client: Client;
  readonly url: string;
  readonly here: DatabasePlace;
  /** Whether the caller has its lock. */
  readonly held: boolean;
}

/**
 * Takes back what runs of this home have left in the databases of a server, whatever their scenario, and of the servers of
 * arms; what is left, there or on another server, is named each time until it is gone. The caller holds the lock of the
 * home.
 * @throws {InterruptedError} after the signal: what is left then the next start takes back
 */
export async function takeBackLeftWrites(home: string, at: LookedAt): Promise<LeftWrites> {
  const { records, damaged } = await keptRecords(home);
  const { told = [] } = at;
  const left: string[] = [...damaged];
  const ended = records.filter(({ owner }) => !isAlive(owner));
  if (ended.length === 0) return { told, left };
  await using opened = new AsyncDisposableStack();
  const { url, embedded, held, others = [], copies = [] } = at;
  const places = [await openAt(opened, { url, embedded, held })];
  for (const url of [...others, ...copies]) {
    try {
      places.push(await openAt(opened, { url, embedded: false, held: held && others.includes(url) }));
    } catch {
      // What is there stays, and is named.
    }
  }
  for (const record of ended) {
    if (at.signal?.aborted) throw new InterruptedError();
    const place = placeFor(record, places);
    const done = place === undefined
      ? { told: [], left: [elsewhere(record)] }
      : await takeBackHere(home, record, place, at);
    told.push(...done.told);
    left.push(...done.left);
  }
  return { told, left };
}

async function openAt(
  opened: AsyncDisposableStack,
  { url, embedded, held }: Pick<LookedAt, "url" | "embedded" | "held">,
): Promise<Opened> {
  const client = opened.use(await openClient(url, "benchbook undo"));
  return { client, url, here: await placeOf(client, url, embedded), held };
}

/** The record's own database where that is open, else one of its server. */
function placeFor({ place }: WriteRecord, places: readonly Opened[]): Opened | undefined {
  const there = places.filter(({ here }) => sameServer(place, here));
  return there.find(({ here }) => here.oid === place.oid) ?? there[0];
}

function elsewhere({ runId, scenario, place }: WriteRecord): string {
  return `The run ${runId} (${scenario}) ended early and may have left rows in ${placeText(place)}. ` +
    cleaningText(place, "takes them back");
}

async function takeBackHere(
  home: string,
  kept: WriteRecord,
  { client, url, here, held }: Opened,
  { signal, mayRun, look }: LookedAt,
): Promise<LeftWrites> {
  const changed = await notAsItWas(home, kept);
  const record = changed === null ? kept : await withPresentUndo(home, kept);
  const { runId, scenario, place } = record;
  if (changed !== null && !(mayRun?.(record, record !== kept) ?? false)) {
    return {
      told: [],
      left: [
        `${elsewhere(record)} Its SQL is not run unasked: ${changed}. That task shows it and asks.`,
      ],
    };
  }
  // By its oid: it may have another name by now, and another database its old one.
  const { rows: [found] } = await client.query<{ name: string }>(undoSql("database.sql"), [place.oid]);
  if (found === undefined) {
    const told = await madeAnew(record, client, url);
    await dropRecord(home, record);
    return { told, left: [] };
  }
  const database = urlOf(url, found.name);
  let lock;
  try {
    if (await isNoCopy(home, record, database)) return { told: [], left: [] };
    lock = held && found.name === here.database ? null : await lockDatabase(database, `undo ${runId}`);
  } catch (error) {
    return { told: [], left: [`${elsewhere(record)} Not now: ${(error as Error).message}.`] };
  }
  const isOwn = record.part === undefined && !record.copy;
  const { rows, written, left, record: after } = await takeBack(home, record, database, {
    signal,
    cancel: signal,
    ...look !== undefined && isOwn && { before: () => look(runId, database) },
  })
    .finally(() => lock?.release());
  if (left.length > 0) {
    await keepForLater(home, after);
    const next =
      "`deno task clean --writes` tries it again, and so does the next bench. Where it is right as it is, " +
      `delete ${recordPath(home, record)}.`;
    return { told: [], left: [...left, next] };
  }
  await dropRecord(home, record);
  const what = record.own === null ? counted(rows, "row") : `by ${record.own.file}`;
  const where = placeText({ ...place, database: found.name });
  if (rows === 0 && written > 0 && record.own === null) {
    return {
      told: [
        `Nothing was taken back of the run ${runId} (${scenario}): under none of the ` +
        `${counted(written, "key")} that it wrote is there a row any more in ${where}.`,
      ],
      left: [],
    };
  }
  return { told: [`Took back what the run ${runId} (${scenario}) had left in ${where}: ${what}.`], left: [] };
}

/** A database that was dropped took the rows along, unless they came back with a dump: then they are the user's to judge. */
async function madeAnew(
  { runId, scenario, place, reserved }: WriteRecord,
  client: Client,
  url: string,
): Promise<string[]> {
  const { rows: [again] } = await client.query<{ there: boolean }>(undoSql("database_named.sql"), [
    place.database,
  ]);
  if (!again!.there) return [];
  let keys = 0;
  if (reserved !== null) {
    await using other = await openClient(urlOf(url, place.database), "benchbook undo");
    for await (const _ of reservedKeys(other, datasets[reserved.dataset]!)) keys++;
  }
  return [
    `The database "${place.database}" was made anew since the run ${runId} (${scenario}) wrote into it: nothing was ` +
    `taken back there.${
      keys === 0
        ? ""
        : ` It has rows under ${counted(keys, "key")} that ${
          keys === 1 ? "is" : "are"
        } kept for runs, which may have come with a dump.`
    }`,
  ];
}
