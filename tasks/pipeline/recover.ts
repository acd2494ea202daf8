import type { Config } from "../config.ts";
import { isFile } from "../files/entry.ts";
import { type BenchbookError, InterruptedError } from "../model/errors.ts";
import { whySpoolStays } from "./spool_stays.ts";
import { counted, formatCount } from "../model/units.ts";
import { isAlive } from "../stack/process.ts";
import { forgetKeys, keyPrefix, unlinkCommand } from "../targets/cache_keys.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type LoadCounts, loadSpool } from "../store/load.ts";
import { openStore, type Store } from "../store/open.ts";
import { endLeftSearches } from "../store/searches.ts";
import { setAside } from "../store/set_aside.ts";
import {
  type PendingSpool,
  pendingSpools,
  removeLoadedSpools,
  removeSpool,
  spoolRoot,
} from "../store/spool.ts";
import { query } from "../store/sql.ts";
import { SpoolError } from "../store/spool_error.ts";
import type { ReadingOptions } from "../store/spooled_timings.ts";
import { openIfFree } from "./store_file.ts";

/** Milliseconds between two lines about a load that takes long. */
const PROGRESS_MS = 5000;

/** Recovers what earlier runs left, see `recoverRuns`, and tells of it. */
export async function tellRecovered(
  { home, redisUrl }: Pick<Config, "home" | "redisUrl">,
  db: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  let spoken = performance.now();
  const onProgress = (rows: number) => {
    if (performance.now() - spoken < PROGRESS_MS) return;
    spoken = performance.now();
    terminal.print(`Loading an earlier run: ${formatCount(rows)} requests so far.`);
  };
  const told = await recoverRuns(home, db, { redisUrl, onWait: waitNote(terminal), signal, onProgress });
  for (const line of told) terminal.print(line);
}

/** Says who has the store open while a task waits for it. */
export function waitNote(terminal: Terminal): (holder: string) => void {
  return (holder) => terminal.print(`Waiting for the store: ${holder} has it open.`);
}

export interface RecoverOptions extends ReadingOptions {
  /** The user's Redis, from which keys of killed runs are removed. */
  readonly redisUrl?: string;
  /** Told who has the store open while it is waited for. */
  readonly onWait?: (holder: string) => void;
}

/**
 * Brings runs whose process was killed into the store, with all rows they had spooled. Their writes are
 * taken back as soon as a database is open. A spool that cannot be read, or not all of it, is set aside, and one whose
 * writes nothing else could tell of stays: none keeps a later run from starting.
 * @returns a sentence for each run recovered, and for each spool set aside or left.
 * @throws {InterruptedError} when it was asked to end; what is not loaded stays for the next start.
 */
export async function recoverRuns(home: string, db: string, options: RecoverOptions = {}): Promise<string[]> {
  const told: string[] = [];
  if (isFile(spoolRoot(home))) told.push(`No spools can be in a file. ${putAside(home, spoolRoot(home))}`);
  removeLoadedSpools(home);
  const left = pendingSpools(home).filter(({ owner }) => owner === null || !isAlive(owner));
  using store = await openToRecover(db, left.length > 0, options);
  if (store === null) return told;
  for (const spool of left) {
    if (options.signal?.aborted) throw new InterruptedError();
    const stays = await whySpoolStays(home, spool.runId, spool.dir, db);
    told.push(...stays === null ? await recover(store, home, spool, options) : [stays]);
  }
  for (const id of await endLeftSearches(store, isAlive)) {
    told.push(`Recovered search ${id} (crashed). deno task report ${id} renders what it found.`);
  }
  return told;
}

/**
 * The store where there is something to load; else where it can be had at once, for searches that were killed: the next
 * start has another look.
 */
async function openToRecover(db: string, needed: boolean, options: RecoverOptions): Promise<Store | null> {
  if (needed) return await openStore(db, { mode: "write", onWait: options.onWait, signal: options.signal });
  return isFile(db) ? await openIfFree(db) : null;
}

/**
 * Ends the entries of searches in a store that have no end, because their process was killed or failed.
 * @param failed whether a search of this very process has ended without one
 */
export async function endSearches(db: string, failed: (id: string) => boolean): Promise<void> {
  using store = await openStore(db, { mode: "write" });
  await endLeftSearches(store, (owner, id) => isAlive(owner) && !failed(id));
}

async function recover(
  store: Store,
  home: string,
  { dir, runId }: PendingSpool,
  options: RecoverOptions,
): Promise<string[]> {
  let loaded: LoadCounts;
  try {
    loaded = await loadSpool(store, dir, options);
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error;
    // One that never began to measure has nothing to keep.
    if (isEmpty(dir)) {
      Deno.removeSync(dir, { recursive: true });
      return [];
    }
    return [`${error.message}. ${putAside(home, dir)}`];
  }
  const { status, timings, damaged } = loaded;
  const recovered = `Recovered run ${runId} (${status}): ${counted(timings, "request")}.` +
    await keysLeft(store, runId, options.redisUrl);
  if (damaged.length === 0) {
    removeSpool(dir);
    return [`${recovered} deno task report ${runId} renders it.`];
  }
  return [`${recovered} Damaged, and so not loaded: ${damaged.join(", ")}. ${putAside(home, dir)}`];
}

/** A row of load/cached_in.sql. */
interface KeptKeys {
  readonly address: string | null;
  /** Null: the Redis was the run's. */
  readonly arms: readonly string[] | null;
}

/** What became of the keys of a run that was killed in Redis servers of the user's, a sentence each. */
async function keysLeft(store: Store, runId: string, redisUrl: string | undefined): Promise<string> {
  const kept = await store.rows<KeptKeys>(query("load/cached_in"), { run: runId });
  const prefix = keyPrefix(runId);
  const sentences = kept.map(({ address, arms }) =>
    arms === null
      ? ofRun(prefix, redisUrl)
      // What let it in was never stored.
      : `Keys ${prefix}* of ${arms.join(", ")} may be left in Redis at ${
        new URL(address!).host
      } until they expire; sooner: ${unlinkCommand(prefix)}.`
  );
  return (await Promise.all(sentences)).map((sentence) => ` ${sentence}`).join("");
}

async function ofRun(prefix: string, redisUrl: string | undefined): Promise<string> {
  if (redisUrl === undefined) {
    return `Keys ${prefix}* may be left in Redis until they expire; sooner: ${unlinkCommand(prefix)}.`;
  }
  try {
    await forgetKeys(redisUrl, prefix, { ofAnother: true });
    return `Its keys were removed from Redis at ${new URL(redisUrl).host}.`;
  } catch (error) {
    const { message, next } = error as BenchbookError;
    return `${message}. ${next}.`;
  }
}

/** Moves a spool out of the way and says where it is. */
function putAside(home: string, dir: string): string {
  try {
    return `It is kept in ${setAside(home, dir)}.`;
  } catch (error) {
    return `It stays in ${dir}, since it cannot be moved: ${(error as Error).message}.`;
  }
}

/** Whether a folder holds no more than the names of a run and its owner. */
function isEmpty(dir: string): boolean {
  try {
    return [...Deno.readDirSync(dir)].every(({ name, isFile }) => isFile && name.startsWith("owner.json"));
  } catch {
    return false;
  }
}
