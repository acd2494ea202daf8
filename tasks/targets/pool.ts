import { thrownCode } from "./error_code.ts";
import { type Call, complete } from "./target.ts";

/** A queue with fewer gone calls than that is left as it is. */
const SWEEP_AT = 256;

/**
 * A fixed number of connections handed out in the order asked. Waiting in this queue is time of the
 * system under test (its connections are what is scarce), so it is recorded and never hidden.
 */
export class Pool<C> {
  readonly #idle: C[];
  #waiting: Call[] = [];
  /** Calls before it in the queue have left it. */
  #first = 0;
  /** Calls in the queue that were given up. */
  #givenUp = 0;
  readonly #start: (connection: C, call: Call) => void;
  readonly #inTurn: boolean;

  /**
   * @param start sends a call on a connection that is its own until `release`
   * @param inTurn of the idle ones that which has rested longest is taken: all are used alike, where they lead to
   * several places; else the one used last, which is warm
   */
  constructor(connections: readonly C[], start: (connection: C, call: Call) => void, inTurn = false) {
    this.#idle = [...connections];
    this.#start = start;
    this.#inTurn = inTurn;
  }

  /** Starts a call on a connection, at once when one is idle. A call that was given up by then is done. */
  run(call: Call): void {
    const connection = this.#inTurn ? this.#idle.shift() : this.#idle.pop();
    if (connection !== undefined) return this.#begin(connection, call);
    this.#waiting.push(call);
    call.abort = () => {
      this.#giveUp();
      call.onDone();
    };
  }

  /** Calls in the queue, also those that were given up and still have their place in it. */
  get queued(): number {
    return this.#waiting.length - this.#first;
  }

  release(connection: C): void {
    while (this.#first < this.#waiting.length) {
      const next = this.#waiting[this.#first++]!;
      if (next.completed) {
        this.#givenUp--;
        continue;
      }
      if (this.#first >= SWEEP_AT && 2 * this.#first >= this.#waiting.length) this.#sweep();
      return this.#begin(connection, next);
    }
    if (this.#first > 0) this.#sweep();
    this.#idle.push(connection);
  }

  /**
   * A call that is given up keeps its place in the queue until half of them are such: where connections are stuck
   * for long, the queue is never longer than what is under way, and no call pays for moving all the others.
   */
  #giveUp(): void {
    this.#givenUp++;
    if (this.#givenUp >= SWEEP_AT && 2 * this.#givenUp >= this.queued) this.#sweep();
  }

  #sweep(): void {
    this.#waiting = this.#waiting.slice(this.#first).filter(({ completed }) => !completed);
    this.#first = 0;
    this.#givenUp = 0;
  }

  /** A call that cannot be written fails by itself: who was just answered, and the connection, have no part in it. */
  #begin(connection: C, call: Call): void {
    try {
      this.#start(connection, call);
    } catch (error) {
      complete(call, call.acquiredUs, "failed", thrownCode(error));
      this.release(connection);
      call.onDone();
    }
  }
}
