import type { Network } from "../net/channel.ts";

/** How many replies have come, and how many are waited for. */
export interface Progress {
  readonly answered: number;
  readonly waiting: number;
}

const LOOK_MS = 100;
/** So long without any reply: a Redis answers within a millisecond, and a request waits for it that is measured. */
export const STALL_MS = 500;

/**
 * Ends a connection on which nothing is answered any more, so that those who wait go on without it and no others join
 * them. It costs a look now and then, and nothing for a question.
 */
export class StallWatch {
  readonly #network: Network;
  readonly #progress: () => Progress;
  readonly #stalled: (error: Error) => void;
  #watching = false;
  #forget = () => {};
  #looks = 0;
  #answered = -1;

  constructor(network: Network, progress: () => Progress, stalled: (error: Error) => void) {
    this.#network = network;
    this.#progress = progress;
    this.#stalled = stalled;
  }

  /** Something is asked. */
  asked(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#looks = 0;
    this.#later();
  }

  close(): void {
    this.#forget();
    this.#watching = true;
  }

  #later(): void {
    this.#forget = this.#network.later(LOOK_MS, () => this.#look());
  }

  #look(): void {
    const { answered, waiting } = this.#progress();
    if (waiting === 0) {
      this.#watching = false;
      return;
    }
    this.#looks = answered === this.#answered ? this.#looks + 1 : 0;
    this.#answered = answered;
    if (this.#looks < STALL_MS / LOOK_MS) return this.#later();
    this.#watching = false;
    this.#answered = -1;
    this.#stalled(new Error(`STALLED no answer within ${STALL_MS} ms`));
  }
}
