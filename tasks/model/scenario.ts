import type { PathName } from "./operation.ts";
import type { Stage } from "./stages.ts";

export type { PathName, Stage };

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
  | { readonly kind: "reserved"; readonly keys: string }
  /**
   * A column of one of the scenario's sources. Parameters of one operation that name the same source get the
   * same row of it. `zipf` makes the first rows popular, by exponent `s`; the default is `uniform`.
   */
  | {
    readonly kind: "source";
    readonly source: string;
    readonly column: string;
    readonly pick?: "uniform" | "zipf" | "in order";
    readonly s?: number;
  }
  /**
   * In a session: a column of the first row that an earlier step answered. Recorded, but not drawn. A GraphQL
   * document answers the column under the same name, by an alias where the field is called otherwise.
   */
  | CapturedDraw;

/** A value that an earlier answer gave; `carried` is the earlier name of the kind, still read. */
type CapturedDraw = { readonly kind: "captured" | "carried"; readonly from: string; readonly column: string };

/** Whether a parameter is what an earlier answer of the session gave. */
export function isCaptured(draw: Draw): draw is CapturedDraw {
  return draw.kind === "captured" || draw.kind === "carried";
}

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
  /** False: asked past the cache, also on a cached path, because the answer must be of this moment. */
  readonly cache?: boolean;
}

/** Operations with an arrival process of their own. */
export interface Stream {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** The process by which requests, or sessions, arrive. */
  readonly arrivals: "poisson" | "constant";
  /** Requests, or sessions, a second; with `stages` the rate from which the first one begins. */
  readonly rate: number;
  /** How the rate goes over the measured time; without them it stays. */
  readonly stages?: readonly Stage[];
  /** The questions asked, by weight; in a session its steps, in their order. */
  readonly operations: readonly ScenarioOperation[];
  /** Partly open: what arrives are sessions that walk through all operations, waiting between them. */
  readonly session?: Session;
}

/** How a session goes from step to step. */
export interface Session {
  /** The time between an answer and the next request. */
  readonly think: { readonly kind: "exponential" | "constant"; readonly seconds: number };
}

/** Rows that parameters are drawn from; paths are relative to the scenario file. */
export type ParameterSource =
  | { readonly csv: string }
  | { readonly parquet: string }
  /** A file with one SELECT, asked once before the run. */
  | { readonly sql: string };

/** Settings by name, as `--set` and the defaults have them. */
export type Settings = Readonly<Record<string, number>>;

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
  /**
   * A count of the data set, e.g. `users`, that the value must not exceed: rows that are not there cannot be asked
   * for.
   */
  readonly seeded?: string;
}

/** Integer keys that no row of the user's has: each request gets another one. */
export interface OwnKeys {
  /**
   * The least of them. A run uses up to 1.1 thousand million from here on, so that also `integer` columns hold them.
   */
  readonly from: number;
}

/** Tables of the user's own, where a scenario needs none of Benchbook's data sets. Paths are relative to its file. */
export interface OwnTables {
  /** The schemas that GraphQL serves. */
  readonly schemas: readonly string[];
  /** SQL that makes and fills them in an embedded database of the scenario's own; not run on DATABASE_URL. */
  readonly setup?: string;
  /** SQL that takes a run's writes back; needed where an operation writes. */
  readonly undo?: string;
  /** Where keys lie that only a run writes under, by the name that draws of the kind `reserved` call them. */
  readonly keys?: Readonly<Record<string, OwnKeys>>;
}

/** What load to make, against which data, and what is expected of it. Times are seconds. */
export interface Scenario {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** One line for `--help` and the report. */
  readonly title: string;
  /** The data set that is seeded, e.g. `northwind`; or tables of the user's own. */
  readonly dataset: string | OwnTables;
  /** A folder of queries/workloads/, or a path relative to the scenario file that begins with `./`. */
  readonly workload: string;
  /** One stream: the process by which requests arrive in an open loop. */
  readonly arrivals?: "poisson" | "constant";
  /** One stream: requests a second over all arms; with `stages` the rate from which the first one begins. */
  readonly rate?: number;
  /** One stream: how the rate goes over the measured time. */
  readonly stages?: readonly Stage[];
  /** One stream: the questions asked. */
  readonly operations?: readonly ScenarioOperation[];
  /** Several streams at once, instead of the four above; a function where they depend on settings. */
  readonly streams?: readonly Stream[] | ((settings: Settings) => readonly Stream[]);
  /** Rows that parameters are drawn from, by name. */
  readonly sources?: Readonly<Record<string, ParameterSource>>;
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
  /** Requests under way at most; more are shed. By default as many as the rate and the targets need. */
  readonly inFlight?: number;
  /**
   * Further attempts of a request that failed or timed out; each is recorded, and the request is what the last one came
   * to, at the time from when it was due until then. None unless given.
   */
  readonly retry?: { readonly attempts: number; readonly backoff: number };
  /** The access paths that are compared; `sql` is the baseline where it is among them. */
  readonly paths: readonly PathName[];
  /** The targets without `--slo`, e.g. `p95<200ms,errors<1%`. */
  readonly slo?: string;
  /** What `--set` can change, by name. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** The setting that says for which hit rate keys are chosen, in percent, 0: none; told beside what came of it. */
  readonly hitTarget?: string;
  /** Settings that belong together, by name: `--set preset=NAME`. */
  readonly presets?: Readonly<Record<string, Settings>>;
}
