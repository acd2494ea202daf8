import { CACHE_STATES, type CacheState, type Outcome, OUTCOMES } from "../model/timing.ts";

/** A slot that has been completed, as a generator tells it while the run goes on. */
export interface CompletedSlot {
  readonly operationId: number;
  /** µs from the run's start; of one shed or never sent, when it was due. */
  readonly doneUs: number;
  readonly outcome: Outcome;
  /** From when it was due; Infinity where it was shed or never sent. */
  readonly responseUs: number;
  readonly cache: CacheState | null;
}

const FIELDS = 5;

/**
 * Slots that have been completed since they were last asked for, as numbers in one array that goes by message. Kept
 * only where a run is to end as soon as a target is missed.
 */
export class CompletedSlots {
  #values = new Float64Array(FIELDS * 1024);
  #length = 0;

  push(row: CompletedSlot): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    const { operationId, doneUs, outcome, responseUs, cache } = row;
    this.#values.set([
      operationId,
      doneUs,
      OUTCOMES.indexOf(outcome),
      responseUs,
      cache === null ? -1 : CACHE_STATES.indexOf(cache),
    ], this.#length);
    this.#length += FIELDS;
  }

  /** What has been completed since the last call, for a message. */
  take(): Float64Array {
    const taken = this.#values.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** The rows of a message, as often as they are asked for. */
export function completedSlots(values: Float64Array): Iterable<CompletedSlot> {
  return { [Symbol.iterator]: () => rowsOf(values) };
}

function* rowsOf(values: Float64Array): Generator<CompletedSlot> {
  for (let at = 0; at < values.length; at += FIELDS) {
    yield {
      operationId: values[at]!,
      doneUs: values[at + 1]!,
      outcome: OUTCOMES[values[at + 2]!]!,
      responseUs: values[at + 3]!,
      cache: CACHE_STATES[values[at + 4]!] ?? null,
    };
  }
}
