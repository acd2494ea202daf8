import type { MigrationConfig } from "./migration.ts";
import type { ProbeConfig } from "./probe.ts";
import type { RunSeries } from "./series.ts";
import type { Stage } from "./stages.ts";
import type { UntilDecided } from "./until_decided.ts";
import type { ValidityThresholds } from "./validity.ts";

/** How far a run got; `crashed`: a service or Benchbook itself died in it. */
export const RUN_STATUSES = ["running", "complete", "interrupted", "crashed"] as const;
/** One of `RUN_STATUSES`. */
export type RunStatus = typeof RUN_STATUSES[number];

/** What a run can be judged to be; a bench gets one of the first four. */
export const VERDICTS = ["pass", "fail", "inconclusive", "invalid", "zero-downtime", "brief-pause"] as const;
/** One of `VERDICTS`. */
export type Verdict = typeof VERDICTS[number];

/** A verdict as people write it: `brief pause`, and `zero-downtime`, which is a word of the field. */
export function verdictText(verdict: Verdict): string {
  return verdict === "brief-pause" ? "brief pause" : verdict;
}

/** The reason of a service that no arm needs. */
export const NOT_NEEDED = "It is not needed.";

/** What services are called. */
export const SERVICE_NAMES = {
  postgres: "PostgreSQL",
  redis: "Redis",
  graphql: "GraphQL",
  haproxy: "HAProxy",
} as const;

/** A service that took part in a run, as its fingerprint records it; never with a password. */
export interface ServiceFact {
  /** Which of the services it is. */
  readonly name: keyof typeof SERVICE_NAMES;
  /** The instance's own name, as its log and samples bear it; absent in older runs, and where none is to be had. */
  readonly instance?: string;
  /** What it is there for: `primary`, `target`, `arm`, `cache`, `graphql`, `balancer`; absent where `instance` is. */
  readonly role?: string;
  /** `embedded`: Benchbook runs it; `user`: it was given by a URL. */
  readonly origin: "embedded" | "user";
  /** Whether it could be used. */
  readonly available: boolean;
  /** As the service tells it; null where it is not known. */
  readonly version: string | null;
  /** Host and port or path; the user's URL without its password. */
  readonly address: string | null;
  /** Settings that shape results, such as fsync or shared_buffers. */
  readonly settings: Readonly<Record<string, string>>;
  /** Why it is not available, with what to do. */
  readonly reason: string | null;
  /** The arms that alone use it, whose files name it; absent where the run's arms share it. */
  readonly arms?: readonly string[];
}

/** What a run depended on: two runs are comparable only where these agree. */
export interface Environment {
  /** Version of Benchbook. */
  readonly benchbook: string;
  /** Version of Deno. */
  readonly deno: string;
  /** The distribution's name and version, or the kernel's where it names none. */
  readonly os: string;
  /** Kernel and release, e.g. `Linux 6.12.0`. */
  readonly kernel: string;
  /** The processor's model, or its architecture where it names no model. */
  readonly cpu: string;
  /** Cores that may be used; a fraction where a container's limit is one. */
  readonly cores: number;
  /** Memory that may be used: the machine's, or a container's lower limit. */
  readonly memoryBytes: number;
  /** The machine's name in its network. */
  readonly hostname: string;
  /** PostgreSQL, Redis and GraphQL, those not available included. */
  readonly services: readonly ServiceFact[];
  /** What the database was seeded with; fields as in `SeededDataset`. */
  readonly dataset: {
    readonly name: string;
    readonly scale: string;
    readonly seed: number;
    /** Absent in runs of older versions, which had none. */
    readonly variation?: string;
    readonly rows: number;
    readonly bytes: number | null;
    readonly hash: string;
  };
  /** What could not be measured here and why, in whole sentences. */
  readonly unavailable: readonly string[];
  /**
   * What the run could not take back, and what is to be known of writes that a later start judged, a sentence each; absent in
   * runs of older versions.
   */
  readonly left?: readonly string[];
}

