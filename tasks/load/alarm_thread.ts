import type { AlarmOrder } from "../net/alarm.ts";
import { Wake } from "../net/wake.ts";
import type { AlarmLine } from "./generator_loop.ts";
import { SideThread } from "./side_thread.ts";

/** An alarm in a thread of its own, and the line on which it wakes another. */
export class AlarmThread {
  readonly line: AlarmLine;
  readonly #thread: SideThread;

  /** @param onError hears of a thread that failed */
  constructor(onError: (message: string) => void) {
    const wake = Wake.memory();
    const { port1, port2 } = new MessageChannel();
    this.line = { wake, port: port1 };
    const order: AlarmOrder = { wake, port: port2 };
    this.#thread = new SideThread(new URL("../net/alarm.ts", import.meta.url), order, [port2], onError);
  }

  get ready(): Promise<void> {
    return this.#thread.ready;
  }

  stop(): void {
    new Wake(this.line.wake).stop();
    this.#thread.terminate();
  }
}
