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

  /** A connection, at once when one is idle. */
  acquire(): C | Waiter<C> {
    const connection = this.#idle.pop();
    return connection ?? this.#enqueue();
  }

  release(connection: C): void {
    let waiter = this.#waiting.shift();
    while (waiter?.cancelled) waiter = this.#waiting.shift();
    if (waiter) waiter.resolve(connection);
    else this.#idle.push(connection);
  }

  #enqueue(): Waiter<C> {
    const waiter = new Waiter<C>();
    this.#waiting.push(waiter);
    return waiter;
  }
}

/** A place in the queue; given up by `cancel`. */
export class Waiter<C> {
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
