import type { Call } from "./target.ts";

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
    if (connection !== undefined) return this.#start(connection, call);
    this.#waiting.push(call);
    // Its place in the queue stays, and is passed over.
    call.abort = () => call.onDone();
  }

  release(connection: C): void {
    let next = this.#waiting.shift();
    while (next?.settled) next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else this.#start(connection, next);
  }
}
