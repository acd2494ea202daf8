import { thrownCode } from "./error_code.ts";
import { type Call, settle } from "./target.ts";

/**
 * A fixed number of connections handed out in the order asked. Waiting in this queue is time of the
 * system under test (its connections are what is scarce), so it is recorded and never hidden.
 */
export class Pool<C> {
  readonly #idle: C[];
  readonly #waiting: Call[] = [];
  readonly #start: (connection: C, call: Call) => void;

  /** @param start sends a call on a connection that is its own until `release` */
  constructor(connections: readonly C[], start: (connection: C, call: Call) => void) {
    this.#idle = [...connections];
    this.#start = start;
  }

  /** Starts a call on a connection, at once when one is idle. A call that was given up by then is done. */
  run(call: Call): void {
    const connection = this.#idle.pop();
    if (connection !== undefined) return this.#begin(connection, call);
    this.#waiting.push(call);
    // Its place in the queue stays, and is passed over.
    call.abort = () => call.onDone();
  }

  release(connection: C): void {
    let next = this.#waiting.shift();
    while (next?.settled) next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else this.#begin(connection, next);
  }

  /** A call that cannot be written fails by itself: who was just answered, and the connection, have no part in it. */
  #begin(connection: C, call: Call): void {
    try {
      this.#start(connection, call);
    } catch (error) {
      settle(call, call.acquiredUs, "failed", thrownCode(error));
      this.release(connection);
      call.onDone();
    }
  }
}
