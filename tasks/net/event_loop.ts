import type { Network } from "./channel.ts";
import type { LoopDelay } from "./loop_delay.ts";

/** What a generator thread waits with: for its sockets, and for the time at which a request is due. */
export interface EventLoop extends Network {
  /**
   * Called after everything that has happened on a channel, or on several at once, at the time asked for, and every 10 ms
   * or so besides.
   */
  onTurn: () => void;
  /** Called once where it cannot go on; it is closed then. */
  onFailure: (error: Error) => void;
  /** Whether this thread waits for its sockets itself, and not by Deno's loop. */
  readonly native: boolean;
  /** Calls `onTurn` at that time too, µs of the monotonic clock; Infinity: no more. Replaces the time before. */
  wakeAt(us: number): void;
  /**
   * What is due matters from now on: has the system let this thread run as soon as it is.
   * @returns whether it has real-time priority
   */
  requestRealTimePriority(): boolean;
  /** How it went since the last time of asking. */
  loopDelay(): LoopDelay;
  /** How often a thread beside it has moved this one to another core; null where none does. */
  moves(): number | null;
  close(): void;
}

/** How long a loop goes without a turn at the most, µs. */
export const TURN_US = 10_000;
