import type { Dispatcher } from "./dispatcher.ts";
import type { Mix } from "./mix.ts";
import type { Pace } from "./pace.ts";

export interface ClosedLoopOptions {
  /** Of this thread. */
  readonly clients: number;
  readonly endUs: number;
  readonly dispatcher: Pick<Dispatcher, "ready" | "send">;
  readonly mix: Pick<Mix, "operationOf">;
  /** The next slot's number, for all threads: so numbers have no holes. */
  readonly slots: BigInt64Array;
  /** No slot is numbered beyond that: its clients then wait for the run's end. */
  readonly slotLimit?: number;
  readonly nowUs: () => number;
}

/** So many clients, each of which asks again as soon as it has its answer. */
export class ClosedLoop implements Pace {
  readonly #options: ClosedLoopOptions;
  #free: number;
  #begun = false;
  #endUs: number;
  #finished = false;
  readonly #answered = () => void this.#free++;

  constructor(options: ClosedLoopOptions) {
    this.#options = options;
    this.#free = options.clients;
    this.#endUs = options.endUs;
  }

  get nextUs(): number {
    return this.#begun ? this.#endUs : 0;
  }

  get finished(): boolean {
    return this.#finished;
  }

  turn(): void {
    const { dispatcher, mix, slots, slotLimit = Infinity, nowUs } = this.#options;
    const endUs = this.#endUs;
    let atUs = nowUs();
    if (atUs < 0) return;
    this.#begun = true;
    this.#finished = atUs >= endUs;
    // One that is answered in this very turn has its next: an answer without any wait must not keep the thread.
    for (let clients = this.#free; clients > 0 && atUs < endUs; clients--) {
      const slot = Number(Atomics.add(slots, 0, 1n));
      if (slot >= slotLimit) break;
      this.#free--;
      dispatcher.send(dispatcher.ready(slot, mix.operationOf(slot), atUs), atUs, this.#answered);
      atUs = nowUs();
    }
  }

  endAt(endUs: number): void {
    this.#endUs = endUs;
  }

  leave(): void {
    // A client that has not asked has no slot.
  }
}
