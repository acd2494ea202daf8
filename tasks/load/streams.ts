import { type ArrivalPlan, type Arrivals, arrivals, stripe } from "./arrivals.ts";

/**
 * Several arrival processes in one order. Its `slot` is a number of its own over all streams:
 * nth × streams + stream; where streams have not the same number of arrivals, numbers are left out.
 */
export interface MergedArrivals extends Arrivals {
  /** Whose slot is next: an index into the list of streams. */
  readonly stream: number;
  /** The next slot's number within its stream, from 0. */
  readonly nth: number;
}

/**
 * Merges streams in order of time. Of slots due at the same moment that of the stream listed first comes first:
 * the order is total. One object moves, so that a slot makes none.
 *
 * A worker gets every `workers`-th slot of each stream, by its number within the stream. Dealing the merged
 * slots by number, as `stripe` does, would give each of two workers one of two streams. A stream's times do not
 * depend on which others there are; slots' numbers do.
 *
 * @param plans each with a `stream` name of its own
 * @param worker 0 ≤ worker < workers
 * @throws {RangeError} when there is no stream, or two have the same name and would draw the same arrivals.
 */
export function mergeStreams(plans: readonly ArrivalPlan[], worker = 0, workers = 1): MergedArrivals {
  const names = plans.map(({ stream }) => stream);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (plans.length === 0) throw new RangeError("Streams must be at least one: there is none");
  if (new Set(names).size < names.length) {
    throw new RangeError(`Streams must have names of their own: two are called ${JSON.stringify(repeated)}`);
  }

  return new Merger(plans.map((plan) => stripe(arrivals(plan), worker, workers)));
}

class Merger implements MergedArrivals {
  stream = 0;
  readonly #streams: readonly Arrivals[];
  readonly #dueUs: Float64Array;

  constructor(streams: readonly Arrivals[]) {
    this.#streams = streams;
    this.#dueUs = Float64Array.from(streams, ({ atUs }) => atUs);
    this.#choose();
  }

  get slot(): number {
    return this.nth * this.#streams.length + this.stream;
  }

  get atUs(): number {
    return this.#dueUs[this.stream]!;
  }

  get nth(): number {
    return this.#streams[this.stream]!.slot;
  }

  next(): void {
    const moved = this.#streams[this.stream]!;
    moved.next();
    this.#dueUs[this.stream] = moved.atUs;
    this.#choose();
  }

  endAt(endUs: number): void {
    for (const [index, stream] of this.#streams.entries()) {
      stream.endAt(endUs);
      this.#dueUs[index] = stream.atUs;
    }
    this.#choose();
  }

  /** Streams are few: looking at each is quicker than keeping a heap. */
  #choose(): void {
    const dueUs = this.#dueUs;
    let first = 0;
    for (let stream = 1; stream < dueUs.length; stream++) if (dueUs[stream]! < dueUs[first]!) first = stream;
    this.stream = first;
  }
}
