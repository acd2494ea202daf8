import { allowedCpus } from "../net/cpus.ts";
import { libc } from "../net/libc.ts";
import type { MigrationOrder } from "../net/migration_worker.ts";
import { ScheduleBoard } from "../net/schedule_board.ts";
import { SideThread } from "./side_thread.ts";

/** With more cores Linux finds an idle one by itself. */
const MOST_CPUS = 3;

/** Thread migration in a thread of its own, and the board on which another says what is due. */
export class MigrationThread {
  readonly #board = new ScheduleBoard();
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
    const order: MigrationOrder = { memory: this.#board.memory, cpus };
    this.#thread = new SideThread(
      new URL("../net/migration_worker.ts", import.meta.url),
      order,
      [],
      onError,
      onNote,
    );
  }

  /** Thread migration where it helps; `worker` decides which core its thread begins on. */
  static where(
    worker: number,
    onError: (message: string) => void,
    onNote: (sentence: string) => void,
  ): MigrationThread | null {
    const cpus = libc() === null ? [] : allowedCpus();
    if (cpus.length < 2 || cpus.length > MOST_CPUS) return null;
    const first = worker % cpus.length;
    return new MigrationThread([...cpus.slice(first), ...cpus.slice(0, first)], onError, onNote);
  }

  get memory(): SharedArrayBuffer {
    return this.#board.memory;
  }

  get ready(): Promise<void> {
    return this.#thread.ready;
  }

  stop(): void {
    this.#board.stop();
    this.#thread.terminate();
  }
}
