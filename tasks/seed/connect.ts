import type { Client } from "pg";
import { BenchbookError, InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { type ClientOptions, connectClient, type PgClient } from "../postgres/client.ts";
import type { Patience } from "../postgres/patience.ts";
import { placeOfUrl } from "../postgres/place.ts";
import {
  limitLockWait,
  LOCK_NOT_AVAILABLE,
  LOCK_WAIT_MS,
  lockError,
  type LockWaitWatch,
  watchLockWaits,
} from "./lock_waits.ts";

/** For a statement that loads or reads whole tables: it takes its time while the server answers others. */
export const UNLIMITED = { limitMs: Infinity } as const;
/** For a statement that a load will ask again and again: one that takes so long once is none to measure. */
export const GENEROUS = { limitMs: 600_000 } as const;

/** How a session that is not measured is called, how long it waits, and what ends it. */
export interface SessionOptions extends Partial<Patience> {
  /** What the server shows of it; "benchbook-seed" if absent. */
  readonly name?: string;
  /** For a lock that somebody holds, where neither the URL nor the role says; `LOCK_WAIT_MS` if absent. */
  readonly lockWaitMs?: number;
  /** Cancels what is under way at the server. Whatever is asked after that is cancelled too unless it is short, as ROLLBACK is. */
  readonly signal?: AbortSignal;
}

/** What is asked after an interruption and takes longer than this is cancelled as well. */
const CANCEL_MS = 200;

/** Of each open session: how long it waits for locks, and who looks whom it waits for. */
const watched = new WeakMap<object, { readonly limitMs: number; readonly watch: LockWaitWatch }>();

/**
 * Opens a session for whatever is not measured, gives it to `use` and closes it. It waits for locks of others for a
 * limited time, and for no server that has stopped answering.
 * @throws {ServiceError} when the server cannot be reached or the connection is lost, or where others hold a lock for
 * too long, naming them; an error that the server itself reports about a statement is passed on as a ServiceError with
 * its SQLSTATE.
 * @throws {InterruptedError} after `signal`
 */
export async function withClient<T>(
  url: string,
  use: (client: PgClient) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const { signal } = options;
  if (signal?.aborted) throw new InterruptedError();
  const client = await openClient(url, options.name, options);
  const settled = cancelOn(client, signal);
  try {
    return await use(client);
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError();
    throw translate(error, client);
  } finally {
    settled();
    await client.end().catch(() => {});
  }
}

/**
 * Cancels at the server what a client is at once the signal is given, and what it still asks then, unless it is short as a
 * ROLLBACK is.
 * @returns ends that
 */
export function cancelOn(client: PgClient, signal: AbortSignal | undefined): () => void {
  let again: ReturnType<typeof setInterval> | undefined;
  const cancel = () => {
    void client.cancelStatement();
    again ??= setInterval(() => void client.cancelStatement(), CANCEL_MS);
  };
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  return () => {
    signal?.removeEventListener("abort", cancel);
    clearInterval(again);
  };
}

/**
 * Does what concerns sessions of the same login: one that has taken on a role, be it by the role's own settings, neither
 * sees what they do nor may end it.
 */
export async function asLogin<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("SET ROLE NONE");
  try {
    return await work();
  } finally {
    await client.query("RESET ROLE").catch(() => {});
  }
}

/**
 * Opens a session that its caller closes.
 * @param name what the server shows of it
 * @throws {ServiceError} when the server cannot be reached
 */
export async function openClient(
  url: string,
  name = "benchbook-seed",
  { lockWaitMs = LOCK_WAIT_MS, ...patience }: Omit<SessionOptions, "name" | "signal"> = {},
): Promise<PgClient> {
  const client = await reachServer(url, { applicationName: name, patience });
  try {
    const limitMs = await limitLockWait(client, lockWaitMs);
    const { processID } = client as unknown as { processID: number };
    const watch = watchLockWaits({ url, pids: [processID], prefix: null, current: () => client.statement });
    watched.set(client, { limitMs, watch });
    client.on("end", () => watch.stop());
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw translate(error);
  }
}

