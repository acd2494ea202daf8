/// <reference lib="deno.worker" />
import { join } from "node:path";
import { monotonicUs } from "../load/clock.ts";
import { askForShortSlice } from "../load/priority.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import type { Calibration, RateStep } from "../model/calibration.ts";
import { measureClock, measureTimer } from "./calibrate_clock.ts";
import { measureDispatch, measureSpool } from "./calibrate_dispatch.ts";
import { dispatchSteps, type StepPlan } from "./calibrate_steps.ts";

/** How much is measured. */
export interface CalibrationPlan {
  /** Requests of one round without any target; there are some twenty rounds. */
  readonly requests: number;
  /** Frames of timings written. */
  readonly frames: number;
  /** The open loop. */
  readonly steps: StepPlan;
}

/** A calibration is taken in a thread of its own, as the generator is. */
export type ToCalibrator =
  | { readonly kind: "measure"; readonly dir: string; readonly plan: CalibrationPlan }
  | {
    readonly kind: "steps";
    readonly dir: string;
    readonly plan: StepPlan;
    /** Where the metronome knocks. */
    readonly port: MessagePort;
    /** Zero of the steps' schedule, monotonic µs. */
    readonly originUs: number;
  };

export type FromCalibrator =
  | { readonly kind: "ready" }
  | ({ readonly kind: "measured" } & Pick<Calibration, "clock" | "timer" | "dispatch" | "spool">)
  | { readonly kind: "stepped"; readonly steps: readonly RateStep[] }
  | { readonly kind: "error"; readonly message: string };

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data }: MessageEvent<ToCalibrator>) => {
  try {
    tell(data.kind === "measure" ? await measure(data) : await step(data));
  } catch (error) {
    tell({ kind: "error", message: (error as Error).message });
  }
};

async function measure({ dir, plan }: ToCalibrator & { kind: "measure" }): Promise<FromCalibrator> {
  const clock = measureClock(monotonicUs);
  const timer = measureTimer(monotonicUs);
  const dispatch = await measureDispatch(dir, plan.requests);
  return { kind: "measured", clock, timer, dispatch, spool: measureSpool(dir, plan.frames) };
}

async function step(
  { dir, plan, port, originUs }: ToCalibrator & { kind: "steps" },
): Promise<FromCalibrator> {
  using recorder = new SegmentWriter(join(dir, "timing-2.seg"), 2, 65_536);
  const steps = await dispatchSteps(plan, port, recorder, () => monotonicUs() - originUs);
  port.close();
  return { kind: "stepped", steps };
}

function tell(message: FromCalibrator): void {
  self.postMessage(message);
}

askForShortSlice();
tell({ kind: "ready" });