/** How the load was made; every field is what was really used, defaults included. */
export interface RunConfig {
  /** The scenario's name. */
  readonly scenario: string;
  /** The path by which the user named its file; null, or absent in runs of older versions: by its name. */
  readonly scenarioFile?: string | null;
  /** The scenario's title, one line. */
  readonly title: string;
  /** Open: requests come on a schedule. Closed: each client waits for its answer before it asks again. */
  readonly loop: "open" | "closed";
  /** The process by which requests arrive (open loop). */
  readonly arrivals: "poisson" | "constant" | null;
  /** The arrival processes, in the order of their numbers; absent in runs of older versions, which had one. */
  readonly streams?: readonly {
    /** `main` where there is only one. */
    readonly name: string;
    /** The process by which its requests or sessions arrive. */
    readonly arrivals: "poisson" | "constant";
    /** Requests or sessions a second; of the first stage's beginning where there are stages. */
    readonly ratePerSecond: number;
    /** How the rate went over the whole run, warm-up included; null: it stayed. */
    readonly stages: readonly Stage[] | null;
    /** What arrives are sessions that walk through its operations. */
    readonly session: boolean;
    /** The names of its operations. */
    readonly operations: readonly string[];
  }[];
  /** Requests a second over all arms (open loop). */
  readonly ratePerSecond: number | null;
  /** Clients (closed loop). */
  readonly concurrency: number | null;
  /** Measured time over all arms, washouts included. */
  readonly durationSeconds: number;
  /** Time before that over all arms, left out of the statistics. */
  readonly warmupSeconds: number;
  /** Wished length of a block of one arm; fitted so that whole rounds fill the duration. */
  readonly blockSeconds: number;
  /** Wished length of the washout that begins a block; at most a quarter of the block. */
  readonly washoutSeconds: number;
  /** After so long a request is given up and recorded as `timeout`. */
  readonly timeoutMs: number;
  /** Requests under way at most, over all workers; more are shed. */
  readonly inFlightCap: number;
  /** Threads that make the load. */
  readonly workers: number;
  /** Connections of each arm, over all workers. */
  readonly connections: number;
  /** The names of the arms that were measured: their paths' where `--arm` does not name them. */
  readonly arms: readonly string[];
  /** The arms that `--arm` describes, those not available included; absent where there are none. */
  readonly armFiles?: readonly ArmFile[];
  /** Arms whose results were not compared with the others' before timing; absent where there are none. */
  readonly unproven?: readonly string[];
  /** Arms asked for that could not be measured, with the reason. */
  readonly unavailableArms: readonly UnavailableArm[];
  /** The mix; a weight is relative to the others. */
  readonly operations: readonly { readonly name: string; readonly weight: number; readonly write: boolean }[];
  /** The targets as they were written, e.g. `p95<200ms,errors<1%`; null: none. */
  readonly slo: string | null;
  /** The scenario's settings by name, as used. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** The hit rate that keys were chosen for, 0 to 1; null, or absent in runs of older versions: none. */
  readonly hitTarget?: number | null;
  /** Limits by which validity is judged, as used. */
  readonly thresholds: ValidityThresholds;
  /** The scale of the data, e.g. `tiny`. */
  readonly scale: string;
  /** What it changes under the load; absent where the run migrates nothing. */
  readonly migration?: MigrationConfig;
  /** What it watched; absent where the run is no probe. */
  readonly probe?: ProbeConfig;
  /** The repetitions that it is one of; absent where it was made alone. */
  readonly series?: RunSeries;
  /** When it ends because it knows; absent where its length was fixed. */
  readonly untilDecided?: UntilDecided;
}

/** An arm that `--arm` describes. */
export interface ArmFile {
  /** Its name. */
  readonly name: string;
  /** Its file as the user named it; empty: it is a twin of the baseline. */
  readonly file: string;
}

/** An arm that could not be measured. */
export interface UnavailableArm {
  /** Its name. */
  readonly arm: string;
  /** The path by which it would have asked; absent in runs of older versions, in which it had the arm's name. */
  readonly path?: string;
  /** Why it was not to be had, and what to do. */
  readonly reason: string;
  /** Whether it was asked for by name, and not as one of the scenario's; absent in runs of older versions. */
  readonly asked?: boolean;
}

