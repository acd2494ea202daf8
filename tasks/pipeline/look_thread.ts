import { BenchbookError } from "../model/errors.ts";
import type { FromLook, LookAnswers, LookedRun, ToLook } from "./look_worker.ts";

/**
 * The thread that looks at a run: what a look computes grows with the run, and on this thread nobody would sample the
 * host meanwhile, or hear Ctrl-C.
 */
export class LookThread {
  readonly #worker = new Worker(new URL("./look_worker.ts", import.meta.url), { type: "module" });
  #pending: PromiseWithResolvers<LookAnswers[keyof LookAnswers]> | null = null;

  private constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromLook>) => {
      const pending = this.#pending!;
      this.#pending = null;
      if (data.kind === "answer") pending.resolve(data.value);
      else pending.reject(errorOf(data));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#pending?.reject(new Error(event.message));
    };
  }

  /** @param file of a store that it makes */
  static async open(file: string, looked: LookedRun): Promise<LookThread> {
    const thread = new LookThread();
    try {
      await thread.ask({ kind: "open", file, looked });
      return thread;
    } catch (error) {
      thread.#worker.terminate();
      throw error;
    }
  }

  /** Asks for one thing, once what was asked before is answered. @throws what it threw there */
  async ask<Kind extends ToLook["kind"]>(
    asked: ToLook & { readonly kind: Kind },
  ): Promise<LookAnswers[Kind]> {
    if (this.#pending !== null) throw new RangeError("A look's thread must be asked one thing at a time");
    this.#pending = Promise.withResolvers();
    const { promise } = this.#pending;
    this.#worker.postMessage(asked);
    return await promise as LookAnswers[Kind];
  }

  /** Closes its store, and ends it. */
  async close(): Promise<void> {
    try {
      await this.ask({ kind: "close" });
    } finally {
      this.#worker.terminate();
    }
  }
}

function errorOf({ message, code, next }: FromLook & { readonly kind: "failed" }): Error {
  return code === undefined ? new Error(message) : new BenchbookError(message, code, next);
}
