import type { TimerOrder } from "../net/timer_worker.ts";
import { TimerRequest } from "../net/timer_request.ts";
import type { TimerChannel } from "./generator_loop.ts";
import { SideThread } from "./side_thread.ts";

/** A timer in a thread of its own, and the channel by which it wakes another. */
export class TimerThread {
  readonly channel: TimerChannel;
  readonly #thread: SideThread;

  /** @param onError hears of a thread that failed */
  constructor(onError: (message: string) => void) {
    const request = TimerRequest.memory();
    const { port1, port2 } = new MessageChannel();
    this.channel = { request, port: port1 };
    const order: TimerOrder = { request, port: port2 };
    this.#thread = new SideThread(
      new URL("../net/timer_worker.ts", import.meta.url),
      order,
      [port2],
      onError,
    );
  }

  get ready(): Promise<void> {
    return this.#thread.ready;
  }

  stop(): void {
    new TimerRequest(this.channel.request).stop();
    this.#thread.terminate();
  }
}
