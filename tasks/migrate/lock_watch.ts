import type { LockEvent, StatementLock } from "../model/migration.ts";
import type { Sample } from "../model/run.ts";
import { counted } from "../model/units.ts";
import { sessionName } from "../model/session_name.ts";
import { sleep } from "../net/sleep.ts";
import { waitAtMost } from "../net/time_limit.ts";
import { Meter } from "../observe/meter.ts";
import { ReservedConnection } from "../observe/reserved_connection.ts";
import { OBSERVER, reading } from "../observe/source.ts";
import { LOCKS } from "../observe/sources/locks.ts";
import { type LockLook, LockLooker, locksHeld, type SeenWait } from "./lock_look.ts";
import { StatementLocks } from "./statement_locks.ts";
import { HELD_MS, type StatementWatch } from "./statement_watch.ts";

export interface LockWatchOptions {
  /** The database that is measured; may hold a password. */
  readonly url: string;
  /** Sessions are called after it: by that it is known whose they are. */
  readonly runId: string;
  /** The run's clock: microseconds since its start. */
  readonly nowUs: () => number;
  /** Between two looks; that of the source `locks` if absent. */
  readonly periodMs?: number;
  /** For a look's answer, ms; `TIMEOUT_MS` if absent. */
  readonly timeoutMs?: number;
  /** The longest that a statement is kept from being committed while it is looked at, ms; `HELD_MS` if absent. */
  readonly heldMs?: number;
  /** Takes waits that are over, or that were under way when the watch ended. Must not throw. */
  readonly onEvents: (events: readonly LockEvent[]) => void;
  /** Takes what a statement of the migration locked, once that is free again. Must not throw. */
  readonly onLocks: (locks: readonly StatementLock[]) => void;
  /** Takes how many waited at each look, and how long that took. Must not throw. */
  readonly onSamples?: (samples: Sample[]) => void;
  /** Ends the watch as `stop` does. */
  readonly signal?: AbortSignal;
}

/** A time in which nobody looked: what happened in it was not seen. */
export interface LockGap {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** What came of watching: what it cost and what it missed. */
export interface LockWatchSummary {
  readonly looks: number;
  /** Looks that took longer than the time to the next one. */
  readonly late: number;
  /** Looks that failed. */
  readonly failed: number;
  /** Time that a look took, its answer's included, ms. */
  readonly meanMs: number;
  readonly maxMs: number;
  /** The longest time between two looks, ms: how long a wait may have lasted beyond what was seen of it. */
  readonly longestMs: number;
  /** No moment is wrong by more, as the server's clock is not known better, ms. */
  readonly clockErrorMs: number;
  /** Times between two looks of more than `GAP_MS`. */
  readonly gaps: readonly LockGap[];
  /** What was not seen and why, in whole sentences. */
  readonly unavailable: readonly string[];
}

export interface LockWatch {
  readonly statements: StatementWatch;
  /** Looks a last time and ends. May be called again. Never throws. */
  stop(): Promise<LockWatchSummary>;
}

/** Twice the longest time between two looks that evidence may have. */
export const GAP_MS = 200;
/** For a look's answer: a server that takes longer is asked anew. */
const TIMEOUT_MS = 1_000;
/** After a statement began. */
const EARLY_MS = 5;
/** Between two tries to reach a server that is away. */
const AWAY_MS = 200;

/**
 * Watches who waits for locks in a database, for which, and who holds them up, over a connection of its own until it is
 * stopped. A wait that is shorter than the time between two looks may be missed; how long one lasted is known to that
 * time. A server that goes away is looked at again when it is back; the run never sees an exception.
 */
export function watchLocks(options: LockWatchOptions): LockWatch {
  const loop = new LookLoop(options);
  let summary: Promise<LockWatchSummary> | undefined;
  const stop = () => summary ??= loop.stop();
  if (options.signal?.aborted) void stop();
  options.signal?.addEventListener("abort", () => void stop(), { once: true });
  return { statements: loop.statements, stop };
}

class LookLoop {
  readonly statements: StatementWatch;
  readonly #locks: StatementLocks;
  readonly #connection: ReservedConnection;
  /** A look that takes long must not keep a statement from its COMMIT. */
  readonly #beforeCommit: ReservedConnection;
  readonly #looker: LockLooker;
  readonly #periodMs: number;
  readonly #meter = new Meter(LOCKS.metrics);
  readonly #failures = new Map<string, number>();
  readonly #gaps: LockGap[] = [];
  readonly #running: Promise<void>;
  readonly #stopping = new AbortController();
  #lastUs: number;
  #longestUs = 0;
  #looks = 0;
  #late = 0;
  #spentMs = 0;
  #maxMs = 0;

