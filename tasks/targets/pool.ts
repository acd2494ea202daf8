import { thrownCode } from "./error_code.ts";
import { type Call, complete } from "./target.ts";

/** A queue with fewer gone calls than that is left as it is. */
const SWEEP_AT = 256;

/**
 * A fixed number of connections handed out in the order asked. Waiting in this queue is time of the
 * system under test (its connections are what is scarce), so it is recorded and never hidden.
 */
export class Pool<C> {
  #idle: C[];
  /** How many it has, idle or not. */
  #size: number;
  /** While it is closed: the connections that have come back. */
  #held: C[] | null = null;
  /** Told once all of them have, where the pool is closed and somebody waits for that. */
  #onHeld: (() => void) | null = null;
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
    this.#size = connections.length;
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
    if (this.#held !== null) return this.#hold(this.#held, connection);
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
   * Hands out no connection from now on: calls wait in the queue.
   * @param onHeld called once, when none is in use any more; not where the pool is opened before
   */
  close(onHeld: () => void): void {
    // Without idle ones each call goes into the queue: a pool that is open has nothing to look at for that.
    this.#held ??= this.#idle;
    this.#idle = [];
    this.#onHeld = onHeld;
    this.#tellHeld();
  }

  /**
   * Hands out connections again, to those that wait first.
   * @param others instead of those that it had, of which none may be in use
   */
  open(others?: readonly C[]): void {
    const held = this.#held;
    if (others !== undefined && (held === null || held.length < this.#size)) {
      throw new Error("Connections can only be replaced while none is in use");
    }
    if (held === null) return;
    const connections = others ?? held;
    this.#size = others?.length ?? this.#size;
    this.#held = this.#onHeld = null;
    for (const connection of connections) this.release(connection);
  }

  #hold(held: C[], connection: C): void {
    held.push(connection);
    this.#tellHeld();
  }

  #tellHeld(): void {
    if (this.#held!.length < this.#size) return;
    const onHeld = this.#onHeld;
    this.#onHeld = null;
    onHeld?.();
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
