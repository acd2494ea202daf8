import { type Counter, counter } from "../random/counter.ts";
import { exponential } from "../random/distributions.ts";
import type { Call } from "../targets/target.ts";
import type { Carried } from "./mix.ts";
import type { LoadStream } from "./scenario.ts";

export interface SessionsOptions {
  readonly streams: readonly LoadStream[];
  readonly seed: number;
  /** When the run ends: no step is due from then on. */
  readonly endUs: number;
  readonly dispatcher: {
    dispatch(
      slot: number,
      operation: number,
      intendedUs: number,
      wokeUs: number,
      session: { readonly carried: Carried },
    ): Promise<Call | null>;
    unsent(slot: number, operation: number, intendedUs: number): void;
  };
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
  /** Called whenever a session has ended. */
  onEnd: () => void = () => {};
  running = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#think = options.streams.map(({ name }) => counter(options.seed, `think:${name}`));
  }

  /** The number of a session's step over all streams. */
  slotOf(stream: number, nth: number, step: number): number {
    const { streams } = this.#options;
    return (nth * streams[stream]!.count + step) * streams.length + stream;
  }

  /** Begins a stream's nth session, whose first step is due at `atUs`. */
  begin(stream: number, nth: number, atUs: number, wokeUs: number): void {
    this.running++;
    void this.#walk(stream, nth, atUs, wokeUs).finally(() => {
      this.running--;
      this.onEnd();
    });
  }

  async #walk(stream: number, nth: number, atUs: number, wokeUs: number): Promise<void> {
    const { streams, dispatcher, endUs, nowUs, later } = this.#options;
    const { first, count, session } = streams[stream]!;
    const carried: Record<string, Readonly<Record<string, unknown>>> = {};
    for (let step = 0; step < count; step++) {
      const slot = this.slotOf(stream, nth, step);
      const call = await dispatcher.dispatch(slot, first + step, atUs, wokeUs, { carried });
      const row = call === null || call.outcome !== "ok" ? undefined : firstRow(call.answer);
      if (call !== null && row !== undefined) carried[call.statement.name] = row;
      if (step + 1 === count) return;
      const { kind, seconds } = session!.think;
      const thinkUs = 1e6 *
        (kind === "constant" ? seconds : exponential(this.#think[stream]!.float(slot, 0), seconds));
      atUs = nowUs() + thinkUs;
      if (atUs >= endUs) return;
      if (row === undefined) {
        for (let rest = step + 1; rest < count; rest++) {
          dispatcher.unsent(this.slotOf(stream, nth, rest), first + rest, atUs);
        }
        return;
      }
      await new Promise<void>((resolve) => later(atUs, resolve));
      wokeUs = nowUs();
    }
  }
}

/** The first row of an answer: of SQL's rows, or of the first list or object in a GraphQL answer's data. */
function firstRow(answer: unknown): Readonly<Record<string, unknown>> | undefined {
  if (Array.isArray(answer)) return answer[0] as Readonly<Record<string, unknown>> | undefined;
  if (typeof answer !== "object" || answer === null) return undefined;
  if ("data" in answer) return firstRow(Object.values(answer.data ?? {})[0]);
  if ("nodes" in answer) return firstRow(answer.nodes);
  return answer as Readonly<Record<string, unknown>>;
}
