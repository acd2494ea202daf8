import type { PgClient } from "../postgres/client.ts";
import { openClient } from "../seed/connect.ts";
import { type LockWait, lockWaitText } from "../seed/lock_waits.ts";
import { schemaSql } from "../seed/sql.ts";

/** Looks over a session of its own whom a statement waits for: when it has given up, nobody can tell any more. */
export interface Holders {
  /** Looks every so many milliseconds while `work` is under way, and soon after it has begun. */
  during<T>(everyMs: number, work: () => Promise<T>): Promise<T>;
  /** Which lock was last waited for and who stood against it, for a sentence; null where no wait was seen. */
  seen(): string | null;
  /** Ends once a look that is under way has had its answer: what it saw counts, be the statement over by now. */
  settled(): Promise<void>;
  /** What was seen concerns nobody any more. */
  forget(): void;
  /** The session that looks. */
  readonly client: PgClient;
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
  // What it is to see belongs to the login, whatever role the login's sessions take on.
  await client.query("SET ROLE NONE").catch(() => {});
  let seen: string | null = null;
  /** Counts what is looked at. */
  let concern = 0;
  let looking: Promise<void> | null = null;
  const look = async () => {
    const of = concern;
    const waits = await client.query<LockWait>(sql, [[pid], null]).then(({ rows }) => rows, () => []);
    if (waits.length > 0 && of === concern) seen = lockWaitText(waits);
  };
  const lookOnce = () => {
    looking ??= look().finally(() => looking = null);
  };
  return {
    client,
    async during(everyMs, work) {
      const soon = setTimeout(lookOnce, Math.min(SOON_MS, everyMs));
      const timer = setInterval(lookOnce, everyMs);
      try {
        return await work();
      } finally {
        clearTimeout(soon);
        clearInterval(timer);
      }
    },
    seen: () => seen,
    async settled() {
      await looking;
    },
    forget: () => {
      seen = null;
      concern++;
    },
    end: () => client.end(),
  };
}
