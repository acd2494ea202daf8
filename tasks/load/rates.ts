import { constantRate, type Stage } from "../model/stages.ts";
import { rateProfile } from "./rate_profile.ts";
import type { LoadStream } from "./scenario.ts";

/**
 * The streams of a run as the command line wants them: all rates by one factor, and stages stretched over the
 * measured time. Stages begin after the warm-up, which keeps the rate that the first of them begins from.
 * @param factor wished rate over the scenario's
 */
export function fitStreams(
  streams: readonly LoadStream[],
  { factor, warmupSeconds, durationSeconds }: {
    readonly factor: number;
    readonly warmupSeconds: number;
    readonly durationSeconds: number;
  },
): LoadStream[] {
  return streams.map((stream) => {
    const rate = stream.rate * factor;
    if (stream.stages === null) return { ...stream, rate };
    const total = stream.stages.reduce((sum, { duration }) => sum + duration, 0);
    const stages: Stage[] = stream.stages.map((stage) => ({
      ...stage,
      rate: stage.rate * factor,
      duration: stage.duration * durationSeconds / total,
    }));
    return {
      ...stream,
      rate,
      stages: [...warmupSeconds > 0 ? constantRate(rate, warmupSeconds) : [], ...stages],
    };
  });
}

/**
 * The requests that a run is expected to make over all streams, each step of a session counted.
 * @param fit as for `fitStreams`
 */
export function slotsOf(streams: readonly LoadStream[], fit: Parameters<typeof fitStreams>[1]): number {
  const seconds = fit.warmupSeconds + fit.durationSeconds;
  const slots = fitStreams(streams, fit).reduce((sum, { rate, stages, session, count }) => {
    const profile = stages === null ? null : rateProfile(stages, rate);
    const arrivals = profile === null ? rate * seconds : profile.expectedUntil(profile.endUs);
    return sum + arrivals * (session === null ? 1 : count);
  }, 0);
  return Math.ceil(slots);
}

/** The highest rate of all streams together, requests a second; a session counts as the requests it makes. */
export function peakRate(streams: readonly LoadStream[]): number {
  return streams.reduce((sum, { rate, stages, session, count }) => {
    const peak = Math.max(rate, ...(stages ?? []).map((stage) => stage.rate));
    return sum + peak * (session === null ? 1 : count);
  }, 0);
}