  constructor(readonly options: LockWatchOptions) {
    const { url, runId, nowUs, onLocks, periodMs = LOCKS.periodMs, heldMs = HELD_MS } = options;
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#periodMs = periodMs;
    this.#lastUs = nowUs();
    this.#looker = new LockLooker(runId, nowUs);
    this.#locks = new StatementLocks(onLocks);
    const reserve = () =>
      new ReservedConnection(url, {
        name: sessionName(runId, "locks"),
        timeoutMs,
        begin: (client) => this.#looker.begin(client),
      });
    this.#connection = reserve();
    this.#beforeCommit = reserve();
    this.statements = {
      began: (begin) => {
        this.#locks.began(begin);
        // One that is shorter than the time between two looks may not be held: most of them hold their locks by now.
        setTimeout(() => void this.#held(), EARLY_MS);
      },
      held: () => waitAtMost(heldMs, this.#held()),
      ended: () => this.#locks.ended(),
      released: () => this.#locks.released(nowUs()),
    };
    // The first time takes longest, and is not to fall into a statement's.
    void this.#held();
    this.#running = this.#run();
  }

  async stop(): Promise<LockWatchSummary> {
    this.#stopping.abort();
    await waitAtMost(2 * TIMEOUT_MS, this.#running);
    this.#note(this.options.nowUs());
    this.#tell(this.#looker.waiting);
    this.#locks.close();
    const closing = [this.#connection, this.#beforeCommit].map((connection) =>
      connection.close().catch(() => {})
    );
    await waitAtMost(TIMEOUT_MS, Promise.all(closing));
    return {
      looks: this.#looks,
      late: this.#late,
      failed: [...this.#failures.values()].reduce((sum, times) => sum + times, 0),
      meanMs: this.#looks === 0 ? 0 : this.#spentMs / this.#looks,
      maxMs: this.#maxMs,
      longestMs: this.#longestUs / 1000,
      clockErrorMs: this.#looker.clock.errorUs / 1000,
      gaps: this.#gaps,
      unavailable: [...this.#failures].map(([reason, times]) =>
        `Locks could not be looked at ${counted(times, "time")}: ${reason}.`
      ),
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const startMs = performance.now();
    for (let dueMs = startMs; !signal.aborted;) {
      const seen = await this.#look();
      const nowMs = performance.now();
      // At absolute times, so that they do not drift; those that have passed are not caught up.
      const passed = Math.floor((nowMs - dueMs) / this.#periodMs);
      if (passed > 0) this.#late++;
      dueMs += (passed + 1) * this.#periodMs;
      await sleep(Math.max(dueMs - nowMs, seen ? 0 : AWAY_MS), signal).catch(() => {});
    }
    await this.#look();
  }

  /** @returns whether the server answered */
  async #look(): Promise<boolean> {
    const begunMs = performance.now();
    try {
      const look = await this.#connection.use((client) => this.#looker.look(client, this.#locks.sessions));
      this.#note(look.atUs);
      this.#tell(look.over);
      this.#locks.looked(look);
      const spentMs = performance.now() - begunMs;
      this.#looks++;
      this.#spentMs += spentMs;
      this.#maxMs = Math.max(this.#maxMs, spentMs);
      this.#sample(look, spentMs);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Looks what the migration holds, and begins the connection for that where nothing is asked yet. */
  async #held(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    try {
      const { sessions } = this.#locks;
      let askedUs = 0;
      const locks = await this.#beforeCommit.use((client) => {
        askedUs = this.options.nowUs();
        return locksHeld(client, sessions);
      });
      this.#locks.held(locks, askedUs);
    } catch (error) {
      this.#failed(error);
    }
  }

  #sample({ atUs, waiting }: LockLook, spentMs: number): void {
    const byRole = Map.groupBy(waiting, ({ event }) => event.role);
    const readings = [
      ...[...byRole].map(([role, { length }]) => reading("waiting", length, { role })),
      reading(OBSERVER.name, spentMs),
    ];
    const at = { atUs: Math.round(atUs), source: LOCKS.name };
    this.options.onSamples?.(this.#meter.values(readings, atUs).map((value) => ({ ...at, ...value })));
  }

  #failed(error: unknown): void {
    const reason = (error as Error).message || String(error);
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }

  #tell(waits: readonly SeenWait[]): void {
    if (waits.length === 0) return;
    this.options.onEvents(waits.map(({ event }) => ({
      ...event,
      atUs: Math.round(event.atUs),
      waitedUs: Math.round(event.waitedUs),
    })));
  }

  /** Notes the time since the look before as a gap where it was too long. */
  #note(atUs: number): void {
    this.#longestUs = Math.max(this.#longestUs, atUs - this.#lastUs);
    if (atUs - this.#lastUs > 1000 * GAP_MS) this.#gaps.push({ fromUs: this.#lastUs, untilUs: atUs });
    this.#lastUs = atUs;
  }
}
