import type { CacheState, Outcome } from "../model/timing.ts";
import { type Call, complete, type Target } from "./target.ts";

/** What a scripted target does with one call. */
export interface Script {
  /** Time until the answer, milliseconds; Infinity: never. */
  readonly serviceMs: number;
  readonly outcome?: Outcome;
  readonly error?: string | null;
  readonly cache?: CacheState | null;
}

/** A target that behaves as scripted: for tests in which the system under test is not the subject. */
export class FakeTarget implements Target {
  readonly calls: Call[] = [];

  constructor(readonly nowUs: () => number, readonly script: (call: Call, index: number) => Script) {}

  open(): Promise<void> {
    return Promise.resolve();
  }

  run(call: Call): void {
    const { serviceMs, outcome = "ok", error = null, cache = null } = this.script(call, this.calls.length);
    this.calls.push(call);
    call.acquiredUs = this.nowUs();
    call.sentUs = this.nowUs();
    call.cache = cache;
    const answer = () => {
      complete(call, this.nowUs(), outcome, error);
      call.onDone();
    };
    const timer = serviceMs === Infinity ? undefined : setTimeout(answer, serviceMs);
    call.abort = () => {
      clearTimeout(timer);
      call.onDone();
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
