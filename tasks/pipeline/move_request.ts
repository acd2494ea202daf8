import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import type { MigrateArguments } from "./migrate_options.ts";
import { MOVE_SERVER } from "./move_definition.ts";

/** What a command asks of a move to another server. */
export interface MovePlan {
  /** Whether it is made back again. */
  readonly andBack: boolean;
  /** The user's command at the switch; null: there is none. May hold a secret. */
  readonly onSwitch: string | null;
}

type Given = Pick<MigrateArguments, "andBack" | "onSwitch" | "variant" | "sweep">;

/** @throws {UsageError} where the options of a move are given for another migration, or for `all` */
export function refuseMoveOptions(named: string, { andBack, onSwitch }: Given): void {
  if (named === MOVE_SERVER) return;
  const option = andBack ? "--and-back" : onSwitch !== undefined ? "--on-switch" : null;
  if (option === null) return;
  throw new UsageError(
    `Cannot use ${option} with ${named}: it is an option of ${MOVE_SERVER}`,
    `Leave it out, or run deno task migrate ${MOVE_SERVER}.`,
  );
}

/**
 * What a command asks of a move, with every mistake in it told.
 * @throws {UsageError} where options contradict each other, or the two servers are not named as they have to be
 */
export function movePlan(given: Given, config: Pick<Config, "databaseUrl">): MovePlan {
  const { andBack, onSwitch = null, variant, sweep } = given;
  if (andBack && variant === "naive") {
    throw new UsageError(
      "Cannot move back after the naive move: the old server has nothing of what is written at the new one",
      "Leave out --and-back, or --variant naive.",
    );
  }
  if (sweep !== undefined) {
    throw new UsageError(
      `Cannot try several values with ${MOVE_SERVER}: it has no lock_timeout`,
      "Leave out --sweep.",
    );
  }
  if (onSwitch !== null && onSwitch.trim() === "") {
    throw new UsageError("Cannot use --on-switch: it is empty", "Give a command, or leave it out.");
  }
  if (config.databaseUrl !== undefined) {
    throw new UsageError(
      "Cannot move the database of DATABASE_URL to a new server: Benchbook moves between embedded servers",
      "Unset DATABASE_URL: then a clone of the seeded database moves.",
    );
  }
  return { andBack, onSwitch };
}
