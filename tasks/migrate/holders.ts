import type { PgClient } from "../postgres/client.ts";
import { openClient } from "../seed/connect.ts";
import { type LockWait, lockWaitText } from "../seed/lock_waits.ts";
import { migrateSql } from "./migrate_sql.ts";
import { schemaSql } from "../seed/sql.ts";

/** Looks over a session of its own whom a statement waits for: when it has given up, nobody can tell any more. */
export interface Holders {
  /** Looks every so many milliseconds while `work` is under way, and soon after it has begun. */
  during<T>(everyMs: number, work: () => Promise<T>): Promise<T>;
  /** Which lock was last waited for and who stood against it, for a sentence; null where no wait was seen. */
  seen(): string | null;
  /** The locks that the last look saw it wait for while its statement was under way. */
  last(): readonly LockWait[];
  /** What was seen concerns nobody any more. */
  forget(): void;
  end(): Promise<void>;
}

const LOOK_MS = 2000;
/** Before the first look, at the most. */
const SOON_MS = 50;

/**
 * Opens the session that looks.
 * @param pid of the session that may have to wait
 * @throws {ServiceError} when the server cannot be reached
 */
export async function openHolders(url: string, pid: number): Promise<Holders> {
  const client = await openClient(url, "benchbook-locks", { limitMs: LOOK_MS });
  const sql = schemaSql("benchbook/lock_waits.sql");
  let seen: string | null = null;
  let last: readonly LockWait[] = [];
  let looking = false;
  /** The work that is looked at. */
  let current: object | null = null;
  const look = async () => {
    if (looking) return;
    looking = true;
    const looked = current;
    const waits = await waitsOf(client, sql, pid);
    looking = false;
    // What has been cancelled meanwhile waits no more, and has not got its lock for it.
    if (waits === null || current !== looked) return;
    last = waits;
    if (last.length > 0) seen = lockWaitText(last);
  };
  return {
    async during(everyMs, work) {
      last = [];
      current = {};
      const soon = setTimeout(() => void look(), Math.min(SOON_MS, everyMs));
      const timer = setInterval(() => void look(), everyMs);
      try {
        return await work();
      } finally {
        current = null;
        clearTimeout(soon);
        clearInterval(timer);
      }
    },
    seen: () => seen,
    last: () => last,
    forget: () => seen = null,
    end: () => client.end(),
  };
}

/** @returns null: its statement is over, or nobody can tell */
async function waitsOf(client: PgClient, sql: string, pid: number): Promise<readonly LockWait[] | null> {
  try {
    const { rows } = await client.query<LockWait>(sql, [[pid], null]);
    if (rows.length > 0) return rows;
    const { rows: [session] } = await client.query<{ state: string | null }>(
      migrateSql("session_state.sql"),
      [pid],
    );
    return session?.state === "active" ? rows : null;
  } catch {
    return null;
  }
}
