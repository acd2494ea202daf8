import type { Config } from "../config.ts";
import type { PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { pathOf } from "../paths/registry.ts";
import { placeOfUrl } from "../postgres/place.ts";
import type { MigrateArguments } from "./migrate_options.ts";
import { MOVE_SERVER } from "./move_definition.ts";

/** What a command asks of a move to another server. */
export interface MovePlan {
  /** Whether it is made back again. */
  readonly andBack: boolean;
  /** The user's command at the switch; null: there is none. May hold a secret. */
  readonly onSwitch: string | null;
}

type Given = Pick<
  MigrateArguments,
  "andBack" | "onSwitch" | "inPlace" | "variant" | "clone" | "sweep" | "from"
>;
type Urls = Pick<Config, "databaseUrl" | "targetDatabaseUrl" | "graphqlUrl">;

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
export function movePlan(given: Given, config: Urls): MovePlan {
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
  refuseOtherServers(given, config);
  return { andBack, onSwitch };
}

/** Servers of the user's are changed only where both are known, and both are named. */
function refuseOtherServers({ inPlace, clone }: Given, { databaseUrl, targetDatabaseUrl }: Urls): void {
  const cannot = "Cannot move to a new server";
  const names = inPlace === undefined ? null : inPlace.split(",");
  if (databaseUrl === undefined && targetDatabaseUrl === undefined) {
    if (names === null) return;
    throw new UsageError(
      `${cannot} in place: DATABASE_URL and TARGET_DATABASE_URL are not set, so Benchbook knows no servers of yours`,
      "Set them, or leave out --in-place: then a clone moves between two embedded servers.",
    );
  }
  const [unset, set] = databaseUrl === undefined
    ? ["DATABASE_URL", "TARGET_DATABASE_URL"]
    : ["TARGET_DATABASE_URL", "DATABASE_URL"];
  if (databaseUrl === undefined || targetDatabaseUrl === undefined) {
    throw new UsageError(
      `${cannot}: ${set} is set, and ${unset} is not`,
      "Set both, for two servers of yours, or neither, for two embedded ones.",
    );
  }
  if (clone) {
    throw new UsageError(
      `${cannot} on a clone: of servers of yours the database itself moves`,
      "Leave out --clone.",
    );
  }
  const [source, target] = [placeOfUrl(databaseUrl), placeOfUrl(targetDatabaseUrl)];
  if (source.host === target.host && source.port === target.port && source.database === target.database) {
    throw new UsageError(
      `${cannot}: DATABASE_URL and TARGET_DATABASE_URL name the same database, "${source.database}" at ${source.at}`,
      "Set TARGET_DATABASE_URL to the new server.",
    );
  }
  const asked = `--in-place ${source.database},${target.database}`;
  if (names === null) {
    throw new UsageError(
      `${cannot} of yours: --in-place is not given`,
      `With ${asked} the scenario's tables are copied from the database "${source.database}" at ${source.at} into ` +
        `"${target.database}" at ${target.at}, where they stay, and the load goes over to it. Nothing was changed.`,
    );
  }
  if (names.length === 2 && names[0] === source.database && names[1] === target.database) return;
  throw new UsageError(
    `${cannot} by --in-place ${inPlace}: DATABASE_URL names the database "${source.database}", and ` +
      `TARGET_DATABASE_URL "${target.database}"`,
    `Nothing was changed. Name both, as ${asked}, or set the variables to the others.`,
  );
}

/** Clients of a service that is not Benchbook's own are led over by the user's command alone. */
export function refuseUngated(
  arms: readonly PlannedArm[],
  { onSwitch }: MovePlan,
  { graphqlUrl }: Urls,
): void {
  const asking = arms.filter(({ path }) => pathOf(path).needs.includes("graphql"));
  if (graphqlUrl === undefined || onSwitch !== null || asking.length === 0) return;
  throw new UsageError(
    `Cannot move under the load of ${
      asking.map(({ name }) => name).join(", ")
    }: the service at GRAPHQL_URL would go on asking the old server`,
    "Give a command that leads it over by --on-switch, unset GRAPHQL_URL, or leave these out of --paths.",
  );
}
