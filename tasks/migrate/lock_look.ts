import type pg from "pg";
import type { LockEvent } from "../model/migration.ts";
import { roleOfSession } from "../model/session_name.ts";
import { observeSql } from "../observe/observe_sql.ts";
import { ServerClock } from "./server_clock.ts";
import { shownQuery } from "./shown_query.ts";

/** A lock on a relation that a session of the migration holds. */
export interface HeldLock {
  readonly pid: number;
  /** Of the relation. */
  readonly oid: number;
  /** Schema and name. */
  readonly relation: string;
  readonly mode: string;
}

/** A wait that goes on. */
export interface SeenWait {
  /** Until this look. */
  readonly event: LockEvent;
  /** What it is for, as pg_locks calls it: `relation`, `tuple`, … */
  readonly locktype: string;
  /** Of the relation that it is for, or for a row of; null: none is known. */
  readonly oid: number | null;
}

/** What one look at the server's locks saw. */
export interface LockLook {
  readonly atUs: number;
  /** Of all that wait at this moment. */
  readonly waiting: readonly SeenWait[];
  /** Waits that were there at the look before, and are over. */
  readonly over: readonly SeenWait[];
  readonly held: readonly HeldLock[];
}

/** A row of queries/observe/locks.sql. */
interface LookRow {
  readonly now: number;
  /** Process ids of those whose wait goes on. */
  readonly still: readonly number[];
  readonly new: readonly NewWait[];
  readonly held: readonly HeldLock[];
}

interface NewWait {
  readonly pid: number;
  readonly since: number;
  readonly mode: string;
  readonly locktype: string;
  readonly oid: number | null;
  readonly application: string | null;
  readonly query: string | null;
  readonly relation: string | null;
  readonly blocker: number | null;
  readonly blocker_application: string | null;
  readonly blocker_query: string | null;
}

/** When a wait began, by the server's clock: by that, and whose it is, it is known again. */
interface OpenWait extends SeenWait {
  readonly since: number;
}

const LOOK = { name: "locks", text: observeSql("locks") };
const HELD = { name: "locks held", text: observeSql("locks_held") };

/** Looks at what sessions hold. */
export async function locksHeld(client: pg.Client, pids: readonly number[]): Promise<readonly HeldLock[]> {
  return (await client.query<HeldLock>({ ...HELD, values: [pids] })).rows;
}

/** Looks at a server's locks again and again, and knows the waits of the look before. */
export class LockLooker {
  /** The server's, on the run's. */
  readonly clock = new ServerClock();
  readonly #open = new Map<number, OpenWait>();

  /** @param nowUs the run's clock */
  constructor(readonly runId: string, readonly nowUs: () => number) {}

  /** What is to be set in the session that looks. */
  async begin(client: pg.Client): Promise<void> {
    // The planner takes the server's locks for more than they are: compiling would take longer than the look.
    await client.query("SET jit = off");
    // It may be another server than before.
    this.clock.clear();
  }

  /** Looks once. @param pids the migration's sessions, whose locks are told too */
  async look(client: pg.Client, pids: readonly number[]): Promise<LockLook> {
    const known = [...this.#open];
    const askedUs = this.nowUs();
    const { rows: [row] } = await client.query<LookRow>({
      ...LOOK,
      values: [known.map(([pid]) => pid), known.map(([, { since }]) => since), pids],
    });
    this.clock.add({ askedUs, answeredUs: this.nowUs(), serverUs: row!.now });
    const atUs = this.clock.toRun(row!.now);
    const over = this.#close(new Set(row!.still));
    for (const [pid, wait] of this.#open) {
      this.#open.set(pid, { ...wait, event: { ...wait.event, waitedUs: atUs - wait.event.atUs } });
    }
    for (const { pid, ...wait } of row!.new) {
      const { since, locktype, oid } = wait;
      this.#open.set(pid, { since, locktype, oid, event: this.#eventOf({ pid, ...wait }, atUs) });
    }
    return { atUs, over, held: row!.held, waiting: this.waiting };
  }

  /** What waited at the last look, until then. */
  get waiting(): readonly SeenWait[] {
    return [...this.#open.values()];
  }

  #close(still: ReadonlySet<number>): SeenWait[] {
    const over = [...this.#open].filter(([pid]) => !still.has(pid));
    for (const [pid] of over) this.#open.delete(pid);
    return over.map(([, wait]) => wait);
  }

  #eventOf(wait: NewWait, atUs: number): LockEvent {
    const role = roleOfSession(wait.application, this.runId);
    const blocker = blockerOf(wait, this.runId);
    // A wait of before the run began at its start, as far as the run is concerned.
    const sinceUs = Math.max(0, Math.min(atUs, this.clock.toRun(wait.since)));
    return {
      atUs: sinceUs,
      pid: wait.pid,
      role,
      ...blocker,
      relation: wait.relation,
      mode: wait.mode,
      waitedUs: atUs - sinceUs,
      query: shownQuery(role, wait.query),
    };
  }
}

function blockerOf(
  { blocker, blocker_application, blocker_query }: NewWait,
  runId: string,
): Pick<LockEvent, "blockedBy" | "blockerRole" | "blockerQuery"> {
  if (blocker === null) return { blockedBy: null, blockerRole: null, blockerQuery: null };
  // It has no session any more.
  if (blocker === 0) return { blockedBy: 0, blockerRole: "other", blockerQuery: "a prepared transaction" };
  const role = roleOfSession(blocker_application, runId);
  return { blockedBy: blocker, blockerRole: role, blockerQuery: shownQuery(role, blocker_query) };
}
