import type { Estimate } from "./estimate.ts";
import { UsageError } from "./errors.ts";
import type { Choice, Setting, SettingValues } from "./scenario.ts";

/** What deals requests over the instances of a GraphQL service of ours, the first of them by default. */
export const BALANCERS = ["client", "haproxy"] as const;
/** `client`: who sends them, connection by connection; `haproxy`: a proxy before them, request by request. */
export type Balancer = typeof BALANCERS[number];

/** What they are called. */
export const BALANCER_NAMES: Readonly<Record<Balancer, string>> = { client: "client", haproxy: "HAProxy" };

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

/** How an arm over GraphQL was served, and what that came to. */
export interface ServedArm {
  /** The arm. */
  readonly arm: string;
  /** Processes that answered it; null: it is a service of the user's, and nobody said. */
  readonly instances: number | null;
  /** What dealt requests over them; null: what the user has there. */
  readonly balancer: Balancer | null;
  /** Instances of ours, a HAProxy last. */
  readonly services: readonly string[];
  /** Other arms that they answered too. */
  readonly sharedWith: readonly string[];
  /** Cores that its processes used while it was asked, with the arms that share them; null: not sampled. */
  readonly cpuCores: number | null;
  /** Cores that its HAProxy used meanwhile; null: there is none, or it was not sampled. */
  readonly balancerCores: number | null;
  /** The arm of the same path with the fewest instances; null: it is that itself. */
  readonly against: string | null;
  /**
   * Answers a second ÷ those of `against`, over pairs of blocks; null in an open loop, where an arm answers what it is
   * offered.
   */
  readonly throughputRatio: Estimate | null;
}

/** The arms of a run over GraphQL, where not each was served by one process alone. */
export interface ScalingSummary {
  /** In the order of the run's arms. */
  readonly arms: readonly ServedArm[];
  /** Share of this machine's CPU time that anybody used meanwhile; null: not sampled. */
  readonly busy: number | null;
  /** What limits the comparison, a sentence each. */
  readonly notes: readonly string[];
}
