import type { LoadedScenario } from "../load/scenario.ts";
import type { PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { needsClone } from "./arm_databases.ts";

/** Options of `bench` of which not any may go with any. */
export interface Combined {
  readonly findRate?: boolean;
  /** Of --find-rate, as a share. */
  readonly resolution?: number;
  /** How many runs are made. */
  readonly repeat?: number;
  /** The stored run that they are compared with afterwards. */
  readonly against?: string;
  /** The change that the run is to show, as a share. */
  readonly planFor?: number;
  /** The margin, as a share, within which arms count as the same: the run ends when each is told to be so, or not. */
  readonly untilDecided?: number;
  /** Whether what looks slower is measured again, and fails where it is slower then too. */
  readonly confirm?: boolean;
  /** A file for a comment on what came of it. */
  readonly markdown?: string;
  /** Whether a database of the user's may be cloned. */
  readonly clone?: boolean;
}

/** @throws {UsageError} for options that cannot be meant together, or one without what it belongs to */
export function refuseCombination(
  scenario: Pick<LoadedScenario, "name" | "streams">,
  given: Combined,
  arms: readonly PlannedArm[],
): void {
  const { resolution, findRate, clone, repeat, against, confirm, planFor, untilDecided, markdown } = given;
  const alone = Object.entries({
    "--repeat": repeat !== undefined,
    "--against": against !== undefined,
    "--confirm": confirm === true,
    "--plan-for": planFor !== undefined,
    "--until-decided": untilDecided !== undefined,
  }).find(([, asked]) => asked)?.[0];
  if (alone !== undefined && findRate) {
    throw new UsageError(
      `Cannot use ${alone} with --find-rate: a search is no run that others can be compared with`,
      "Leave one of them out.",
    );
  }
  if (markdown !== undefined && findRate) {
    throw new UsageError(
      "Cannot use --markdown with --find-rate: a comment is about a run, and a search makes many",
      "Leave one of them out.",
    );
  }
  if (untilDecided !== undefined) refuseUndecidable(scenario, given, arms);
  if (planFor !== undefined && arms.length < 2) {
    throw new UsageError(
      "Cannot plan for a change, as two arms must be compared: there is one",
      ANOTHER_ARM,
    );
  }
  if (confirm === true && against === undefined && !arms.some(({ file }) => file !== null)) {
    throw new UsageError(
      "Cannot confirm what is slower: no arm and no run is compared",
      "Give the version before as an arm, like --arm base=base.json, or a stored run by --against.",
    );
  }
  if (markdown !== undefined && repeat !== undefined && against === undefined) {
    throw new UsageError(
      "Cannot use --markdown with --repeat: a comment is about one run, or about a comparison",
      "Leave one of them out, or give --against.",
    );
  }
  if (resolution !== undefined && !findRate) {
    throw new UsageError(
      "Cannot use --resolution without --find-rate: nothing is searched for",
      "Give both.",
    );
  }
  if (clone && !arms.some(needsClone)) {
    throw new UsageError(
      "Cannot use --clone: no arm is a change of the database, and no path is over a tier",
      "Give one like --arm indexed=add_index.sql, or --paths sql,matview.",
    );
  }
}

const ANOTHER_ARM = "Give another, like --arm base=base.json, or --arm twin= to see the noise.";

/** A run that ends when it knows. @throws {UsageError} where there is nothing to know, or something else says when it ends */
function refuseUndecidable(
  { name, streams }: Pick<LoadedScenario, "name" | "streams">,
  { repeat, planFor }: Combined,
  arms: readonly PlannedArm[],
): void {
  if (arms.length < 2) {
    throw new UsageError(
      "Cannot measure until it is decided, as two arms must be compared: there is one",
      ANOTHER_ARM,
    );
  }
  if (planFor !== undefined) {
    throw new UsageError(
      "Cannot use --until-decided with --plan-for: the one measures until it knows, the other for a planned time",
      "Leave one of them out.",
    );
  }
  if (repeat !== undefined) {
    throw new UsageError(
      "Cannot use --until-decided with --repeat: runs of a series last equally long, so that they can be compared",
      "Leave one of them out.",
    );
  }
  if (streams.some(({ stages }) => stages !== null)) {
    throw new UsageError(
      `Cannot measure ${name} until it is decided: its rate goes up and down by plan, and a run that ends early has a part of it`,
      "Leave out --until-decided, or name a scenario with a constant rate.",
    );
  }
}
