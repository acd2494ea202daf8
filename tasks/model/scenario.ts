import type { PathName } from "./operation.ts";
import type { Stage } from "./stages.ts";

export type { PathName, Stage };

/** How a parameter's value is drawn for a slot: declared, so that it is a pure function of (seed, slot). */
export type Draw =
  /** A key by popularity: few are drawn often. `s` is Zipf's exponent; 0: all alike. */
  | { readonly kind: "zipf"; readonly keys: string; readonly s: number }
  /** A key, each as likely as any other. */
  | { readonly kind: "uniform"; readonly keys: string }
  /** A key, the newest most often: the age is exponential with this mean, as a share of the key space. */
  | { readonly kind: "recent"; readonly keys: string; readonly mean: number }
  /** A whole number from `min` to `max`. */
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  /** One of these values, by `weights`, relative to each other; without them each as likely as any other. */
  | {
    readonly kind: "choice";
    readonly values: readonly (string | number)[];
    readonly weights?: readonly number[];
  }
  /** An array of `count` keys, without repeats. */
  | { readonly kind: "sample"; readonly keys: string; readonly count: number }
  /** An array of `count` whole numbers from `min` to `max`. */
  | { readonly kind: "integers"; readonly min: number; readonly max: number; readonly count: number }
  /** The date so many `days` after the one that another parameter, `of`, declared before, has drawn. */
  | { readonly kind: "after"; readonly of: string; readonly days: number }
  /** For a write: a key that no row has and no other request gets; what is written under it is undone after the run. */
  | { readonly kind: "reserved"; readonly keys: string }
  /**
   * A column of one of the scenario's sources. Parameters of one operation that name the same source get the
   * same row of it. `pick` is `uniform`, the default, `in order`, or `zipf`, which draws the first rows most often, by
   * exponent `s`, by default 1.
   */
  | {
    readonly kind: "source";
    readonly source: string;
    readonly column: string;
    readonly pick?: "uniform" | "zipf" | "in order";
    readonly s?: number;
  }
  /**
   * In a session: a column of the first row that an earlier step, `from`, answered. A GraphQL document answers the
   * column under the same name, by an alias where the field is called otherwise; its first row is that of its `# result:`.
   */
  | CapturedDraw;

/** A value that an earlier answer gave; `carried` is the earlier name of the kind, still read. */
export type CapturedDraw = {
  readonly kind: "captured" | "carried";
  readonly from: string;
  readonly column: string;
};

/** Whether a parameter is what an earlier answer of the session gave. */
export function isCaptured(draw: Draw): draw is CapturedDraw {
  return draw.kind === "captured" || draw.kind === "carried";
}

/** One question of a scenario, how often it is asked, and with which values. */
export interface ScenarioOperation {
  /** The stem of its `.sql` and `.graphql` files in the workload's folder. */
  readonly name: string;
  /**
   * Share of its stream's requests, relative to the others' weights. A session asks each operation once: there it counts
   * only where all operations are compared together.
   */
  readonly weight: number;
  /** How each parameter of its `.sql` file is drawn, by name. */
  readonly params: Readonly<Record<string, Draw>>;
  /** True: a write, which is never cached, is judged by what it left in the database, and is undone after the run. */
  readonly write?: boolean;
  /** False: asked past the cache, also on a cached path, because the answer must be of this moment. By default true. */
  readonly cache?: boolean;
  /**
   * A read that writes outdate: parameters for whose values they do, each a parameter of the writes too. By default none:
   * such a write outdates all its answers.
   */
  readonly tag?: readonly string[];
  /** A write: the reads whose cached answers it outdates, with `--set invalidate=tags`. */
  readonly outdates?: readonly string[];
}

/** Operations with an arrival process of their own. */
export interface Stream {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** The process by which requests, or sessions, arrive. */
  readonly arrivals: "poisson" | "constant";
  /** Requests, or sessions, a second, over all arms; with `stages` the rate from which the first one begins. */
  readonly rate: number;
  /**
   * How the rate goes over the measured time: a list of `{ duration, rate, shape }`, with `shape` `ramp` (the default) or
   * `step`. Without them it stays.
   */
  readonly stages?: readonly Stage[];
  /** The questions asked, by weight; in a session its steps, in their order. */
  readonly operations: readonly ScenarioOperation[];
  /**
   * Partly open: what arrives are sessions that walk through all operations, waiting between them. One that gets no row
   * for an answer ends there, and its other steps are recorded as `unsent`.
   */
  readonly session?: Session;
}

/** How a session goes from step to step. */
export interface Session {
  /** The time between an answer and the next request: `{ kind, seconds }`, `exponential` with that mean or `constant`. */
  readonly think: { readonly kind: "exponential" | "constant"; readonly seconds: number };
}

