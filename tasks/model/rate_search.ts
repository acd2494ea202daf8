import type { Environment, RunConfig } from "./run.ts";

/** What one probe told: the targets held at its rate, did not, or its figures are not the system's. */
export type RateProbeOutcome = "holds" | "fails" | "invalid";

/** One probe of a search for the highest rate: a stored run in short. */
export interface RateProbe {
  /** The run's id in the store. */
  readonly run: string;
  /** Requests a second that were offered. */
  readonly rate: number;
  /** Requests a second that were answered well. */
  readonly achieved: number;
  /** Response times in milliseconds; null where too few requests tell, or they lie among the never answered. */
  readonly p50Ms: number | null;
  /** As `p50Ms`, of the 95th percentile. */
  readonly p95Ms: number | null;
  /** As `p50Ms`, of the 99th percentile. */
  readonly p99Ms: number | null;
  /** Share of requests that failed, timed out, were shed or never sent, 0 to 1; null of none. */
  readonly errors: number | null;
  /** Requests that were measured. */
  readonly requests: number;
  /** Measured time. */
  readonly seconds: number;
  /** Arrivals and values were drawn from it. */
  readonly seed: number;
  /** A longer probe of a rate that an end of the interval is to be. */
  readonly confirmation: boolean;
  /** Whether the targets held. */
  readonly outcome: RateProbeOutcome;
  /** Why it does not hold, as a sentence; null where it holds. */
  readonly reason: string | null;
}

/** What a search found for one arm. */
export interface ArmRate {
  /** The arm's name, which is its path's where `--arm` does not describe it. */
  readonly arm: string;
  /** The targets that are judged for it, as written. */
  readonly slo: string;
  /**
   * The highest rate that holds and the lowest that fails, requests a second. The first is null where not even the
   * lowest rate holds, the second where nothing failed before the generator came to its limit or probes of what
   * failed contradict each other, and both where no probe was valid.
   */
  readonly interval: readonly [low: number | null, high: number | null];
  /** Whether each end came out the same in its confirmations. */
  readonly confirmed: boolean;
  /** What kept the rate from going higher. */
  readonly limitedBy: "system" | "generator";
  /** Why it was not searched to the end, as a sentence; null, or absent in searches of older versions: it was. */
  readonly stopped?: string | null;
  /** In the order in which they were made. */
  readonly probes: readonly RateProbe[];
}

/** A whole search, as `--json` prints it; `schema` is this shape's version. */
export interface RateSearch {
  /** Rises when the shape changes; 1 called arms paths. */
  readonly schema: 2;
  /** What was asked for, and of which system. */
  readonly search: {
    /** Part of the label of each of its runs, and the name of its report's directory. */
    readonly id: string;
    readonly label: string | null;
    readonly scenario: string;
    /** The path by which the user named its file; null, or absent in searches of older versions: by its name. */
    readonly scenarioFile?: string | null;
    /** The scenario's title, one line. */
    readonly title: string;
    readonly slo: string;
    /** Requests a second of the first probe. */
    readonly startRate: number;
    /** Measured time of a probe; of a confirmation, times `confirmationTimes`. */
    readonly durationSeconds: number;
    readonly warmupSeconds: number;
    readonly confirmationTimes: number;
    /** Widest gap between an interval's ends where probes agree, as a share of the lower one. */
    readonly resolution: number;
    readonly seed: number;
    readonly scale: string;
    readonly connections: number;
    readonly workers: number;
    /** The scenario's settings by name, as used. */
    readonly settings: Readonly<Record<string, number | string>>;
    /** The arms that `--arm` describes, as of a run; absent where there are none. */
    readonly armFiles?: RunConfig["armFiles"];
    /** Arms whose results were not compared; absent where there are none. */
    readonly unproven?: RunConfig["unproven"];
    readonly environment: Environment;
    readonly startedAt: Date;
    readonly gitCommit: string | null;
  };
  /** What was found, arm by arm. */
  readonly arms: readonly ArmRate[];
  /** Arms that could not be probed, and why. */
  readonly unavailable: readonly {
    readonly arm: string;
    readonly reason: string;
    /** Whether it was asked for by name; absent in searches of older versions. */
    readonly asked?: boolean;
  }[];
  /** Absolute paths; null where the file was not made. */
  readonly files: { readonly html: string | null; readonly pdf: string | null; readonly store: string };
}

/** The probes that an arm was given, from the lowest rate to the highest, confirmations last. */
export function byRate(probes: readonly RateProbe[]): RateProbe[] {
  return [...probes].sort((a, b) => a.rate - b.rate || Number(a.confirmation) - Number(b.confirmation));
}

/** Whether something that was asked for by name was not searched: what was found of the rest is not the whole answer. */
export function isIncomplete({ unavailable }: Pick<RateSearch, "unavailable">): boolean {
  return unavailable.some(({ asked }) => asked);
}
