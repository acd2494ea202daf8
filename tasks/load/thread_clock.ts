import process from "node:process";
import { openCLibrary } from "../net/c_library.ts";

/**
 * CPU time of the calling thread. `process.threadCpuUsage()` has it too, but Linux keeps that account in ticks of
 * up to 10 ms; this clock counts nanoseconds. A reading costs some 2 µs: for once a second.
 */
const CLOCK_THREAD_CPUTIME_ID = Deno.build.os === "darwin" ? 16 : 3;

export class ThreadClock implements Disposable {
  /** Null where there is no libc to ask: ticks have to do then. */
  readonly #libc = openCLibrary({
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  });
  readonly #spec = new BigInt64Array(2);

  /** Microseconds of CPU time, user and system, that this thread has used since it began. */
  us(): number {
    if (this.#libc?.symbols.clock_gettime(CLOCK_THREAD_CPUTIME_ID, this.#spec) !== 0) {
      const { user, system } = process.threadCpuUsage();
      return user + system;
    }
    return Number(this.#spec[0]!) * 1e6 + Number(this.#spec[1]!) / 1e3;
  }

  [Symbol.dispose](): void {
    this.#libc?.close();
  }
}
