import type { Client } from "pg";
import { hostname } from "node:os";
import process from "node:process";
import { ServiceError } from "../model/errors.ts";
import { openClient, translate } from "./connect.ts";
import { firstRow, schemaSql } from "./sql.ts";
import { sleep } from "../net/sleep.ts";

/** Benchbook's advisory lock: "benc" in ASCII, and the one object that there is to lock. */
const LOCK_KEY = [0x62656e63, 1] as const;

/** So long the session of a predecessor that was killed may need to end. */
const WAIT_MS = 2000;

/** A server cuts longer names short, and shows other characters as "?". */
const NAME_BYTES = 63;

/** Keeps the connection known to firewalls, and finds out when it is gone. */
const HEARTBEAT_MS = 30_000;

/** Benchbook's exclusive use of a database. */
export interface DatabaseLock extends AsyncDisposable {
  /** The database's name. */
  readonly database: string;
  /** Whether the same task held it before, reached by another URL: then there is nothing to give free. */
  readonly already: boolean;
  /** Gives the database free. Calling it twice is harmless. */
  release(): Promise<void>;
}

export interface DatabaseLockOptions {
  /** Told once when the connection breaks while the lock is held: from then on others may take it. */
  readonly onLost?: (error: ServiceError) => void;
  /** How long to wait for a holder that may be about to end. */
  readonly waitMs?: number;
  /** The same task may hold it already, reached by another URL: that is a session of the same name. */
  readonly mayBeHeld?: boolean;
  /** What lies between two tries. */
  readonly pause?: typeof sleep;
}

/**
 * Takes the lock by which all tasks of Benchbook, from whatever home and machine, take turns on a database: two of
 * them would write the same reserved keys and clear away each other's rows. It belongs to a session of its own, so
 * the server gives it free as soon as that ends, also after a killed process; behind a pooler that hands sessions
 * around it belongs to a transaction that stays open, which holds back no vacuum as it reads nothing.
 *
 * @param url the database; may hold a password and is never shown
 * @param who what it is for, as a person would say it: "bench access-paths 20260301-…"
 * @throws {ServiceError} naming the holder, or when the server cannot be reached
 */
export async function lockDatabase(
  url: string,
  who: string,
  { onLost, waitMs = WAIT_MS, mayBeHeld = false, pause = sleep }: DatabaseLockOptions = {},
): Promise<DatabaseLock> {
  const client = await openClient(url, sessionName(who));
  try {
    const { rows: [session] } = await client.query<Session>(
      "SELECT current_database() AS database, pg_backend_pid() AS pid",
    );
    const { database, pid } = session!;
    // A pooler answers with a process of its own invention.
    const pooled = (client as Client as Client & { processID: number }).processID !== pid;
    if (pooled) await client.query("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY");
    await client.query(schemaSql("benchbook/lock_session.sql"), [pooled]);
    const deadline = performance.now() + waitMs;
    while (
      !(await firstRow<{ locked: boolean }>(client, "benchbook/lock.sql", [...LOCK_KEY, pooled]))!.locked
    ) {
      if (mayBeHeld && (await holderOf(client))?.application?.startsWith(sessionName(who))) {
        await client.end();
        const release = () => Promise.resolve();
        return { database, already: true, release, [Symbol.asyncDispose]: release };
      }
      if (performance.now() >= deadline) throw await held(client, who, database);
      await pause(100);
    }
    return guard(client, database, onLost);
  } catch (error) {
    await client.end().catch(() => {});
    throw translate(error);
  }
}

interface Session {
  readonly database: string;
  readonly pid: number;
}

function guard(client: Client, database: string, onLost?: (error: ServiceError) => void): DatabaseLock {
  let open = true;
  const heartbeat = setInterval(() => void client.query("").catch(() => {}), HEARTBEAT_MS);
  Deno.unrefTimer(heartbeat as unknown as number);
  const lost = (error?: Error) => {
    if (!open) return;
    open = false;
    clearInterval(heartbeat);
    onLost?.(
      new ServiceError(
        `Cannot keep the database "${database}" to this task alone: the connection that holds its lock was lost${
          error === undefined ? "" : ` (${error.message})`
        }`,
        "Look into the server's log, then try again.",
        { cause: error },
      ),
    );
  };
  client.on("error", lost);
  client.on("end", lost);
  const release = async () => {
    if (!open) return;
    open = false;
    clearInterval(heartbeat);
    await client.end().catch(() => {});
  };
  return { database, already: false, release, [Symbol.asyncDispose]: release };
}

/** What a server shows of the session: who may be asked to stop, and where. */
function sessionName(who: string): string {
  const host = hostname().split(".")[0]!.slice(0, 16);
  return `benchbook ${process.pid}@${host} ${who}`.replace(/[^ -~]/g, "?").slice(0, NAME_BYTES);
}

interface Holder {
  readonly application: string | null;
  readonly address: string | null;
  readonly since: Date | null;
  readonly pid: number;
}

function holderOf(client: Client): Promise<Holder | undefined> {
  return firstRow<Holder>(client, "benchbook/lock_holder.sql", LOCK_KEY);
}

async function held(client: Client, who: string, database: string): Promise<ServiceError> {
  const holder = await holderOf(client);
  return new ServiceError(
    `Cannot run ${who} now: ${
      holder === undefined ? "another task" : describe(holder)
    } is using the database "${database}"`,
    "Wait until it has ended or stop it; another database can be used at the same time.",
  );
}

function describe({ application, address, since, pid }: Holder): string {
  const named = /^benchbook (\d+)@(\S*) (.+)$/.exec(application ?? "");
  const facts = [
    named === null ? `session ${pid} of the server` : `process ${named[1]} on ${named[2]}`,
    ...address === null ? [] : [`from ${address}`],
    ...since === null ? [] : [`since ${since.toISOString()}`],
  ];
  return `${named === null ? "another task" : `"${named[3]}"`} (${facts.join(", ")})`;
}
