import type { MoveSide } from "../model/client_gate.ts";

const KINDS = ["prepare", "close", "open"] as const;
const SIDES: readonly MoveSide[] = ["source", "target"];

/** What generators are to do with the gates of their targets. */
export interface GateOrder {
  /** From 1 on. */
  readonly nth: number;
  readonly kind: typeof KINDS[number];
  /** Where to prepare or to open; of closing, where clients are until then. */
  readonly at: MoveSide;
}

/**
 * The last order to all generators: in shared memory, as a generator that waits for its sockets itself is in no hurry to
 * look for messages. One that comes before the last was read takes its place.
 */
export class GateBoard {
  readonly #order: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#order = new Int32Array(memory);
  }

  /** @returns its number */
  tell(kind: GateOrder["kind"], at: MoveSide): number {
    const nth = this.nth + 1;
    // One word: an order is never read half.
    Atomics.store(this.#order, 0, (nth << 3) | (KINDS.indexOf(kind) << 1) | SIDES.indexOf(at));
    return nth;
  }

  /** The number of the last order; 0 before the first. */
  get nth(): number {
    return Atomics.load(this.#order, 0) >> 3;
  }

  /** The last order, of which there must be one. */
  get order(): GateOrder {
    const word = Atomics.load(this.#order, 0);
    return { nth: word >> 3, kind: KINDS[(word >> 1) & 3]!, at: SIDES[word & 1]! };
  }
}
