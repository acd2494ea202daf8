import type { Deadlines } from "../net/deadlines.ts";
import type { Dispatcher, Ready } from "./dispatcher.ts";
import type { Mix } from "./mix.ts";
import type { Pace } from "./pace.ts";
import { arrivalPlans, endOf, type LoadPlan } from "./plan.ts";
import { Sessions } from "./sessions.ts";
import { type MergedArrivals, mergeStreams } from "./streams.ts";

export interface OpenLoopOptions {
  readonly plan: LoadPlan;
  readonly worker: number;
  readonly dispatcher: Pick<Dispatcher, "ready" | "send" | "unsent">;
  readonly mix: Pick<Mix, "operationOf">;
  readonly deadlines: Deadlines;
  readonly nowUs: () => number;
}

/** Sends each slot when it is due, whatever became of those before it; sessions arrive so too. */
export class OpenLoop implements Pace {
  readonly #options: OpenLoopOptions;
  readonly #due: MergedArrivals;
  readonly #sessions: Sessions;
  /** The slot that is due next, if it was made ready already. */
  #next: Ready | null = null;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
    const { plan, worker, dispatcher, deadlines, nowUs } = options;
    this.#due = mergeStreams(arrivalPlans(plan), worker, plan.workers);
    this.#sessions = new Sessions({
      streams: plan.streams,
      seed: plan.seed,
      endUs: endOf(plan.phases),
      dispatcher,
      nowUs,
      later: (atUs, work) => deadlines.add(atUs, work),
    });
  }

  get nextUs(): number {
    return this.#due.atUs;
  }

  get finished(): boolean {
    return this.#due.atUs === Infinity && this.#sessions.running === 0;
  }

  turn(): void {
    const { dispatcher, nowUs } = this.#options;
    const due = this.#due;
    let now = nowUs();
    for (let sent = 0; due.atUs <= now && sent < MOST_A_TURN; sent++) {
      const ready = this.#next ?? this.#ready();
      this.#next = null;
      if (this.#inSession) this.#sessions.begin(due.stream, due.nth, ready, now);
      else dispatcher.send(ready, now, ignore);
      due.next();
      now = nowUs();
    }
    if (due.atUs !== Infinity) this.#next ??= this.#ready();
  }

  endAt(endUs: number): void {
    this.#due.endAt(endUs);
    this.#sessions.endAt(endUs);
    // It was made ready for a phase that may be another one now, or for none.
    this.#next = null;
  }

  leave(): void {
    const { dispatcher, mix, plan, nowUs } = this.#options;
    this.#next = null;
    const due = this.#due;
    const now = nowUs();
    this.#sessions.endAt(now);
    for (; due.atUs <= now; due.next()) {
      const { session, first } = plan.streams[due.stream]!;
      const slot = session === null ? due.slot : this.#sessions.slotOf(due.stream, due.nth, 0);
      dispatcher.unsent(slot, session === null ? mix.operationOf(slot, due.stream) : first, due.atUs);
    }
  }

  /** Whether the slot that is due next begins a session. */
  get #inSession(): boolean {
    return this.#options.plan.streams[this.#due.stream]!.session !== null;
  }

  /** Makes the slot that is due next ready. */
  #ready(): Ready {
    const { dispatcher, mix } = this.#options;
    const { slot, stream, nth, atUs } = this.#due;
    if (this.#inSession) return this.#sessions.ready(stream, nth, atUs);
    return dispatcher.ready(slot, mix.operationOf(slot, stream), atUs);
  }
}

/** A generator that cannot keep up must still see answers, and the word to stop. */
const MOST_A_TURN = 1000;
const ignore = () => {};
