import { type Call, complete, type Target } from "./target.ts";

/** A target that answers at once: what is left is the generator's own cost. */
export class NullTarget implements Target {
  readonly #answered = Promise.resolve();

  constructor(readonly nowUs: () => number) {}

  open(): Promise<void> {
    return this.#answered;
  }

  run(call: Call): void {
    // As a real target does: one reading of the clock where the connection is free and one for the answer.
    call.acquiredUs = call.sentUs = this.nowUs();
    call.rows = 1;
    call.bytes = 0;
    complete(call, this.nowUs(), "ok", null);
    call.onDone();
  }

  close(): Promise<void> {
    return this.#answered;
  }
}
