import type { AlarmOrder } from "../net/alarm.ts";
import { Wake } from "../net/wake.ts";
import type { AlarmLine } from "./generator_loop.ts";

/** An alarm in a thread of its own, and the line on which it wakes another. */
export class AlarmThread {
  /** Resolves when it is loaded. */
  readonly ready: Promise<void>;
  readonly line: AlarmLine;
  readonly #thread = new Worker(new URL("../net/alarm.ts", import.meta.url), { type: "module" });

  /** @param onError hears of a thread that failed */
  constructor(onError: (message: string) => void) {
    const wake = Wake.memory();
    const { port1, port2 } = new MessageChannel();
    this.line = { wake, port: port1 };
    this.#thread.onerror = (event) => {
      event.preventDefault();
      onError(event.message);
    };
    this.ready = new Promise((resolve) => this.#thread.onmessage = () => resolve());
    const order: AlarmOrder = { wake, port: port2 };
    this.#thread.postMessage(order, [port2]);
  }

  /** A thread that waits for memory cannot be terminated; it ends itself when it is woken by this. */
  stop(): void {
    new Wake(this.line.wake).stop();
    this.#thread.terminate();
  }
}
