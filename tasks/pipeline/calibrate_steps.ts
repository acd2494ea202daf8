import type { ArrivalPlan } from "../load/arrivals.ts";
import { LogHistogram } from "../stats/log_histogram.ts";
import { mergeStreams } from "../load/streams.ts";
import type { EventLoop } from "../net/event_loop.ts";
import type { Calibration, RateStep } from "../model/calibration.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import { type Stage, steps } from "../model/stages.ts";
import type { SegmentWriter } from "../store/segment_writer.ts";
import { nullDispatcher, nullMix } from "./calibrate_dispatch.ts";

/** What a schedule of rising rates asks of a generator. */
export interface RateSteps {
  /** Requests a second, ascending. */
  readonly rates: readonly number[];
  /** How long each lasts. */
  readonly seconds: number;
  /** How often all of them are asked for. */
  readonly passes: number;
}

/** A generator writes what it recorded so often. */
const SPOOL_US = 500_000;

/** CPU time that the clients of PostgreSQL and GraphQL take for an answer: 12 to 80 µs, mostly at the lower end. */
const CLIENT_US = 25;
/** A thread that is busy for longer than this share of its time lets requests wait for one another. */
const BUSY_SHARE = 0.5;

/** Arrivals of all steps, one after the other. */
export function stepArrivals(
  { rates, seconds, passes }: RateSteps,
): ArrivalPlan & { stages: readonly Stage[] } {
  const stages = Array.from({ length: passes }, () => steps(rates, seconds)).flat();
  return { kind: "poisson", seed: 1, endUs: stages.length * seconds * 1e6, stages };
}

/** Dispatches each slot when its loop wakes it, as a generator does, and tells how late. */
export async function dispatchSteps(
  plan: RateSteps,
  loop: Pick<EventLoop, "onTurn" | "wakeAt">,
  recorder: Pick<SegmentWriter, "push" | "flush">,
  nowUs: () => number,
): Promise<RateStep[]> {
  const schedule = stepArrivals(plan);
  const due = mergeStreams([schedule]);
  const asked = nullMix();
  const dispatcher = nullDispatcher(recorder, nowUs);
  const seen = schedule.stages.map(({ rate }) => ({ rate, lag: new LogHistogram(), onTime: 0, all: 0 }));
  const originUs = nowUs();
  let spooledUs = 0;
  const attend = () => {
    for (let now = nowUs() - originUs; due.atUs <= now; due.next(), now = nowUs() - originUs) {
      const step = seen[Math.min(seen.length - 1, Math.floor(due.atUs / (plan.seconds * 1e6)))]!;
      const lagUs = now - due.atUs;
      step.lag.add(lagUs);
      step.all++;
      if (lagUs <= DEFAULT_THRESHOLDS.onTimeMs * 1000) step.onTime++;
      const ready = dispatcher.ready(due.slot, asked.operationOf(due.slot, due.stream), due.atUs);
      dispatcher.send(ready, now, () => {});
      if (now - spooledUs < SPOOL_US) continue;
      spooledUs = now;
      recorder.flush();
    }
    loop.wakeAt(originUs + due.atUs);
  };
  await new Promise<void>((resolve) => {
    loop.onTurn = () => {
      attend();
      if (due.atUs === Infinity) resolve();
    };
  });
  loop.onTurn = () => {};
  return plan.rates.flatMap((ratePerSecond) => {
    const passes = seen.filter(({ rate, all }) => rate === ratePerSecond && all > 0)
      .map(({ lag, onTime, all }) => ({
        ratePerSecond,
        onTime: onTime / all,
        lagP99Ms: lag.quantile(0.99)! / 1000,
      }));
    // What else the machine does can only make it worse: the best pass is the machine's.
    return passes.toSorted((a, b) => b.onTime - a.onTime || a.lagP99Ms - b.lagP99Ms).slice(0, 1);
  });
}

/**
 * The highest rate at which a worker kept its schedule by the rule of validity, less where real answers would keep
 * it too busy. A lower rate at which it did not says only that something disturbed it then: of few requests one
 * late is soon too many.
 */
export function sustainedRate(
  steps: readonly RateStep[],
  { cpuUs }: Pick<Calibration["dispatch"], "cpuUs">,
): number {
  const kept = steps.findLast(({ onTime }) => onTime >= DEFAULT_THRESHOLDS.minOnTime);
  const affordable = BUSY_SHARE * 1e6 / (cpuUs + CLIENT_US);
  return Math.min(kept?.ratePerSecond ?? 0, Math.floor(affordable / 1000) * 1000);
}
