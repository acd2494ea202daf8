/// <reference lib="deno.worker" />
import { join } from "node:path";
import { monotonicUs } from "../net/clock.ts";
import { openLoop, type TimerChannel } from "../load/generator_loop.ts";
import { askForShortSlice } from "../net/priority.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import type { Calibration } from "../model/calibration.ts";
import { measureClock, measureTimer } from "./calibrate_clock.ts";
import { measureDispatch, measureSpool } from "./calibrate_dispatch.ts";
import { dispatchSteps, type RateSteps } from "./calibrate_steps.ts";

/** How much is measured. */
export interface CalibrationPlan {
  /** Requests of one round without any target; there are some twenty rounds. */
  readonly requests: number;
  /** Frames of timings written. */
  readonly frames: number;
  /** The open loop. */
  readonly steps: RateSteps;
}

/** A calibration is taken in a thread of its own, as the generator is. */
export interface ToCalibrator {
  readonly kind: "measure";
  readonly dir: string;
  readonly plan: CalibrationPlan;
  /** Null where the thread waits for its sockets itself. */
  readonly timerChannel: TimerChannel | null;
}

export type FromCalibrator =
  | { readonly kind: "ready" }
  | (
    & { readonly kind: "measured" }
    & Pick<Calibration, "clock" | "realTime" | "timer" | "dispatch" | "spool" | "steps">
  )
  | { readonly kind: "error"; readonly message: string };

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data }: MessageEvent<ToCalibrator>) => {
  try {
    tell(await measure(data));
  } catch (error) {
    tell({ kind: "error", message: (error as Error).message });
  }
};

async function measure({ dir, plan, timerChannel }: ToCalibrator): Promise<FromCalibrator> {
  const loop = openLoop({ timer: timerChannel, board: null });
  try {
    const clock = measureClock(monotonicUs);
    const dispatch = measureDispatch(dir, plan.requests);
    const spool = measureSpool(dir, plan.frames);
    // As a generator does for an open loop; what came before would not have left a core to anybody.
    const realTime = loop.requestRealTimePriority();
    const timer = await measureTimer(loop, monotonicUs);
    using recorder = new SegmentWriter(join(dir, "timing-2.seg"), 2, 65_536);
    const steps = await dispatchSteps(plan.steps, loop, recorder, monotonicUs);
    return { kind: "measured", clock, realTime, timer, dispatch, spool, steps };
  } finally {
    loop.close();
  }
}

function tell(message: FromCalibrator): void {
  self.postMessage(message);
}

askForShortSlice();
tell({ kind: "ready" });
