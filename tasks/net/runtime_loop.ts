import { monotonicUs } from "./clock.ts";
import { type EventLoop, TURN_US } from "./event_loop.ts";
import { type LoopDelay, LoopDelayMonitor } from "./loop_delay.ts";
import type { Address, Channel } from "./channel.ts";
import type { Inbox } from "./inbox.ts";
import { openSocket, RuntimeChannel, runtimeNetwork } from "./runtime_channel.ts";
import { askForRealTime } from "./priority.ts";
import type { TimerRequest } from "./timer_request.ts";

/**
 * Deno's event loop, where a thread cannot wait for its sockets itself: with TLS, and outside Linux. Its timers are
 * a millisecond or more late, so a timer thread beside it posts a message when something is due.
 */
export class RuntimeLoop implements EventLoop {
  onTurn: () => void = () => {};
  /** Never called: Deno's loop goes on, or the thread ends with it. */
  onFailure: (error: Error) => void = () => {};
  readonly native = false;
  readonly handshake = runtimeNetwork.handshake;
  readonly elsewhere = runtimeNetwork.elsewhere;
  readonly outside = runtimeNetwork.outside;
  readonly later = runtimeNetwork.later;
  readonly #request: TimerRequest;
  readonly #timerPort: MessagePort;
  readonly #delay = new LoopDelayMonitor(monotonicUs);
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param request shared with the timer thread @param timerPort where that posts */
  constructor(request: TimerRequest, timerPort: MessagePort) {
    this.#request = request;
    this.#timerPort = timerPort;
    timerPort.onmessage = () => this.onTurn();
    this.#timer = setInterval(() => this.onTurn(), TURN_US / 1000);
  }

  async connect(address: Address, inbox: Inbox, signal: AbortSignal): Promise<Channel> {
    return new RuntimeChannel(await openSocket(address, signal), inbox, this);
  }

  turned(): void {
    this.onTurn();
  }

  wakeAt(us: number): void {
    this.#request.ask(us);
  }

  requestRealTimePriority(): boolean {
    return askForRealTime();
  }

  loopDelay(): LoopDelay {
    return this.#delay.take();
  }

  moves(): null {
    return null;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.stop();
    this.#timerPort.close();
  }
}
