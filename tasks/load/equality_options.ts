import type { PathName } from "../model/operation.ts";
import type { QuestionFile } from "../targets/workload.ts";
import type { Workload } from "./arms.ts";
import type { Mix } from "./mix.ts";
import type { Arm } from "./plan.ts";
import type { LoadedScenario } from "./scenario.ts";

/** What is compared, and who is told. */
export interface EqualityOptions {
  readonly scenario: LoadedScenario;
  readonly workload: Workload;
  readonly arms: readonly Arm[];
  /** What arms ask otherwise than the workload, by their names and the index of its operations. */
  readonly ownQueries?: ReadonlyMap<string, ReadonlyMap<number, QuestionFile>>;
  /** Names of arms whose answers are not compared. */
  readonly unproven?: readonly string[];
  readonly databaseUrl: string;
  /** Whose names the connections bear at the server. */
  readonly runId?: string;
  readonly mix: Mix;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Brings what is kept beside the tables up to date with what was written; absent: nothing is. */
  readonly bringUpToDate?: () => Promise<void>;
  /** Told of each write before it is sent, by the slot that it has its key from and the URL of its database. */
  readonly onWrite?: (slot: number, database: string) => void;
  /** Told when a write has failed, with the arm's path. */
  readonly onFailed?: (slot: number, database: string, error: string, path: PathName) => void;
}

/** The URLs of the run's database, and of those of arms. */
export function databasesOf({ databaseUrl, arms }: Pick<EqualityOptions, "databaseUrl" | "arms">): string[] {
  return [...new Set([databaseUrl, ...arms.map((arm) => arm.databaseUrl ?? databaseUrl)])];
}
