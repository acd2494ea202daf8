import { UsageError } from "./errors.ts";
import type { Choice, Setting, SettingValues } from "./scenario.ts";

/** What deals requests over the instances of a GraphQL service of ours, the first of them by default. */
export const BALANCERS = ["client", "haproxy"] as const;
/** `client`: who sends them, connection by connection; `haproxy`: a proxy before them, request by request. */
export type Balancer = typeof BALANCERS[number];

/** More processes than this no machine of ours has cores for, and each takes a PostGraphile's memory. */
export const MOST_INSTANCES = 16;

/** In how many processes GraphQL is served, and what deals requests over them. */
export interface Scaling {
  /** Processes. */
  readonly instances: number;
  /** What deals requests over them. */
  readonly balancer: Balancer;
}

/** What `--set` can change of how GraphQL is served, in every scenario. */
export const SERVING_SETTINGS: Readonly<Record<string, Setting | Choice>> = {
  graphql_instances: {
    default: 1,
    min: 1,
    max: MOST_INSTANCES,
    unit: "",
    describe: "processes that serve GraphQL",
  },
  balancer: {
    default: BALANCERS[0],
    choices: BALANCERS,
    describe: "what deals requests over them",
  },
};

/**
 * How settings want GraphQL served, and an arm's own file.
 * @throws {UsageError} for part of a process
 */
export function askedScaling(settings: SettingValues, own: Partial<Scaling> = {}): Scaling {
  const {
    graphql_instances: instances = SERVING_SETTINGS.graphql_instances!.default,
    balancer = SERVING_SETTINGS.balancer!.default,
  } = settings;
  if (!Number.isInteger(instances)) {
    throw new UsageError(`Cannot set graphql_instances as a whole number: it is ${instances}`);
  }
  return {
    instances: own.instances ?? instances as number,
    balancer: own.balancer ?? balancer as Balancer,
  };
}
