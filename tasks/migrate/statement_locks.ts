import { byStrength, strongestLock } from "../model/lock_modes.ts";
import type { StatementLock, StepRecord } from "../model/migration.ts";
import type { HeldLock, LockLook, SeenWait } from "./lock_look.ts";

/** A statement that begins. */
export interface StatementBegin {
  readonly step: number;
  readonly statement: number;
  /** Of the session that runs it. */
  readonly pid: number;
  readonly atUs: number;
}

/** What the record of a statement says of its locks. */
export type LocksOfRecord = Pick<StepRecord, "lockMode" | "lockWaitUs">;

/** A lock on a relation that a statement took, or waited for. */
interface TakenLock {
  readonly oid: number;
  readonly relation: string;
  readonly mode: string;
  atUs: number | null;
  heldUs: number;
  /** How long it was waited for, by when the waiting began. */
  readonly waits: Map<number, number>;
}

/** A statement that is under way, or whose locks are still held. */
interface Statement extends StatementBegin {
  /** When it was last begun. */
  beganUs: number;
  readonly locks: Map<string, TakenLock>;
  /** How long it waited, for relations and for whatever else, by when the waiting began. */
  readonly waits: Map<number, number>;
  /** Sessions of the load, at most, that waited for it at one moment, by relation. */
  readonly blocked: Map<number, number>;
  ended: boolean;
}

/** A lock that is held now, and the statement that took it. */
interface Hold {
  readonly of: Statement;
  readonly lock: TakenLock;
  readonly pid: number;
  readonly sinceUs: number;
  /** When it was last seen. */
  lastUs: number;
}

/**
 * Which statement of a migration took which locks, for how long, and who of the load waited for them. It knows by looks
 * at all locks, and is told of each statement, and what it holds before its transaction ends: so no statement is too short.
 * One is under way at a time; one after another may be in the same transaction.
 */
export class StatementLocks {
  readonly #onLocks: (locks: readonly StatementLock[]) => void;
  readonly #holds = new Map<string, Hold>();
  /** Those whose rows are not told yet, in their order. */
  #statements: Statement[] = [];
  #lookUs = 0;

  constructor(onLocks: (locks: readonly StatementLock[]) => void) {
    this.#onLocks = onLocks;
  }