/**
 * A client as `connectClient` opens it, without a limit on locks.
 * @throws {ServiceError} when the server cannot be reached
 */
export async function reachServer(url: string, options: ClientOptions): Promise<PgClient> {
  try {
    return await connectClient(url, options);
  } catch (error) {
    throw error instanceof BenchbookError ? error : unreachable(url, error);
  }
}

interface Coded {
  readonly code?: string;
  readonly detail?: string;
  readonly message: string;
}

function unreachable(url: string, error: unknown): BenchbookError {
  const { code, message } = error as Coded;
  const { at: where, user, database } = placeOfUrl(url);
  const options = { cause: error };
  switch (code) {
    case "28P01":
    case "28000":
      return new ServiceError(
        `Cannot log in to PostgreSQL at ${where} as "${user}": the server refused it`,
        "Check user and password.",
        options,
      );
    case "3D000":
      return new ServiceError(
        `Cannot open the database "${database}" at ${where}: it does not exist`,
        "Create it first.",
        options,
      );
    default:
      return new ServiceError(
        `Cannot connect to PostgreSQL at ${where}: ${
          code === "ECONNREFUSED" ? "nothing listens there" : message
        }`,
        "Check that it runs and that host and port are right.",
        options,
      );
  }
}

/**
 * What pg threw, as an error for the user. Errors of the server have a SQLSTATE of five characters; those
 * without one mean that the connection is gone. Anything else is passed through.
 * @param client whose statement failed: who stood against it is known of it
 */
export function translate(error: unknown, client?: PgClient): unknown {
  if (error instanceof BenchbookError) return error;
  const { code, message, detail } = error as Coded;
  const options = { cause: error };
  const locked = lockErrorOf(
    client,
    client === undefined ? null : watched.get(client)?.limitMs ?? null,
    error,
  );
  if (locked !== null) return locked;
  if (code === "42501") {
    return new UsageError(
      `Cannot continue with the database: ${message}`,
      "Use a role that owns what is there.",
      options,
    );
  }
  if (code === "25006") {
    return new ServiceError(
      "Cannot change the database: it takes no writes",
      "Name the primary and not a replica; look at default_transaction_read_only of the role and the database.",
      options,
    );
  }
  if (code === "53100") {
    return new ServiceError(
      `Cannot store the data: the server's disk is full`,
      "Free some space there.",
      options,
    );
  }
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("57P") && !code.startsWith("08")) {
    return new ServiceError(
      `Cannot continue with the database: ${message}${detail ? ` (${detail})` : ""} (SQLSTATE ${code})`,
      undefined,
      options,
    );
  }
  if (isConnectionLoss(code, message)) {
    return new ServiceError(
      `Cannot continue with the database: the connection was lost (${message})`,
      "Look into the server's log, then try again: the next start cleans up what was half done.",
      options,
    );
  }
  return error;
}

/**
 * What to say where a statement waited too long for a lock; null where that is not what was wrong.
 * @param limitMs how long it was allowed to wait; null: not known
 */
export function lockErrorOf(
  client: PgClient | undefined,
  limitMs: number | null,
  error: unknown,
): ServiceError | null {
  if ((error as Coded).code !== LOCK_NOT_AVAILABLE) return null;
  return lockError(client === undefined ? null : watched.get(client)?.watch.seen() ?? null, limitMs, error);
}

/**
 * Whether the server's state made a statement fail, and not what the statement says: a lock, a limit, a lost connection,
 * a full disk. A defect of the statement's own has another SQLSTATE.
 */
export function isOfServer(error: unknown): boolean {
  const { code } = error as Coded;
  return error instanceof BenchbookError || code === undefined || code === LOCK_NOT_AVAILABLE ||
    !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57|58)/.test(code);
}

function isConnectionLoss(code: string | undefined, message: string): boolean {
  return code !== undefined && /^(57P|08|ECONN|EPIPE|ETIMEDOUT|ENET|EHOST)/.test(code) ||
    /connection|socket|not queryable/i.test(message);
}
