import type { Environment } from "./run.ts";

/** What makes one machine's calibration worthless on another. */
export type Machine = Pick<
  Environment,
  "os" | "kernel" | "cpu" | "cores" | "memoryBytes" | "hostname" | "deno"
>;

/** The middle and the tail of many measurements, in microseconds. */
export interface DelayQuantiles {
  /** Their median. */
  readonly p50Us: number;
  /** Their p99. */
  readonly p99Us: number;
}

/** How one generator kept up at one rate with a target that answers at once: the best of several passes. */
export interface RateStep {
  /** Requests a second that fell due. */
  readonly ratePerSecond: number;
  /** Share of slots that were dispatched within the limit of validity, 0 to 1. */
  readonly onTime: number;
  /** p99 of the generator lag (woke − due), milliseconds. */
  readonly lagP99Ms: number;
}

/** What the load generator can do on a machine, with nothing behind it: taken by `doctor`, read by `bench`. */
export interface Calibration {
  /** Counts up when a reader of the older shape would misread it. */
  readonly schema: 1;
  /** When it was taken, ISO 8601 in UTC. */
  readonly measuredAt: string;
  /** Version of Benchbook. */
  readonly benchbook: string;
  /** Where it holds. */
  readonly machine: Machine;
  /** The run's clock. */
  readonly clock: {
    /** Smallest step that it was seen to make, microseconds. */
    readonly resolutionUs: number;
    /** Time that one reading takes, microseconds. */
    readonly readUs: number;
  };
  /** Whether the thread had real-time priority when it was to wake in time, as a generator's has where it may. */
  readonly realTime: boolean;
  /** By how much later than asked for a generator's thread wakes. */
  readonly timer: DelayQuantiles;
  /** One generator as fast as it goes, with a target that answers at once. */
  readonly dispatch: {
    /** Requests a second; the median round. */
    readonly requestsPerSecond: number;
    /** CPU time of the thread for each request, recording included, microseconds. */
    readonly cpuUs: number;
    /**
     * The part of it that goes into recording and writing the row, as the middle half of the rounds had it,
     * microseconds; below zero where noise was larger.
     */
    readonly recording: { readonly lowUs: number; readonly highUs: number };
  };
  /** Writing frames of timings to the spool; the disk is not waited for. */
  readonly spool: {
    /** Rows a second. */
    readonly rowsPerSecond: number;
    /** Bytes a second. */
    readonly bytesPerSecond: number;
  };
  /** An open loop at rising rates. */
  readonly steps: readonly RateStep[];
  /** Requests a second up to which a worker keeps its schedule on this machine; 0: at none of the rates. */
  readonly requestsPerSecond: number;
}