/** Rows that parameters are drawn from; paths are relative to the scenario file. */
export type ParameterSource =
  | { readonly csv: string }
  | { readonly parquet: string }
  /** A file with one SELECT, asked once before the run. */
  | { readonly sql: string };

/** Settings that are numbers, by name, as `--set` and the defaults have them. */
export type Settings = Readonly<Record<string, number>>;

/** All settings by name: numbers, and words of those that are a choice. */
export type SettingValues = Readonly<Record<string, number | string>>;

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

/** A parameter of a scenario that is one of several words. */
export interface Choice {
  /** The word without `--set`. */
  readonly default: string;
  /** The words allowed. */
  readonly choices: readonly string[];
  /** One line for people. */
  readonly describe: string;
}

/** Integer keys that no row of the user's has: each request gets another one. */
export interface OwnKeys {
  /**
   * The least of them. A run uses them up to `from` + 1,099,999,999, so that also `integer` columns hold them.
   */
  readonly from: number;
}

/** Tables of the user's own, where a scenario needs none of Benchbook's data sets. Paths are relative to its file. */
export interface OwnTables {
  /** The schemas that GraphQL serves; they must hold tables. */
  readonly schemas: readonly string[];
  /** A file of SQL that makes and fills them in an embedded database; not run on DATABASE_URL. */
  readonly setup?: string;
  /** A file of SQL that takes a run's writes back; needed where an operation writes. */
  readonly undo?: string;
  /** Where keys lie that only a run writes under: `{ from }` by the name that parameters of the kind `reserved` use. */
  readonly keys?: Readonly<Record<string, OwnKeys>>;
  /**
   * `undo` takes back also what triggers and rules on the tables do that are written into, and functions that writes
   * call. Without it they are refused.
   */
  readonly triggers?: "undone";
}

/** What load to make, against which data, and what is expected of it. Times are seconds. */
export interface Scenario {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** One line for `--help` and the report. */
  readonly title: string;
  /** The data set that is seeded, e.g. `northwind`; or tables of the user's own. */
  readonly dataset: string | OwnTables;
  /** A folder of `queries/workloads/`, or a path relative to the scenario file that begins with `./`. */
  readonly workload: string;
  /** Where there are no `streams`, needed: the process by which requests arrive in an open loop. */
  readonly arrivals?: "poisson" | "constant";
  /** Where there are no `streams`, needed: requests a second over all arms; with `stages` the rate from which the first one begins. */
  readonly rate?: number;
  /** Where there are no `streams`: how the rate goes over the measured time, as in a stream. */
  readonly stages?: readonly Stage[];
  /** Where there are no `streams`, needed: the questions asked. */
  readonly operations?: readonly ScenarioOperation[];
  /**
   * Several streams at once, instead of `arrivals`, `rate`, `stages` and `operations`; a function of the settings where
   * they depend on these.
   */
  readonly streams?: readonly Stream[] | ((settings: Settings) => readonly Stream[]);
  /** Rows that parameters are drawn from, by name: `{ csv }`, `{ parquet }` or `{ sql }`, a file with one SELECT. */
  readonly sources?: Readonly<Record<string, ParameterSource>>;
  /** Measured time over all arms, s. */
  readonly duration: number;
  /** Time before that, s: recorded, and left out of the statistics. */
  readonly warmup: number;
  /** How long the load stays with one arm before the next has its turn, s: the length of a block. */
  readonly block: number;
  /** The first part of each block, s: left out of the statistics while the arm before it drains. */
  readonly washout: number;
  /** After so long, s, a request is given up and recorded as `timeout`. */
  readonly timeout: number;
  /**
   * Requests in flight at most; more are shed. By default 1,024, or twice what the rate needs at the slowest target, if
   * that is more.
   */
  readonly inFlight?: number;
  /**
   * Further attempts of a request that failed or timed out: `{ attempts, backoff }`, with a pause of `backoff` s before
   * the first of them that doubles from one to the next. Each is recorded, and the request is what the last one came to,
   * with the time from when it was due until then. By default none.
   */
  readonly retry?: { readonly attempts: number; readonly backoff: number };
  /** The access paths that are compared, as in `--paths`; `sql` is the baseline where it is among them. */
  readonly paths: readonly PathName[];
  /** The targets without `--slo`, e.g. `p95<200ms,errors<1%`. By default none. */
  readonly slo?: string;
  /** What `--set` can change, by name: numbers, or one of several words; `{}` where nothing is. */
  readonly settings: Readonly<Record<string, Setting | Choice>>;
  /** The setting that has the hit rate for which keys are chosen, in percent; 0: none. The report says both. */
  readonly hitTarget?: string;
  /** Settings that belong together, by name: `--set preset=NAME`. */
  readonly presets?: Readonly<Record<string, SettingValues>>;
}
