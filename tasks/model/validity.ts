/** One rule of validity, judged. */
export interface ValidityCheck {
  /** Stable, for programs. */
  readonly name: "generator-gap" | "on-time" | "arrivals" | "samples" | "slots";
  /** What is true where the rule holds, for people. */
  readonly title: string;
  /** What the rule demands, as text with its unit. */
  readonly limit: string;
  /** What was found, as text with its unit. */
  readonly measured: string;
  /** Whether it holds; true also where the rule does not apply or had nothing to judge. */
  readonly ok: boolean;
  /** What explains a failure, e.g. CPU stolen by neighbours; null when nothing was recorded. */
  readonly cause: string | null;
}

/** Whether the run's numbers are the system's and not the generator's. */
export interface Validity {
  /** True when every check holds. */
  readonly valid: boolean;
  /** Every rule, those that hold included. */
  readonly checks: readonly ValidityCheck[];
  /** Generator lag (woke − intended), milliseconds; null in a closed loop, where nothing was due. */
  readonly lagMs: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null };
  /** What the generator's own threads cost. */
  readonly generator: GeneratorFigures;
}

/** What the threads that make the load cost after the warm-up; null: not recorded. */
export interface GeneratorFigures {
  /** CPU time by requests that fell due, microseconds: the median of all seconds. */
  readonly cpuPerRequestUs: number | null;
  /** CPU time of all workers together per second of time: 1 is one core. */
  readonly cpuCores: number | null;
  /** Median delay of the event loop in a usual second, milliseconds. */
  readonly loopDelayP50Ms: number | null;
  /** p99 of the event loop's delay in a usual second, milliseconds. */
  readonly loopDelayP99Ms: number | null;
  /** Share of a worker's time that garbage collections took, 0 to 1. */
  readonly gcShare: number | null;
  /** The longest garbage collection, milliseconds. */
  readonly gcLongestMs: number | null;
  /** Whether its threads waited for their sockets themselves, and not by Deno's event loop. */
  readonly nativeLoop: boolean | null;
  /** Whether its threads had real-time priority. */
  readonly realTime: boolean | null;
}

/** Limits that tell whether the generator shaped what was measured. */
export interface ValidityThresholds {
  /** Longest generator gap, milliseconds. */
  readonly maxGapMs: number;
  /** Least share of slots dispatched on time, 0 to 1. */
  readonly minOnTime: number;
  /** On time means lag within this many milliseconds … */
  readonly onTimeMs: number;
  /** … or this share of the median response time without lag, whichever is larger. */
  readonly onTimeShareOfMedian: number;
  /** Longest hole in the host's samples, in sampling periods. */
  readonly maxSampleGapPeriods: number;
  /** Largest Kolmogorov–Smirnov distance between intended and woken inter-arrival times of Poisson arrivals. */
  readonly maxArrivalDistance: number;
  /**
   * Largest mean deviation of woken inter-arrival times from the intended one of constant arrivals, as a share of it or
   * of a millisecond, whichever is larger; absent in runs of older versions.
   */
  readonly maxArrivalDeviation?: number;
  /** A quantile is generator-limited where lag p99 exceeds this share of it. */
  readonly lagShareOfQuantile: number;
}

/** The limits where nothing else is asked for. */
export const DEFAULT_THRESHOLDS: ValidityThresholds = {
  maxGapMs: 250,
  minOnTime: 0.99,
  onTimeMs: 1,
  onTimeShareOfMedian: 0.1,
  maxSampleGapPeriods: 3,
  maxArrivalDistance: 0.1,
  maxArrivalDeviation: 0.25,
  lagShareOfQuantile: 0.1,
};
