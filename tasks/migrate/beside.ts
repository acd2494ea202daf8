import type { BesidePlan } from "../model/migration.ts";
import { sessionName } from "../model/session_name.ts";
import { sleep } from "../net/sleep.ts";
import type { PgClient } from "../postgres/client.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { transaction } from "../seed/sql.ts";
import { migrateSql } from "./migrate_sql.ts";

/** Where and when transactions stay open beside a migration. */
export interface BesideOptions {
  /** Of the database; may hold a password, and is never shown. */
  readonly url: string;
  readonly runId: string;
  /** Ends them before their time. */
  readonly signal?: AbortSignal;
  /** Where the run's clock stands, µs. */
  readonly nowUs: () => number;
  /** Told of the process of each at the server, before its first statement. */
  readonly onSession?: (pid: number) => void;
}

/** What became of one of them. */
export interface BesideRecord {
  readonly file: string;
  readonly pid: number;
  /** When it began, µs. */
  readonly beganUs: number;
  /** When its last statement had ended: from here on it does nothing but stay open. */
  readonly heldUs: number;
  /** When it was over: committed, or given up. */
  readonly endUs: number;
  readonly committed: boolean;
  /** Why it was not; null: it was, or was ended before its time. */
  readonly error: string | null;
}

/** Transactions that are open. */
export interface Beside {
  /** When all of them are over. Never rejects. */
  readonly ended: Promise<readonly BesideRecord[]>;
  /** Ends those that are still open, and waits for that. */
  end(): Promise<readonly BesideRecord[]>;
}

/**
 * Opens transactions of somebody else's, as reports and backups are, each over a session of its own: it runs its
 * statements, stays open for its time, and commits.
 * @returns when the statements of all have ended
 * @throws what the server says where one of them fails before; the others are ended then
 */
export async function openBeside(plans: readonly BesidePlan[], options: BesideOptions): Promise<Beside> {
  const ending = new AbortController();
  const signal = options.signal === undefined
    ? ending.signal
    : AbortSignal.any([ending.signal, options.signal]);
  const opened = plans.map((plan) => open(plan, { ...options, signal }));
  const ended = Promise.all(opened.map(({ over }) => over));
  const end = () => {
    ending.abort();
    return ended;
  };
  try {
    await Promise.all(opened.map(({ held }) => held));
    return { ended, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** One of them: when it does nothing but stay open any more, and when it is over. */
interface Opened {
  readonly held: Promise<void>;
  readonly over: Promise<BesideRecord>;
}

function open(plan: BesidePlan, options: BesideOptions & { readonly signal: AbortSignal }): Opened {
  const { url, runId, nowUs, signal } = options;
  const held = Promise.withResolvers<void>();
  let row = { file: plan.file, pid: 0, beganUs: NaN, heldUs: NaN };
  const name = sessionName(runId, "beside");
  const run = withClient(url, async (client) => {
    const pid = await begin(client, options);
    row = { ...row, pid, beganUs: nowUs() };
    await transaction(client, async () => {
      for (const { text } of plan.statements) await client.query(text);
      row = { ...row, heldUs: nowUs() };
      held.resolve();
      await sleep(plan.holdSeconds * 1000, signal);
    });
  }, { ...UNLIMITED, name, signal });
  const over = run.then(
    () => ({ ...row, endUs: nowUs(), committed: true, error: null }),
    (error) => {
      // Whoever waits for it to open hears of it; afterwards it is in the record.
      held.reject(error);
      return {
        ...row,
        endUs: nowUs(),
        committed: false,
        error: signal.aborted ? null : (error as Error).message,
      };
    },
  );
  held.promise.catch(() => {});
  return { held: held.promise, over };
}

async function begin(client: PgClient, { onSession }: BesideOptions): Promise<number> {
  await client.query(migrateSql("stay_open.sql"));
  const { rows: [own] } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  onSession?.(own!.pid);
  return own!.pid;
}
