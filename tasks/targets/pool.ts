import type { Call } from "./target.ts";

/**
 * A fixed number of connections handed out in the order asked. Waiting in this queue is time of the
 * system under test (its connections are what is scarce), so it is recorded and never hidden.
 */
export class Pool<C> {
  readonly #idle: C[];
  readonly #waiting: Waiter<C>[] = [];

  constructor(connections: readonly C[]) {
    this.#idle = [...connections];
  }

  /** A connection for a call, at once when one is idle; null when the call was given up while it waited. */
  take(call: Call): C | Promise<C | null> {
    return this.#idle.pop() ?? this.#wait(call);
  }

  release(connection: C): void {
    let waiter = this.#waiting.shift();
    while (waiter?.cancelled) waiter = this.#waiting.shift();
    if (waiter) waiter.resolve(connection);
    else this.#idle.push(connection);
  }

  async #wait(call: Call): Promise<C | null> {
    const waiter = new Waiter<C>();
    this.#waiting.push(waiter);
    call.abort = () => waiter.cancel();
    const connection = await waiter.connection;
    if (connection === null || !call.settled) return connection;
    this.release(connection);
    return null;
  }
}

/** A place in the queue. */
class Waiter<C> {
  cancelled = false;
  readonly connection: Promise<C | null>;
  #resolve!: (connection: C | null) => void;

  constructor() {
    this.connection = new Promise((resolve) => this.#resolve = resolve);
  }

  resolve(connection: C): void {
    this.#resolve(connection);
  }

  cancel(): void {
    this.cancelled = true;
    this.#resolve(null);
  }
}
