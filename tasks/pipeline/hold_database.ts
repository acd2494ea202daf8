import { type DatabaseLock, lockDatabase } from "../seed/database_lock.ts";
import { sleep } from "../net/sleep.ts";

/** A server that restarts by itself, after one of its backends crashed, is back within this time. */
const BACK_MS = 8000;
const TRY_MS = 500;

/** A database that a job has to itself. */
export interface HeldDatabase extends AsyncDisposable {
  /** URLs that lead to a database that the job holds by another one. */
  readonly again: readonly string[];
  /** Aborted, with the error as its reason, when the database is no longer the job's alone. */
  readonly lost: AbortSignal;
  /** Waits longer for a server that is away on purpose, until then by `performance.now()`. */
  allowUntil(ms: number): void;
  /**
   * Does some work that no session may be in the database for: the lock is given free meanwhile.
   * @throws {ServiceError} where another task has taken the database then
   */
  released<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Keeps a database to one job until it is disposed of. Where the connection that holds the lock breaks, the lock is
 * taken anew; only where that fails, because the server stays away or another task was quicker, is it lost.
 * @param mayBeHeld by the same job over another URL: then there is nothing to hold
 * @throws {ServiceError} naming who else uses it
 */
export async function holdDatabase(url: string, who: string, mayBeHeld = false): Promise<HeldDatabase> {
  const lost = new AbortController();
  let over = false;
  let allowedMs = 0;
  let lock: DatabaseLock;
  const again = async (error: Error) => {
    const begun = performance.now();
    while (!over) {
      try {
        lock = await lockDatabase(url, who, { onLost: (next) => void again(next), waitMs: 0 });
        if (over) await lock.release();
        return;
      } catch {
        if (performance.now() >= Math.max(begun, allowedMs) + BACK_MS) return lost.abort(error);
        await sleep(TRY_MS);
      }
    }
  };
  lock = await lockDatabase(url, who, { onLost: (error) => void again(error), mayBeHeld });
  return {
    again: lock.already ? [url] : [],
    lost: lost.signal,
    allowUntil: (ms) => void (allowedMs = Math.max(allowedMs, ms)),
    async released(work) {
      await lock.release();
      const value = await work();
      lock = await lockDatabase(url, who, { onLost: (error) => void again(error), mayBeHeld });
      return value;
    },
    async [Symbol.asyncDispose]() {
      over = true;
      await lock.release();
    },
  };
}

/**
 * Keeps several databases to one job; several URLs may lead to the same one.
 * @param url of the run's own
 * @param others those of arms
 * @throws {ServiceError} naming who else uses one of them; then none is held
 */
export async function holdDatabases(
  url: string,
  others: readonly string[],
  who: string,
): Promise<HeldDatabase> {
  const held: HeldDatabase[] = [await holdDatabase(url, who)];
  const release = async () => void await Promise.all(held.map((each) => each[Symbol.asyncDispose]()));
  try {
    for (const other of new Set(others)) {
      if (other !== url) held.push(await holdDatabase(other, who, true));
    }
  } catch (error) {
    await release();
    throw error;
  }
  return {
    again: held.flatMap(({ again }) => again),
    lost: AbortSignal.any(held.map(({ lost }) => lost)),
    allowUntil: (ms) => held.forEach((each) => each.allowUntil(ms)),
    released: (work) => held[0]!.released(work),
    [Symbol.asyncDispose]: release,
  };
}
