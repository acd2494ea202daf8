import { formatSeconds } from "../model/units.ts";
import { ServiceError } from "../model/errors.ts";
import { connectClient } from "../postgres/client.ts";
import { firstRow, schemaSql } from "./sql.ts";
import type { Client } from "pg";

/** A session of ours that is not measured waits so long for a lock of somebody's, and no longer. */
export const LOCK_WAIT_MS = 10_000;

const TICK_MS = 300;
/** Between two looks at a statement that takes long: it need not wait for a lock at all. */
const MOST_REST_MS = LOCK_WAIT_MS / 3;
const LOOK_MS = 2000;
/** Holders named in a sentence. */
const SHOWN = 3;

/** The SQLSTATE of a lock that was not to be had in time. */
export const LOCK_NOT_AVAILABLE = "55P03";

/** Whose waiting is looked at. */
export interface LockWaitOptions {
  readonly url: string;
  /** Process ids of sessions at the server. */
  readonly pids: readonly number[];
  /** What the names of further sessions begin with; null: none. */
  readonly prefix: string | null;
  /** One and the same object as long as it is the same statement; null while nothing is asked. */
  current(): object | null;
}

/** Looks who stands against statements that take long. */
export interface LockWaitWatch {
  /** Which lock the last statement that waited for one waited for, and who held it, for a sentence; null where none was seen. */
  seen(): string | null;
  stop(): void;
}

/** A session that stands against a lock. */
export interface LockWait {
  readonly mode: string;
  readonly what: string;
  readonly pid: number;
  readonly application: string | null;
  readonly role: string | null;
  readonly state: string | null;
  readonly seconds: number | null;
}

/**
 * Limits how long a session waits for locks, where the session is its own.
 * @returns the limit that holds, ms; 0 where there is none
 */
export async function limitLockWait(client: Client, limitMs: number): Promise<number> {
  const { processID = null } = client as unknown as { processID?: number | null };
  const found = await firstRow<{ ms: number }>(client, "benchbook/limit_lock_wait.sql", [limitMs, processID]);
  return found?.ms ?? 0;
}

/**
 * Looks from another session whom a statement waits for: once it has ended for having waited too long, nobody can tell
 * any more.
 */
export function watchLockWaits(options: LockWaitOptions): LockWaitWatch {
  let statement: object | null = null;
  let restMs = TICK_MS;
  let dueMs = 0;
  let looking = false;
  let seen: string | null = null;
  const look = async () => {
    const current = options.current();
    const nowMs = performance.now();
    if (current === null || current !== statement) {
      statement = current;
      restMs = TICK_MS;
      dueMs = nowMs + restMs;
      return;
    }
    if (looking || nowMs < dueMs) return;
    looking = true;
    const found = await lockWaits(options).catch(() => []);
    looking = false;
    // One that has ended meanwhile has ended for that, or a later look tells.
    if (found.length > 0) seen = lockWaitText(found);
    else if (options.current() === current) seen = null;
    restMs = Math.min(2 * restMs, MOST_REST_MS);
    dueMs = performance.now() + restMs;
  };
  const timer = setInterval(() => void look(), TICK_MS);
  Deno.unrefTimer(timer as unknown as number);
  return { seen: () => seen, stop: () => clearInterval(timer) };
}

/** What to say where a lock was not to be had. @param limitMs how long it was waited for; null: not known */
export function lockError(seen: string | null, limitMs: number | null, cause: unknown): ServiceError {
  return new ServiceError(
    `Cannot continue with the database: its locks must be free${
      limitMs === null || limitMs === 0 ? "" : ` within ${formatSeconds(limitMs / 1000)}`
    }: ${seen ?? "another session holds one that is needed"}`,
    "Let that session end its transaction, then try again. To wait longer, give DATABASE_URL a lock_timeout: " +
      "?options=-c%20lock_timeout%3D60s",
    { cause },
  );
}

/**
 * Waits for what another process does over sessions of its own, unless these wait too long for a lock of somebody's.
 * @param waiting.prefix what the sessions' names begin with
 * @throws {ServiceError} naming the lock and who holds it
 */
export async function unlessLocked<T>(
  done: Promise<T>,
  { url, prefix, limitMs }: { readonly url: string; readonly prefix: string; readonly limitMs: number },
): Promise<T> {
  const watch = watchLockWaits({ url, pids: [], prefix, current: () => done });
  const { promise: locked, reject } = Promise.withResolvers<never>();
  let sinceMs = NaN;
  const timer = setInterval(() => {
    const seen = watch.seen();
    if (seen === null) sinceMs = NaN;
    // It has waited for a moment when it is first seen.
    else if (Number.isNaN(sinceMs)) sinceMs = performance.now() - TICK_MS;
    else if (performance.now() - sinceMs >= limitMs) reject(lockError(seen, limitMs, null));
  }, TICK_MS / 2);
  try {
    return await Promise.race([done, locked]);
  } finally {
    clearInterval(timer);
    watch.stop();
  }
}

async function lockWaits({ url, pids, prefix }: LockWaitOptions): Promise<LockWait[]> {
  await using client = await connectClient(url, {
    applicationName: "benchbook-locks",
    connectTimeoutMs: LOOK_MS,
    queryTimeoutMs: LOOK_MS,
  });
  const { rows } = await client.query<LockWait>(schemaSql("benchbook/lock_waits.sql"), [pids, prefix]);
  return rows;
}

/** Who stands against which lock, for a sentence. @param waits one at least */
export function lockWaitText(waits: readonly LockWait[]): string {
  const [{ mode, what }] = waits as [LockWait];
  const holders = waits.filter((wait) => wait.what === what && wait.mode === mode).map(holderText);
  const more = holders.length > SHOWN ? " and others" : "";
  return `${holders.slice(0, SHOWN).join(", ")}${more} ${
    holders.length === 1 ? "stands" : "stand"
  } against ${mode} on ${what}`;
}

function holderText({ pid, application, role, state, seconds }: LockWait): string {
  if (pid === 0) return "a prepared transaction";
  const facts = [
    ...application === null || application === "" ? [] : [`"${application}"`],
    ...role === null ? [] : [`role ${role}`],
    ...state === null
      ? []
      : [`${state}${seconds === null ? "" : ` for ${formatSeconds(Math.round(seconds))}`}`],
  ];
  return `session ${pid}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
}
