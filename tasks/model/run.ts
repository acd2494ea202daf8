export const RUN_STATUSES = ["running", "complete", "interrupted", "crashed"] as const;
export type RunStatus = typeof RUN_STATUSES[number];

export const VERDICTS = ["pass", "fail", "inconclusive", "invalid", "zero-downtime", "brief-pause"] as const;
export type Verdict = typeof VERDICTS[number];

/** A service that took part in a run, as its fingerprint records it; never with a password. */
export interface ServiceFact {
  readonly name: "postgres" | "redis" | "graphql";
  readonly origin: "embedded" | "user";
  readonly available: boolean;
  readonly version: string | null;
  /** Host and port or path; the user's URL without its password. */
  readonly address: string | null;
  /** Settings that shape results, such as fsync or shared_buffers. */
  readonly settings: Readonly<Record<string, string>>;
  /** Why it is not available, with what to do. */
  readonly reason: string | null;
}

/** What a run depended on: two runs are comparable only where these agree. */
export interface Environment {
  readonly benchbook: string;
  readonly deno: string;
  readonly os: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly hostname: string;
  readonly services: readonly ServiceFact[];
  readonly dataset: {
    readonly name: string;
    readonly scale: string;
    readonly seed: number;
    readonly rows: number;
    readonly bytes: number | null;
    readonly hash: string;
  };
  /** What could not be measured here and why, in whole sentences. */
  readonly unavailable: readonly string[];
}

/** How the load was made; every field is what was really used, defaults included. */
export interface RunConfig {
  readonly scenario: string;
  readonly title: string;
  readonly loop: "open" | "closed";
  readonly arrivals: "poisson" | "constant" | null;
  /** Requests a second over all arms (open loop). */
  readonly ratePerSecond: number | null;
  /** Clients (closed loop). */
  readonly concurrency: number | null;
  readonly durationSeconds: number;
  readonly warmupSeconds: number;
  readonly blockSeconds: number;
  readonly washoutSeconds: number;
  readonly timeoutMs: number;
  readonly inFlightCap: number;
  readonly workers: number;
  readonly connections: number;
  readonly arms: readonly string[];
  /** Arms asked for that could not be measured, with the reason. */
  readonly unavailableArms: readonly { readonly arm: string; readonly reason: string }[];
  readonly operations: readonly { readonly name: string; readonly weight: number; readonly write: boolean }[];
  readonly slo: string | null;
  readonly settings: Readonly<Record<string, number | string>>;
  /** Limits by which validity is judged, as used. */
  readonly thresholds: ValidityThresholds;
  readonly scale: string;
}

export interface ValidityThresholds {
  /** Longest generator gap, milliseconds. */
  readonly maxGapMs: number;
  /** Least share of slots dispatched on time, 0 to 1. */
  readonly minOnTime: number;
  /** On time means lag within this many milliseconds … */
  readonly onTimeMs: number;
  /** … or this share of the measured median response time, whichever is larger. */
  readonly onTimeShareOfMedian: number;
  /** Longest hole in the host's samples, in sampling periods. */
  readonly maxSampleGapPeriods: number;
  /** Largest Kolmogorov–Smirnov distance between intended and woken inter-arrival times. */
  readonly maxArrivalDistance: number;
  /** A quantile is generator-limited where lag p99 exceeds this share of it. */
  readonly lagShareOfQuantile: number;
}

export const DEFAULT_THRESHOLDS: ValidityThresholds = {
  maxGapMs: 250,
  minOnTime: 0.99,
  onTimeMs: 1,
  onTimeShareOfMedian: 0.1,
  maxSampleGapPeriods: 3,
  maxArrivalDistance: 0.1,
  lagShareOfQuantile: 0.1,
};

/** One row of the store's `run` table. Times are UTC. */
export interface Run {
  readonly runId: string;
  readonly label: string | null;
  readonly kind: "bench";
  readonly scenario: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  readonly seed: number;
  readonly config: RunConfig;
  readonly environment: Environment;
  readonly gitCommit: string | null;
}

/** A contiguous interval of one arm; `block` counts within the run, times are µs from the run's start. */
export interface Phase {
  readonly phaseId: number;
  readonly name: "warmup" | "washout" | "steady";
  readonly block: number;
  readonly arm: string;
  readonly startUs: number;
  readonly endUs: number;
}

/** One measurement of a server, a cache, the host or the generator on the run's clock. */
export interface Sample {
  readonly atUs: number;
  readonly source: "postgres" | "redis" | "host" | "generator";
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The plan of one operation, taken once outside the measured blocks. */
export interface Plan {
  readonly operationId: number;
  readonly atUs: number;
  readonly plan: unknown;
}
