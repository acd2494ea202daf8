import type { EqualityOptions } from "../load/equality_options.ts";
import type { Mix } from "../load/mix.ts";
import type { Arm, LoadPlan } from "../load/plan.ts";
import type { SeededDataset } from "../model/dataset.ts";
import type { Operation } from "../model/operation.ts";
import type { Environment, Plan, UnavailableArm } from "../model/run.ts";
import type { Instance, Stack } from "../stack/services.ts";
import type { PlacedTier } from "../tiers/placed_tier.ts";
import type { Writing } from "../undo/writing.ts";
import type { HeldDatabase } from "./hold_database.ts";
import type { Job } from "./job.ts";
import type { MoveServers } from "./move_servers.ts";

/** The arms that are to be had, and what they are asked. */
export interface Arms {
  readonly arms: readonly Arm[];
  readonly operations: readonly Operation[];
  /** What arms ask otherwise than the scenario, by their names and the index of its operations. */
  readonly ownQueries: EqualityOptions["ownQueries"];
  readonly unavailableArms: readonly UnavailableArm[];
}

/** A system that runs, is filled and proven, and what is known of it: any number of runs can measure it. */
export interface SystemUnderTest extends Job, Arms {
  readonly stack: Stack;
  /** What arms have of their own, each once. */
  readonly armServices: readonly Instance[];
  readonly databaseUrl: string;
  /** The other server of a move; null: the run moves nothing. */
  readonly move: MoveServers | null;
  /** Clones of it, by the names of their arms; may hold passwords. */
  readonly clones: ReadonlyMap<string, string>;
  /** What is kept beside the tables in some of these. */
  readonly tiers: readonly PlacedTier[];
  readonly dataset: SeededDataset;
  readonly environment: Environment;
  readonly plans: readonly Plan[];
  readonly sources: LoadPlan["sources"];
  readonly mix: Mix;
  /** Where it writes, and how that is taken back. */
  readonly writing: Writing;
  /** The hold on the database, which is the job's alone. */
  readonly held: Pick<HeldDatabase, "lost" | "allowUntil">;
  readonly gitCommit: string | null;
}
