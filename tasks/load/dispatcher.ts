import { CACHE_STATES, type Outcome, OUTCOMES } from "../model/timing.ts";
import type { SegmentWriter } from "../store/segment_writer.ts";
import { thrownCode } from "../targets/error_code.ts";
import { type Call, complete, newCall, type Statement, type Target } from "../targets/target.ts";
import type { CompletedSlots } from "./completed_slots.ts";
import { InFlight, type Linked } from "./in_flight.ts";
import type { LiveCounts } from "./live_counts.ts";
import type { Progress } from "./messages.ts";
import type { Captured, Mix } from "./mix.ts";
import type { Arm, LoadPlan } from "./plan.ts";
import { WhoseTurn } from "./whose_turn.ts";
import type { Phase } from "../model/run.ts";

export interface DispatcherOptions extends Partial<Pick<LoadPlan, "requests">> {
  /** Which arm is asked is drawn from it in phases of all arms; needed only there. */
  readonly seed?: number;
  readonly phases: readonly Phase[];
  readonly arms: readonly Arm[];
  /** In the order of `arms`. */
  readonly targets: readonly Target[];
  readonly mix: Mix;
  readonly recorder: Pick<SegmentWriter, "push">;
  /** Counts what a live view shows. */
  readonly live?: LiveCounts;
  /** Takes in slots as they are completed, for a run that is to end as soon as a target is missed. */
  readonly completed?: CompletedSlots;
  /** µs from the run's start. */
  readonly nowUs: () => number;
  readonly timeoutMs: number;
  readonly inFlightCap: number;
  readonly retry: { readonly attempts: number; readonly backoffMs: number } | null;
  /** Does some work at a time, µs from the run's start; needed only for retries. */
  readonly later?: (atUs: number, work: () => void) => void;
}

/** Takes the last attempt's call when its connection is free again; null when the slot was shed. */
export type OnEnd = (call: Call | null) => void;

/** A slot that is ready to be sent. */
export interface Ready {
  readonly slot: number;
  readonly arm: number;
  readonly phase: Phase;
  readonly operationId: number;
  readonly intendedUs: number;
  readonly call: Call;
}

/** An attempt of a slot, in flight. */
interface Attempt extends Ready, Linked<Attempt> {
  /** 0 for the first. */
  readonly nth: number;
  readonly wokeUs: number;
  readonly onEnd: OnEnd;
}

