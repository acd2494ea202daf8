import { unlessAborted } from "../net/unless_aborted.ts";
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { VERSION } from "../config.ts";
import { TimerThread } from "../load/timer_thread.ts";
import { waitsItself } from "../load/generator_loop.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { Calibration, Machine } from "../model/calibration.ts";
import { counted, formatCount } from "../model/units.ts";
import { hostFacts } from "../observe/host.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome, writeAtomically } from "../stack/places.ts";
import { temporaryFolderIn } from "../files/temporary.ts";
import { sustainedRate } from "./calibrate_steps.ts";
import type { CalibrationPlan, FromCalibrator, ToCalibrator } from "./calibrate_worker.ts";

/** Some four seconds in all. */
const PLAN: CalibrationPlan = {
  requests: 40_000,
  frames: 8,
  steps: { rates: [1000, 2000, 4000, 8000, 16_000, 32_000], seconds: 0.2, passes: 3 },
};

/** Where a home keeps its machine's calibration. */
export function calibrationFile(home: string): string {
  return join(home, "calibration.json");
}

/**
 * Measures what the load generator can do on this machine with nothing behind it, in a few seconds, and keeps it
 * in the home, unless it sustained no rate while an earlier one of the same machine did. Holds the home's lock meanwhile: a run beside it would shape both.
 * @throws {ServiceError} when another task uses the home, or a part fails; {InterruptedError} when `signal` aborts.
 */
export async function calibrate(
  home: string,
  { plan = PLAN, signal }: { readonly plan?: CalibrationPlan; readonly signal?: AbortSignal } = {},
): Promise<Calibration> {
  prepareHome(home);
  using _lock = acquireLock(home, "doctor");
  using folder = temporaryFolderIn(home, "calibration-");
  const { steps, ...measured } = await measureIn(folder.path, plan, signal);
  const calibration: Calibration = {
    schema: 1,
    measuredAt: new Date().toISOString(),
    benchbook: VERSION,
    machine: hostFacts(),
    ...measured,
    steps,
    requestsPerSecond: sustainedRate(steps, measured.dispatch),
  };
  // A moment too busy to sustain any rate tells less of this machine than what was found before.
  if (calibration.requestsPerSecond > 0 || (readCalibration(home)?.requestsPerSecond ?? 0) === 0) {
    writeAtomically(calibrationFile(home), `${JSON.stringify(calibration, null, 2)}\n`, 0o644);
  }
  return calibration;
}

/** The calibration that a home keeps; null without one, and where it is of another machine or shape. */
export function readCalibration(home: string, machine: Machine = hostFacts()): Calibration | null {
  let kept: Calibration;
  try {
    kept = JSON.parse(readSmallText(calibrationFile(home)));
  } catch {
    // Never taken, or torn: the next doctor takes it anew.
    return null;
  }
  const most: unknown = kept?.requestsPerSecond;
  if (kept?.schema !== 1 || typeof most !== "number" || !(most >= 0)) return null;
  return kept.machine?.cpu === machine.cpu && kept.machine.cores === machine.cores ? kept : null;
}

/**
 * One line where a run asks a worker for more than its machine was found to keep up with; null where all is well
 * or nothing is known.
 * @param ratePerSecond the highest of the run, over all workers; null in a closed loop
 */
export function rateWarning(
  calibration: Calibration | null,
  { ratePerSecond, workers }: { readonly ratePerSecond: number | null; readonly workers: number },
): string | null {
  if (calibration === null || ratePerSecond === null) return null;
  const { requestsPerSecond: most } = calibration;
  // A machine that was too busy to sustain any rate while it was calibrated told nothing of what it can do.
  if (most === 0 || ratePerSecond / workers <= most) return null;
  const asked = `${formatCount(ratePerSecond)} requests/s by ${counted(workers, "worker")}`;
  const needed = Math.ceil(ratePerSecond / most);
  const advice = needed <= calibration.machine.cores
    ? `use --workers ${needed}`
    : "use a lower --rate or a larger machine";
  return `${asked} may be more than this machine can send on time: doctor found up to ${
    formatCount(most)
  } a worker. Better ${advice}.`;
}

/** The calibrator's thread, waiting as a generator does. */
async function measureIn(
  dir: string,
  plan: CalibrationPlan,
  signal?: AbortSignal,
): Promise<Pick<Calibration, "clock" | "realTime" | "timer" | "dispatch" | "spool" | "steps">> {
  const calibrator = new Worker(new URL("./calibrate_worker.ts", import.meta.url), { type: "module" });
  let fail!: (message: string) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = (message) => reject(new ServiceError(`Cannot calibrate this machine: ${message}`));
  });
  calibrator.onerror = (event) => {
    event.preventDefault();
    fail(`a thread failed: ${event.message}`);
  };
  const timerThread = waitsItself([]) ? null : new TimerThread(fail);
  const answer = <Kind extends FromCalibrator["kind"]>(kind: Kind) =>
    new Promise<FromCalibrator & { kind: Kind }>((resolve) => {
      calibrator.onmessage = ({ data }: MessageEvent<FromCalibrator>) => {
        if (data.kind === kind) resolve(data as FromCalibrator & { kind: Kind });
        else if (data.kind === "error") fail(data.message);
      };
    });
  const tell = (order: ToCalibrator, transfer: Transferable[] = []) =>
    calibrator.postMessage(order, transfer);
  const work = async () => {
    await Promise.all([answer("ready"), timerThread?.ready]);
    const timerChannel = timerThread?.channel ?? null;
    tell({ kind: "measure", dir, plan, timerChannel }, timerChannel === null ? [] : [timerChannel.port]);
    const { clock, realTime, timer, dispatch, spool, steps } = await answer("measured");
    return { clock, realTime, timer, dispatch, spool, steps };
  };
  try {
    return await unlessAborted(Promise.race([work(), failed]), signal);
  } catch (error) {
    throw signal?.aborted ? new InterruptedError() : error;
  } finally {
    calibrator.terminate();
    timerThread?.stop();
  }
}
