import type { Config } from "../config.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { armCalled, type PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { askedScaling, SERVING_SETTINGS } from "../model/scaling.ts";
import { counted } from "../model/units.ts";
import { neededOf } from "./needed_services.ts";

/**
 * Holds instances that are asked for against what the run serves: a service of the user's stands as it is.
 * @throws {UsageError} where Benchbook starts no GraphQL for them
 */
export function checkScaling(
  arms: readonly PlannedArm[],
  { settings }: Pick<LoadedScenario, "settings">,
  { graphqlUrl }: Partial<Pick<Config, "graphqlUrl">> = {},
): void {
  const given = Object.entries(settings).filter(([name]) => Object.hasOwn(SERVING_SETTINGS, name)).map((
    [name, value],
  ) => `${name}=${value}`).join(" ");
  if (given !== "" && graphqlUrl !== undefined) throw new UsageError(`Cannot set ${given}: ${THEIRS}`, UNSET);
  if (given !== "" && !arms.some(isServed)) {
    throw new UsageError(
      `Cannot set ${given}: no arm of the run asks a GraphQL service of Benchbook's`,
      "Leave it out, or ask by graphql: --paths sql,graphql.",
    );
  }
  for (const arm of arms) {
    const { name, file, overrides } = arm;
    const field = SAYS.find((each) => overrides[each] !== undefined);
    if (field === undefined) continue;
    const fault = (what: string, next: string) =>
      new UsageError(`Cannot use the ${armCalled(name, file!)}: ${what}`, next);
    if (isServed(arm) && graphqlUrl !== undefined) throw fault(`${field}: ${THEIRS}`, UNSET);
    if (overrides.graphqlUrl === undefined || overrides.balancer === undefined) continue;
    throw fault(
      "balancer: its graphqlUrl names a service of yours, before which Benchbook puts nothing",
      "Leave it out: what deals requests over several instances there is yours.",
    );
  }
}

/** Fields of an arm that say how it is served. */
const SAYS = ["balancer", "instances"] as const;
const THEIRS = "GRAPHQL_URL names a service of yours, and Benchbook starts no instance of it";
const UNSET =
  "Unset GRAPHQL_URL, or let an arm's graphqlUrl name what stands before several instances of yours.";

/** Whether the run itself serves it GraphQL. */
function isServed(arm: PlannedArm): boolean {
  return neededOf(arm).includes("graphql");
}

/** Where connections are dealt, each instance needs one. @throws {UsageError} where one would never be asked */
export function refuseIdleInstances(arms: readonly PlannedArm[], connections: number): void {
  for (const arm of arms) {
    const { name, settings, overrides } = arm;
    const { instances, balancer } = askedScaling(settings, overrides);
    if (!isServed(arm) || balancer !== "client" || instances <= connections) continue;
    throw new UsageError(
      `Cannot deal ${
        counted(connections, "connection")
      } of the arm ${name} over ${instances} instances: each needs one`,
      `Give --concurrency ${instances} or more, or fewer instances.`,
    );
  }
}
