import { type Counter, counter } from "../random/counter.ts";
import { exponential } from "../random/distributions.ts";
import type { Call } from "../targets/target.ts";
import { type CapturedRow, capturedRow } from "./captured_row.ts";
import type { Dispatcher, Ready } from "./dispatcher.ts";
import type { LoadStream } from "./scenario.ts";

export interface SessionsOptions {
  readonly streams: readonly LoadStream[];
  readonly seed: number;
  /** When the run ends: no step is due from then on. */
  readonly endUs: number;
  readonly dispatcher: Pick<Dispatcher, "ready" | "send" | "unsent">;
  readonly nowUs: () => number;
  /** Does some work at a time, µs from the run's start. */
  readonly later: (atUs: number, work: () => void) => void;
}

/**
 * Partly open load: sessions arrive on a schedule, and each walks through the steps of its stream, waiting for
 * an answer and then thinking before it asks again (B. Schroeder, A. Wierman, M. Harchol-Balter, "Open versus
 * closed: a cautionary tale", NSDI 2006). A step is due when its session has thought; think times are a function
 * of (seed, slot), answers are not, and so neither are the moments of later steps: they are recorded.
 *
 * A session that cannot go on, because a step was not answered with the row that a later one needs, leaves
 * its other steps as `unsent`. Steps that would be due after the run's end are no slots.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #think: readonly Counter[];
  #endUs: number;
  /** Sessions that have not ended. */
  running = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#endUs = options.endUs;
    this.#think = options.streams.map(({ name }) => counter(options.seed, `think:${name}`));
  }

  /** The number of a session's step over all streams. */
  slotOf(stream: number, nth: number, step: number): number {
    const { streams } = this.#options;
    return (nth * streams[stream]!.count + step) * streams.length + stream;
  }

  /** No step is due from then on. */
  endAt(endUs: number): void {
    this.#endUs = endUs;
  }

  /** Makes the first step of a stream's nth session ready, which is due at `atUs`. */
  ready(stream: number, nth: number, atUs: number): Ready {
    return this.#ready({ stream, nth, captured: {} }, 0, atUs);
  }

  /** Begins a stream's nth session. @param first as `ready` made it */
  begin(stream: number, nth: number, first: Ready, wokeUs: number): void {
    this.running++;
    this.#send({ stream, nth, captured: {} }, 0, first, wokeUs);
  }

  #ready(session: Session, step: number, atUs: number): Ready {
    const { streams, dispatcher } = this.#options;
    const { stream, nth } = session;
    return dispatcher.ready(this.slotOf(stream, nth, step), streams[stream]!.first + step, atUs, session);
  }

  #send(session: Session, step: number, ready: Ready, wokeUs: number): void {
    const onEnd = (call: Call | null) => this.#answered(session, step, ready.slot, call);
    this.#options.dispatcher.send(ready, wokeUs, onEnd);
  }

  #answered(session: Session, step: number, slot: number, call: Call | null): void {
    const { streams, nowUs, later } = this.#options;
    const { count, session: form } = streams[session.stream]!;
    const row = call === null || call.outcome !== "ok" ? undefined : capturedRow(call);
    if (call !== null && row !== undefined) session.captured[call.statement.name] = row;
    if (step + 1 === count) return void this.running--;
    const { kind, seconds } = form!.think;
    const thinkUs = 1e6 *
      (kind === "constant" ? seconds : exponential(this.#think[session.stream]!.float(slot, 0), seconds));
    const atUs = nowUs() + thinkUs;
    if (atUs >= this.#endUs) return void this.running--;
    if (row === undefined) return this.#giveUp(session, step + 1, atUs);
    const ready = this.#ready(session, step + 1, atUs);
    later(atUs, () => this.#send(session, step + 1, ready, nowUs()));
  }

  /** Leaves the steps that cannot be asked. */
  #giveUp({ stream, nth }: Session, from: number, atUs: number): void {
    const { streams, dispatcher } = this.#options;
    const { first, count } = streams[stream]!;
    for (let step = from; step < count; step++) {
      dispatcher.unsent(this.slotOf(stream, nth, step), first + step, atUs);
    }
    this.running--;
  }
}

/** One walk through the steps of a stream. */
interface Session {
  readonly stream: number;
  readonly nth: number;
  /** What its steps were answered, by their names. */
  readonly captured: Record<string, CapturedRow>;
}
