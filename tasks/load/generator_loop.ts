import type { EventLoop } from "../net/event_loop.ts";
import { libc } from "../net/libc.ts";
import { NativeLoop } from "../net/native_loop.ts";
import { ScheduleBoard } from "../net/schedule_board.ts";
import { RuntimeLoop } from "../net/runtime_loop.ts";
import { TimerRequest } from "../net/timer_request.ts";
import { pathOf } from "../paths/registry.ts";
import type { Arm } from "./plan.ts";

/** What a generator needs where Deno's event loop has to wait for its sockets: see `TimerThread`. */
export interface TimerChannel {
  readonly request: SharedArrayBuffer;
  /** Where the timer thread posts when it is time. */
  readonly port: MessagePort;
}

/** The threads that stand beside a generator. */
export interface Beside {
  /** Null where it waits for its sockets itself. */
  readonly timer: TimerChannel | null;
  /** Of a `ScheduleBoard`; null where there is none. */
  readonly board: SharedArrayBuffer | null;
}

/** Whether a thread with these arms can wait for its sockets itself: on Linux, without TLS. */
export function waitsItself(arms: readonly Arm[]): boolean {
  return libc() !== null && !arms.some(({ target }) => pathOf(target.path).hasTls(target));
}

/**
 * The loop of a generator thread.
 * @param together whether one turn may do for all sockets that are ready at once
 */
export function openLoop({ timer, board }: Beside, together = false): EventLoop {
  if (timer !== null) return new RuntimeLoop(new TimerRequest(timer.request), timer.port);
  return new NativeLoop(libc()!, board === null ? null : new ScheduleBoard(board), together);
}
