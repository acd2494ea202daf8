import { allowedCpus } from "../net/cpus.ts";
import { libc } from "../net/libc.ts";
import type { ReliefOrder } from "../net/relief.ts";
import { ReliefLine } from "../net/relief_line.ts";
import { SideThread } from "./side_thread.ts";

/** With more cores Linux finds an idle one by itself. */
const MOST_CPUS = 3;

/** A relief in a thread of its own, and the line on which another tells it what is due. */
export class ReliefThread {
  readonly #line = new ReliefLine();
  readonly #thread: SideThread;

  /**
   * @param cpus that may be used, at least two
   * @param onError hears of a thread that failed
   * @param onNote hears what is not as it should be, in whole sentences
   */
  constructor(
    cpus: readonly number[],
    onError: (message: string) => void,
    onNote: (sentence: string) => void = () => {},
  ) {
    const order: ReliefOrder = { memory: this.#line.memory, cpus };
    this.#thread = new SideThread(new URL("../net/relief.ts", import.meta.url), order, [], onError, onNote);
  }

  /** A relief where it helps; `worker` decides which core its thread begins on. */
  static where(
    worker: number,
    onError: (message: string) => void,
    onNote: (sentence: string) => void,
  ): ReliefThread | null {
    const cpus = libc() === null ? [] : allowedCpus();
    if (cpus.length < 2 || cpus.length > MOST_CPUS) return null;
    const first = worker % cpus.length;
    return new ReliefThread([...cpus.slice(first), ...cpus.slice(0, first)], onError, onNote);
  }

  get memory(): SharedArrayBuffer {
    return this.#line.memory;
  }

  get ready(): Promise<void> {
    return this.#thread.ready;
  }

  stop(): void {
    this.#line.stop();
    this.#thread.terminate();
  }
}
