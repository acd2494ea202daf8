import type { Sample } from "../model/run.ts";
import type { Beside } from "./generator_loop.ts";
import type { GateAnswer } from "./gate_keeper.ts";
import type { LiveTick } from "./live_counts.ts";
import type { LoadPlan } from "./plan.ts";

/** What the main thread tells a generator. */
export type ToGenerator =
  | {
    readonly kind: "prepare";
    readonly plan: LoadPlan;
    readonly worker: number;
    /** The next slot's number of a closed loop, for all workers. */
    readonly slots: SharedArrayBuffer;
    /** One Int32 that is 1 once the run is to end: what is under way is recorded as it stands. */
    readonly stop: SharedArrayBuffer;
    readonly beside: Beside;
  }
  /** Start with slot times counted from this monotonic µs. */
  | { readonly kind: "start"; readonly originUs: number };

/** Counts since the generator's start. */
export interface Progress {
  readonly due: number;
  readonly ok: number;
  readonly failed: number;
  readonly timeout: number;
  readonly shed: number;
  readonly inFlight: number;
  /** What happened since the message before; of one generator only. */
  readonly tick?: LiveTick;
}

/** What a generator tells the main thread. */
export type FromGenerator =
  | { readonly kind: "ready"; readonly notes: readonly string[] }
  | {
    readonly kind: "progress";
    readonly progress: Progress;
    readonly samples: readonly Sample[];
    /** Slots that have been completed since the message before, see `CompletedSlots`; empty where nobody wants them. */
    readonly completed: Float64Array;
    /** What was done before has been told, µs from the run's start. */
    readonly untilUs: number;
    /** Each slot that was due before has come to its end, and is in the spool; 0 where nobody wants to know. */
    readonly completedUntilUs: number;
  }
  | { readonly kind: "gate" } & GateAnswer
  | {
    readonly kind: "done";
    readonly progress: Progress;
    /** Keys stored in the cache that Redis would not list, in the order of the arms. */
    readonly keys: readonly (readonly string[])[];
  }
  | { readonly kind: "error"; readonly message: string; readonly next: string | undefined };

export const NO_PROGRESS: Progress = { due: 0, ok: 0, failed: 0, timeout: 0, shed: 0, inFlight: 0 };

/** The counts of several generators together; their ticks go to a `LiveView`. */
export function addProgress(a: Progress, b: Progress): Progress {
  return {
    due: a.due + b.due,
    ok: a.ok + b.ok,
    failed: a.failed + b.failed,
    timeout: a.timeout + b.timeout,
    shed: a.shed + b.shed,
    inFlight: a.inFlight + b.inFlight,
  };
}