/** One row of the store's `run` table. Times are UTC. */
export interface Run {
  /** Sorts by time: the UTC start and four hex digits, e.g. `20250131-120000-1f3a`. */
  readonly runId: string;
  /** The user's name for the run, if any. */
  readonly label: string | null;
  /** What sort of run it is; `find-rate` stands for a search and all its probes, and has no timings of its own. */
  readonly kind: "bench" | "migrate" | "find-rate";
  /** The scenario's name. */
  readonly scenario: string;
  /** Zero of the run's clock: all µs count from here. */
  readonly startedAt: Date;
  /** Null while it runs. */
  readonly endedAt: Date | null;
  /** How far it got. */
  readonly status: RunStatus;
  /** Null: not judged, e.g. without an SLO, or because the run ended early. */
  readonly verdict: Verdict | null;
  /** Arrivals, parameter values and the order of blocks are drawn from it. */
  readonly seed: number;
  /** How the load was made. */
  readonly config: RunConfig;
  /** What the run depended on. */
  readonly environment: Environment;
  /** Commit of the working directory, with `+` where files differed from it; null outside a checkout. */
  readonly gitCommit: string | null;
  /** The search that it is a probe of; null, or absent: of none. */
  readonly searchId?: string | null;
}

/** A configuration under comparison, as a run records it. */
export interface ArmRecord {
  /** Its number within the run, from 0, in the order in which arms are told. */
  readonly armId: number;
  /** Its name, which phases and operations have as theirs. */
  readonly name: string;
  /** The path by which it asks. */
  readonly path: string;
  /** Candidates are compared with the baseline, of which a run has one. */
  readonly role: "baseline" | "candidate";
  /** What it has otherwise than the run, by the names of an arm file's fields; never with a password. */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** A contiguous interval of one arm, or of all; `block` counts within the run, times are µs from the run's start. */
export interface Phase {
  /** Its number within the run, from 0, in order of time. */
  readonly phaseId: number;
  /** What part of the run it belongs to, in the words of the schedule that made it, e.g. `warmup`. */
  readonly segment: string;
  /** Whether it enters the statistics. */
  readonly measured: boolean;
  /** From 0, warm-up included; the washout and the measured phase of one block share the number. */
  readonly block: number;
  /** The arm that is asked in it; null: all of them, and which one is drawn for each request. */
  readonly arm: string | null;
  /** Its first moment. */
  readonly startUs: number;
  /** Its end: where the next phase begins. */
  readonly endUs: number;
}

/** One measurement of a server, a cache, the host or the generator on the run's clock. */
export interface Sample {
  /** When it was taken, µs from the run's start. */
  readonly atUs: number;
  /** What was measured, by its name in the registry of sample sources: `postgres`, `redis`, `host`, `generator`. */
  readonly source: string;
  /** What of it, e.g. `gap_ms`. */
  readonly metric: string;
  /** Tells the series of one metric apart, e.g. by worker; empty where there is one only. */
  readonly labels: Readonly<Record<string, string>>;
  /** In the unit that its source declares for `metric`; shares are 0 to 1. */
  readonly value: number;
}

/** Of source `redis`: what the cache of an arm did not do; labels: arm, doing (read or write), reason in Redis's words. */
export const CACHE_REFUSALS = "cache_refusals";

/** Of source `redis`: loads that the cache of an arm began and no request waited for; label: arm. */
export const CACHE_BACKGROUND_LOADS = "cache_background_loads";

/** Of source `redis`: the longest load of an answer that the cache of an arm stored; label: arm. */
export const CACHE_SLOWEST_LOAD = "cache_slowest_load_ms";

/**
 * Of source `redis`: the hit rates of other caches that were run after a run; labels: arm, ttl in seconds, memory as a share of
 * what all entries take.
 */
export const CACHE_CHECKS = { computed: "cache_check_computed", measured: "cache_check_measured" } as const;

/** Of source `redis`: tags to which writes of an arm gave new versions, each of which outdates all entries of its tag; label: arm. */
export const CACHE_INVALIDATIONS = "cache_invalidations";

/** The plan of one operation, taken once outside the measured blocks. */
export interface Plan {
  /** The operation that it explains. */
  readonly operationId: number;
  /** When it was taken, µs from the run's start; 0: before it. */
  readonly atUs: number;
  /** The one element of PostgreSQL's EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON). */
  readonly plan: unknown;
}