  /** Process ids of the sessions that the statements run in. */
  get sessions(): readonly number[] {
    return [...new Set(this.#statements.map(({ pid }) => pid))];
  }

  /** It is the statement before that is tried again where both are the same. */
  began(begin: StatementBegin): void {
    const last = this.#statements.at(-1);
    if (last?.step === begin.step && last.statement === begin.statement) {
      last.ended = false;
      last.beganUs = begin.atUs;
      return;
    }
    const empty = { locks: new Map(), waits: new Map(), blocked: new Map() };
    this.#statements.push({ ...begin, ...empty, beganUs: begin.atUs, ended: false });
    this.#tell();
  }

  /** Takes what the statement's transaction held at a moment, or since. */
  held(locks: readonly HeldLock[], atUs: number): void {
    for (const lock of locks) this.#hold(lock, atUs);
  }

  looked({ atUs, waiting, held }: LockLook): void {
    const current = this.#current;
    if (current !== undefined && current.beganUs <= atUs) {
      for (const wait of waiting) {
        if (wait.event.pid === current.pid) noteWait(current, wait);
      }
    }
    for (const lock of held) this.#hold(lock, atUs);
    for (const [key, hold] of this.#holds) {
      if (hold.lastUs < atUs) this.#free(key, hold, atUs);
    }
    this.#countBlocked(waiting);
    this.#lookUs = atUs;
    this.#tell();
  }

  /** @returns what the statement's record says of its locks: the strongest on a relation, and how long it waited for all */
  ended(): LocksOfRecord {
    const current = this.#current;
    if (current === undefined) return { lockMode: null, lockWaitUs: null };
    current.ended = true;
    const modes = [...current.locks.values()].map(({ mode }) => mode);
    return { lockMode: strongestLock(modes), lockWaitUs: sum(current.waits) };
  }

  /** The transaction of the statements is over, and all that they held is free. */
  released(atUs: number): void {
    for (const [key, hold] of this.#holds) this.#free(key, hold, Math.max(atUs, hold.sinceUs));
    this.#tell();
  }

  /** Nothing more will be seen: tells what is known. */
  close(): void {
    for (const [key, hold] of this.#holds) this.#free(key, hold, hold.lastUs);
    for (const statement of this.#statements) statement.ended = true;
    this.#tell(this.#statements);
  }

  get #current(): Statement | undefined {
    const last = this.#statements.at(-1);
    return last?.ended === false ? last : undefined;
  }

  #hold({ pid, oid, relation, mode }: HeldLock, atUs: number): void {
    const key = `${pid} ${oid} ${mode}`;
    const held = this.#holds.get(key);
    if (held !== undefined) {
      held.lastUs = Math.max(held.lastUs, atUs);
      return;
    }
    const of = this.#current;
    // What is seen once it has ended was held meanwhile, or comes from a look that began before.
    if (of === undefined || of.pid !== pid || atUs < of.beganUs) return;
    const lock = lockOf(of, { oid, relation, mode });
    const waitedUntilUs = Math.max(0, ...[...lock.waits].map(([fromUs, waitedUs]) => fromUs + waitedUs));
    const sinceUs = Math.max(of.beganUs, waitedUntilUs, this.#lookUs);
    lock.atUs ??= sinceUs;
    this.#holds.set(key, { of, lock, pid, sinceUs, lastUs: atUs });
  }

  #free(key: string, { lock, sinceUs }: Hold, atUs: number): void {
    lock.heldUs += Math.max(0, atUs - sinceUs);
    this.#holds.delete(key);
  }

  #countBlocked(waiting: readonly SeenWait[]): void {
    const byPid = new Map(waiting.map((wait) => [wait.event.pid, wait]));
    const counts = new Map<string, { pid: number; oid: number; n: number }>();
    for (const wait of waiting) {
      if (wait.event.role !== "load") continue;
      const { event, oid } = heldUpBy(wait, byPid, this.sessions) ?? {};
      if (event === undefined || oid === undefined || oid === null) continue;
      const key = `${event.blockedBy} ${oid}`;
      const n = (counts.get(key)?.n ?? 0) + 1;
      counts.set(key, { pid: event.blockedBy!, oid, n });
    }
    for (const { pid, oid, n } of counts.values()) {
      const holder = [...this.#holds.values()].findLast((hold) => hold.pid === pid && hold.lock.oid === oid);
      const { blocked } = holder?.of ?? this.#current ?? {};
      blocked?.set(oid, Math.max(n, blocked.get(oid) ?? 0));
    }
  }

  /** Tells of those that hold nothing any more; the last one may be tried again. */
  #tell(ended: readonly Statement[] = this.#statements.slice(0, -1)): void {
    const holding = new Set([...this.#holds.values()].map(({ of }) => of));
    const done = ended.filter((statement) => statement.ended && !holding.has(statement));
    this.#statements = this.#statements.filter((statement) => !done.includes(statement));
    const rows = done.flatMap(rowsOf);
    if (rows.length > 0) this.#onLocks(rows);
  }
}

/** The wait by which a session of the migration holds a session up, be it through others that wait themselves. */
function heldUpBy(
  wait: SeenWait,
  byPid: ReadonlyMap<number, SeenWait>,
  pids: readonly number[],
  met: readonly SeenWait[] = [],
): SeenWait | undefined {
  const { blockedBy } = wait.event;
  if (blockedBy === null || met.includes(wait)) return undefined;
  if (pids.includes(blockedBy)) return wait;
  const next = byPid.get(blockedBy);
  return next === undefined ? undefined : heldUpBy(next, byPid, pids, [...met, wait]);
}

function noteWait(statement: Statement, { event, locktype, oid }: SeenWait): void {
  const { atUs, waitedUs, relation, mode } = event;
  statement.waits.set(atUs, waitedUs);
  if (locktype !== "relation" || oid === null || relation === null) return;
  lockOf(statement, { oid, relation, mode }).waits.set(atUs, waitedUs);
}

function lockOf({ locks }: Statement, lock: Pick<TakenLock, "oid" | "relation" | "mode">): TakenLock {
  const key = `${lock.oid} ${lock.mode}`;
  const taken = locks.get(key) ?? { ...lock, atUs: null, heldUs: 0, waits: new Map() };
  locks.set(key, taken);
  return taken;
}

/** The strongest first. */
function rowsOf({ step, statement, locks, blocked }: Statement): StatementLock[] {
  const all = [...locks.values()].toSorted((a, b) =>
    byStrength(a.mode, b.mode) || (a.relation < b.relation ? -1 : 1)
  );
  return all.map(({ oid, relation, mode, atUs, heldUs, waits }) => {
    const isStrongest = mode === strongestLock(
      all.filter((lock) => lock.oid === oid).map(({ mode }) => mode),
    );
    return {
      step,
      statement,
      relation,
      mode,
      atUs: atUs === null ? null : Math.round(atUs),
      heldUs: Math.round(heldUs),
      waitedUs: Math.round(sum(waits)),
      blocked: isStrongest ? blocked.get(oid) ?? 0 : 0,
    };
  });
}

function sum(waits: ReadonlyMap<number, number>): number {
  return Math.round([...waits.values()].reduce((total, us) => total + us, 0));
}
