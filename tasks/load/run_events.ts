import type { LiveFigures } from "../model/live.ts";
import type { Phase, RunStatus, Sample } from "../model/run.ts";
import type { Cut } from "./cuts.ts";
import type { EndReason } from "./early_end.ts";
import type { CompletedSlot } from "./completed_slots.ts";
import type { EventHub } from "./event_hub.ts";
import type { Progress } from "./messages.ts";

/** What happens in a run, in the order of a run. Times are µs from its start. */
export interface RunEvents {
  /** The run's clock has its zero, which may lie a moment ahead. */
  readonly start: {
    /** Microseconds since the run's start. */
    readonly nowUs: () => number;
    /** The wall time of zero. */
    readonly startedAt: Date;
  };
  /** A phase of the schedule has begun or ended: as it was, so cut where the run ended in it. */
  readonly phase: { readonly state: "began" | "ended"; readonly phase: Phase };
  /** A phase is to end before its time, see `Cut`; told a moment before. */
  readonly cut: Cut;
  /** How the run goes, about twice a second and generator. */
  readonly tick: {
    /** Counts since the start, over all generators. */
    readonly counts: Progress;
    readonly elapsedUs: number;
    readonly figures: LiveFigures;
  };
  /** Something to be known while it goes on, without a full stop. */
  readonly note: string;
  /** Of servers, host and generators, as they come. */
  readonly sample: readonly Sample[];
  /** Slots that have been completed. Everything done before `untilUs` has been told then. */
  readonly completed: { readonly slots: Iterable<CompletedSlot>; readonly untilUs: number };
  /** Each slot that was due before this moment has come to its end, and is in the spool. */
  readonly completedUntil: number;
  /** An action of the schedule has begun, or is over. */
  readonly step: Step;
  /** Rows of a table of the store, to be kept with the run. */
  readonly rows: { readonly table: SpooledTable; readonly rows: readonly unknown[] };
  /** All is measured. Not told of a run that cannot be kept. */
  readonly end: {
    readonly status: Exclude<RunStatus, "running">;
    /** Why it ended before its schedule was over, what counts first; empty where it did not. */
    readonly reasons: readonly EndReason[];
    /** Those that were, and as they were. */
    readonly phases: readonly Phase[];
  };
}

/** Where a spool keeps rows, see `Table`. */
export interface SpooledTable {
  readonly file: string;
}

/** An action of a schedule as it went. */
export interface Step {
  readonly name: string;
  readonly startUs: number;
  /** Null while it goes on. */
  readonly endUs: number | null;
  /** What it failed with, as a sentence's part; null where it did not. */
  readonly error: string | null;
}

export type RunEventHub = EventHub<RunEvents>;
