import type { PathName } from "./operation.ts";

export type { PathName };

/** How a parameter's value is drawn for a slot: declared, so that it is a pure function of (seed, slot). */
export type Draw =
  /** Rank-skewed popularity over a key space; `s` is Zipf's exponent. */
  | { readonly kind: "zipf"; readonly keys: string; readonly s: number }
  | { readonly kind: "uniform"; readonly keys: string }
  /** Biased to the newest keys: exponential with this mean, as a share of the key space. */
  | { readonly kind: "recent"; readonly keys: string; readonly mean: number }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | {
    readonly kind: "choice";
    readonly values: readonly (string | number)[];
    readonly weights?: readonly number[];
  }
  /** `count` keys of a key space as an array, without repeats. */
  | { readonly kind: "sample"; readonly keys: string; readonly count: number }
  /** `count` integers as an array. */
  | { readonly kind: "integers"; readonly min: number; readonly max: number; readonly count: number }
  /** So many days after the date that another parameter, declared before, has drawn. */
  | { readonly kind: "after"; readonly of: string; readonly days: number }
  /** A key that no seeded row has and no other slot gets; undone after the run. */
  | { readonly kind: "reserved"; readonly keys: string };

/** One question of a scenario, how often it is asked, and with which values. */
export interface ScenarioOperation {
  /** The stem of its `.sql` and `.graphql` files in queries/workloads/<workload>/. */
  readonly name: string;
  /** Share of the mix, relative to the others' weights. */
  readonly weight: number;
  /** How each parameter of its `.sql` file is drawn, by name. */
  readonly params: Readonly<Record<string, Draw>>;
  /** A write: never cached, its effect is read back for equality, and it is undone after the run. */
  readonly write?: boolean;
}

/** A parameter of a scenario that `--set key=value` changes. */
export interface Setting {
  /** The value without `--set`. */
  readonly default: number;
  /** The least value allowed. */
  readonly min: number;
  /** The largest value allowed. */
  readonly max: number;
  /** The unit of all three, as people write it; empty for a plain number. */
  readonly unit: string;
  /** One line for people. */
  readonly describe: string;
}

/** What load to make, against which data, and what is expected of it. Times are seconds. */
export interface Scenario {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** One line for `--help` and the report. */
  readonly title: string;
  /** The data set that is seeded, e.g. `northwind`. */
  readonly dataset: string;
  /** A folder of queries/workloads/, or a path relative to the scenario file that begins with `./`. */
  readonly workload: string;
  /** The process by which requests arrive in an open loop. */
  readonly arrivals: "poisson" | "constant";
  /** Open loop: requests a second over all arms. */
  readonly rate: number;
  /** Measured time over all arms. */
  readonly duration: number;
  /** Time before that: recorded, and left out of the statistics. */
  readonly warmup: number;
  /** Length of a block of one arm. */
  readonly block: number;
  /** The first part of each block, left out of statistics while the arm before it drains. */
  readonly washout: number;
  /** After so long a request is given up and recorded as `timeout`. */
  readonly timeout: number;
  /** The access paths that are compared; `sql` is the baseline where it is among them. */
  readonly paths: readonly PathName[];
  /** The questions asked. */
  readonly operations: readonly ScenarioOperation[];
  /** The targets without `--slo`, e.g. `p95<200ms,errors<1%`. */
  readonly slo?: string;
  /** What `--set` can change, by name. */
  readonly settings: Readonly<Record<string, Setting>>;
}
