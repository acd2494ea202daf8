import type { Mix } from "../load/mix.ts";
import type { LoadPlan } from "../load/plan.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import type { WritingArm } from "./evidence.ts";
import type { OwnUndo } from "./record.ts";

/** A database that a job writes into: the run's own, or that of arms. */
export interface WrittenDatabase {
  /** 0: the run's own; the others from 1 on. */
  readonly part: number;
  /** May hold a password. */
  readonly url: string;
  /** Whether the server is one of the home's own. */
  readonly embedded: boolean;
  /** All arms of the run, in the order in which a spool numbers their operations. */
  readonly arms: readonly WritingArm[];
  /** Rows that the scenario's own undo touches there for each write, at the most; absent: not known. */
  readonly perWrite?: number;
}

/** Where and by what is written. */
export interface WritingOptions {
  /** BENCHBOOK_HOME, where a record is kept until all is taken back. */
  readonly home: string;
  /** Each once. */
  readonly databases: readonly WrittenDatabase[];
  /**
   * Databases to which rows of the first of them are carried meanwhile, as a move to another server does: they are taken
   * back there as well, where the tables are there then.
   */
  readonly copies?: readonly Pick<WrittenDatabase, "url" | "embedded">[];
  /** Whose name the connections bear: the run's, or the search's. */
  readonly runId: string;
  readonly scenario: LoadedScenario;
  /** Null for a proof, whose slots are none of a load's. */
  readonly spool: { readonly runId: string; readonly dir: string } | null;
  readonly load: Pick<LoadPlan, "seed" | "streams" | "operations"> & { readonly loop: "open" | "closed" };
  readonly mix: Mix;
  /** Slots that the load may have, at the most. */
  readonly slots: number;
  readonly proofSlots: readonly { readonly slot: number; readonly operation: number }[];
  /** Those of them that may have written, by the URL of the database, once the work is done; all where nothing is said. */
  readonly proofWrote?: ReadonlyMap<string, ReadonlySet<number>>;
  /** The scenario's own SQL that takes its writes back; null where the data set's reserved keys do. */
  readonly own: OwnUndo | null;
  readonly cachePrefix: string | null;
  /** Rows by table of the data set; null where the tables are the user's own. */
  readonly counts: Readonly<Record<string, number>> | null;
  /** Aborted by who does not want to wait: ends also what looks at the database before anything is written. */
  readonly signal?: AbortSignal;
  /** Removes the run's keys from the cache. */
  readonly clearCache: () => Promise<void>;
  /**
   * Resolves when the services that the run itself has started are at work on none of its requests any more. Gives the
   * names of those that still are when the signal is aborted.
   */
  readonly settle?: (signal: AbortSignal) => Promise<readonly string[]>;
  /** Told before anything is taken back from a database: from then on nothing there tells what was written. */
  readonly beforeUndo?: () => void;
}

/** What all writes of a job have in common. */
export type Writing = Pick<
  WritingOptions,
  "home" | "databases" | "runId" | "own" | "counts" | "signal" | "cachePrefix" | "clearCache" | "settle"
>;