/**
 * Sends slots on their way and sees to it that each leaves exactly one row, whatever becomes of it. Slots
 * must come in order of their intended time.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #inFlight = new InFlight<Attempt>();
  /** Attempts that are over, and whose slots have another one before them. */
  readonly #between = new Set<Attempt>();
  readonly #turn: WhoseTurn;
  readonly #counts = { due: 0, ok: 0, failed: 0, timeout: 0, shed: 0, unsent: 0 };
  #ended = false;
  /** What kept a row from being recorded: that is the run's end, and not one request's. */
  #fault: unknown = null;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { phases, arms, requests, seed = 0 } = options;
    this.#turn = new WhoseTurn(phases, arms.map(({ name }) => name), seed, requests);
  }

  /**
   * Makes a slot ready before it is due: its values are drawn and its request is written, so that little lies
   * between its moment and its sending. Others may be sent before it; its request is then written once more.
   * @param session set for a step of a session, whose answer is kept for the steps after it
   */
  ready(
    slot: number,
    operation: number,
    intendedUs: number,
    session?: { readonly captured: Captured },
  ): Ready {
    const { mix, targets } = this.#options;
    const phase = this.#turn.phaseAt(intendedUs);
    const arm = this.#turn.armAt(phase, slot, operation);
    const statement = this.#statementOf(arm, operation);
    const drawn = mix.valuesOf(slot, operation, session?.captured);
    const call = newCall(statement, statement.parameters.map((name) => drawn[name]!), session !== undefined);
    try {
      targets[arm]!.prepare?.(call);
    } catch {
      // A value that cannot be written, as an earlier answer may have one: sending says so again, and is counted.
    }
    return { slot, arm, phase, operationId: statement.operationId, intendedUs, call };
  }

  /**
   * Sends a slot, or sheds it at the in-flight cap.
   * @param onEnd called once, at once where the slot is shed
   */
  send(ready: Ready, wokeUs: number, onEnd: OnEnd): void {
    const { slot, arm, operationId, intendedUs, call } = ready;
    const phase = this.#turn.phaseOf(ready);
    this.#counts.due++;
    this.#options.live?.woke(wokeUs - intendedUs);
    if (this.#inFlight.size >= this.#options.inFlightCap) {
      this.#push(slot, 0, phase, operationId, intendedUs, wokeUs, null, "shed");
      this.#count(operationId, intendedUs, null, "shed");
      return onEnd(null);
    }
    this.#start({
      slot,
      nth: 0,
      arm,
      phase,
      operationId,
      intendedUs,
      wokeUs,
      call,
      onEnd,
      before: null,
      after: null,
      inFlight: false,
    });
  }

  /** Records a slot that was due and could not be sent: the run ended, or its session had nothing to go on with. */
  unsent(slot: number, operation: number, intendedUs: number): void {
    const phase = this.#turn.phaseAt(intendedUs);
    const statement = this.#statementOf(this.#turn.armAt(phase, slot, operation), operation);
    this.#counts.due++;
    this.#options.live?.missed();
    this.#push(slot, 0, phase, statement.operationId, intendedUs, NaN, null, "unsent");
    this.#count(statement.operationId, intendedUs, null, "unsent");
  }

  /** What is due from now on belongs to these phases; earlier ones stay as they were. */
  reschedule(phases: readonly Phase[]): void {
    this.#turn.reschedule(phases);
  }

  #statementOf(arm: number, operation: number): Statement {
    return this.#options.arms[arm]!.statements[this.#options.requests?.[operation]?.statement ?? operation]!;
  }

  #start(attempt: Attempt): void {
    this.#inFlight.add(attempt);
    attempt.call.onDone = () => {
      try {
        this.#done(attempt);
      } catch (error) {
        this.#fault ??= error;
      }
    };
    const { call } = attempt;
    try {
      this.#options.targets[attempt.arm]!.run(call);
    } catch (error) {
      complete(call, this.#options.nowUs(), "failed", thrownCode(error));
      call.onDone();
    }
  }

  #done(attempt: Attempt): void {
    this.#finish(attempt);
    if (this.#between.has(attempt)) this.#retry(attempt, this.#options.retry!.backoffMs * 2 ** attempt.nth);
    else attempt.onEnd(attempt.call);
  }

  #goesOn({ nth, call: { outcome } }: Attempt): boolean {
    const { retry } = this.#options;
    return retry !== null && nth < retry.attempts && !this.#ended &&
      (outcome === "failed" || outcome === "timeout");
  }

  /** The next attempt of a slot, as its client would make it: after a pause that doubles from attempt to attempt. */
  #retry(attempt: Attempt, pauseMs: number): void {
    const { nowUs, later } = this.#options;
    later!(nowUs() + pauseMs * 1000, () => {
      if (!this.#between.delete(attempt)) return attempt.onEnd(attempt.call);
      const call = newCall(attempt.call.statement, attempt.call.values, attempt.call.keep);
      this.#start({ ...attempt, nth: attempt.nth + 1, wokeUs: nowUs(), call });
    });
  }

  /**
   * Gives up what has been under way for too long. To be called every few milliseconds.
   * @throws what kept a row from being recorded since the last time: answers come in where nobody could take it
   */
  sweep(): void {
    if (this.#fault !== null) throw this.#fault;
    const limitUs = this.#options.nowUs() - this.#options.timeoutMs * 1000;
    // Oldest first: the first young one ends the sweep.
    for (let oldest = this.#inFlight.oldest; oldest !== null; oldest = this.#inFlight.oldest) {
      if (oldest.wokeUs > limitUs) break;
      this.#giveUp(oldest, "timeout");
    }
  }

  /** Ends what is under way: what was sent is censored here, what still waited was never sent. */
  endAll(): void {
    this.#ended = true;
    const sent = [...this.#inFlight].filter(({ call }) => !Number.isNaN(call.sentUs));
    const waiting = [...this.#inFlight].filter(({ call }) => Number.isNaN(call.sentUs));
    // Those that wait come first: a connection that is given up would be handed to the next of them.
    for (const attempt of waiting) this.#giveUp(attempt, "unsent");
    for (const attempt of sent) this.#giveUp(attempt, "timeout");
    // Their rows are censored as those of timeouts are; none of them took too long.
    this.#counts.timeout -= sent.length;
    for (const { operationId, intendedUs, call } of this.#between) {
      this.#count(operationId, intendedUs, call, call.outcome);
    }
    this.#between.clear();
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** When the earliest slot was due that has not come to its end; Infinity: none is open. */
  get openSinceUs(): number {
    const open = [...this.#inFlight, ...this.#between];
    return open.reduce((us, { intendedUs }) => Math.min(us, intendedUs), Infinity);
  }

  get progress(): Progress {
    const { due, ok, failed, timeout, shed } = this.#counts;
    return { due, ok, failed, timeout, shed, inFlight: this.#inFlight.size };
  }

  #giveUp(attempt: Attempt, outcome: "timeout" | "unsent"): void {
    const { abort } = attempt.call;
    complete(attempt.call, this.#options.nowUs(), outcome, null);
    this.#finish(attempt);
    abort?.();
  }

  #finish(attempt: Attempt): void {
    // A call given up finishes a second time when its connection comes back.
    if (!this.#inFlight.delete(attempt)) return;
    const { slot, nth, phase, operationId, intendedUs, wokeUs, call } = attempt;
    this.#push(slot, nth, phase, operationId, intendedUs, wokeUs, call, call.outcome);
    if (this.#goesOn(attempt)) this.#between.add(attempt);
    else this.#count(operationId, intendedUs, call, call.outcome);
  }

  /** A slot has come to its end, with its last attempt. */
  #count(operationId: number, intendedUs: number, call: Call | null, outcome: Outcome): void {
    const { live, completed } = this.#options;
    const cache = call?.cache ?? null;
    this.#counts[outcome]++;
    live?.ended(outcome, (call?.doneUs ?? NaN) - intendedUs, cache);
    const neverDone = outcome === "shed" || outcome === "unsent";
    completed?.push({
      operationId,
      doneUs: neverDone ? intendedUs : call!.doneUs,
      outcome,
      responseUs: neverDone ? Infinity : call!.doneUs - intendedUs,
      cache,
    });
  }

  #push(
    slot: number,
    attempt: number,
    phase: Phase,
    operationId: number,
    intendedUs: number,
    wokeUs: number,
    call: Call | null,
    outcome: Outcome,
  ): void {
    this.#options.recorder.push(
      slot,
      attempt,
      phase.phaseId,
      operationId,
      intendedUs,
      wokeUs,
      call?.acquiredUs ?? NaN,
      call?.sentUs ?? NaN,
      outcome === "unsent" ? NaN : call?.doneUs ?? NaN,
      OUTCOMES.indexOf(outcome),
      call?.error ?? null,
      call === null || call.cache === null ? -1 : CACHE_STATES.indexOf(call.cache),
      call?.rows ?? -1,
      call?.bytes ?? -1,
      call?.keyHash ?? NaN,
      call?.ageUs ?? NaN,
      call === null || call.loaded === null ? -1 : call.loaded ? 1 : 0,
    );
  }
}
