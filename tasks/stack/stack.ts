import { NOT_NEEDED } from "../model/run.ts";
import type { Config } from "../config.ts";
import { anySignal } from "../net/any_signal.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import { InstanceControl } from "./instance_control.ts";
import { openGraphql } from "./open_graphql.ts";
import { openPostgres } from "./open_postgres.ts";
import { openRedis } from "./open_redis.ts";
import { prepareHome } from "./places.ts";
import { createDatabase } from "./databases.ts";
import { isAlive, self } from "./process.ts";
import { factOf, factsOf } from "./service_facts.ts";
import type {
  ClusterRole,
  Instance,
  PostgresService,
  RedisService,
  Stack,
  StackOptions,
  Unavailable,
} from "./services.ts";
import { orphans, readRecords, stopServices } from "./state.ts";

/**
 * Finds or starts the stack: the user's services where the environment names them, those that `up` left
 * running where they answer, embedded ones else. Orphans of a bench that was killed are stopped first. The
 * caller holds the lock of the home.
 * @throws {ServiceError} when PostgreSQL is not to be had or the disk is full. Redis and GraphQL are never a
 * reason to throw: they come back as unavailable, with the reason.
 */
export async function openStack(config: Config, options: StackOptions): Promise<Stack> {
  prepareHome(config.home);
  const step = options.onStep ?? (() => {});
  const left = orphans(readRecords(config.home));
  if (left.length > 0) {
    step(`Stopping ${left.map(({ name }) => name).join(", ")} of a run that was killed`);
    await stopServices(config.home, left);
  }
  refuseForeign(config.home);

  const control = new InstanceControl(config.home);
  try {
    const [postgres, redis] = await both(
      options,
      (abortable) => openPostgres(config, abortable, control, "primary"),
      (abortable) => openRedis(config, abortable, control),
    );
    return makeStack(config, options, control, postgres, redis);
  } catch (error) {
    // `up` too leaves nothing half-started behind.
    await stopServices(config.home, readRecords(config.home).filter(({ name }) => control.started.has(name)));
    if (options.signal?.aborted) throw new InterruptedError();
    throw error;
  }
}

/**
 * Two services at the same time. When one fails the other is told to give up and waited for, so that nothing
 * comes to life after the failure was cleaned up.
 */
async function both<A, B>(
  options: StackOptions,
  first: (options: StackOptions) => Promise<A>,
  second: (options: StackOptions) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController();
  const abortable = { ...options, signal: anySignal(failed.signal, options.signal) };
  const opening = [first(abortable), second(abortable)] as const;
  try {
    // The failure that comes first is the cause; that of the other one may be its consequence.
    return await Promise.all(opening);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(opening);
    throw error;
  } finally {
    options.signal?.throwIfAborted();
  }
}

function makeStack(
  config: Config,
  options: StackOptions,
  control: InstanceControl,
  primary: PostgresService,
  redis: RedisService | Unavailable,
): Stack {
  const clusters = new Map<ClusterRole, PostgresService>([["primary", primary]]);
  const graphqls = new Map<string, Instance>();
  /** Why no GraphQL runs. */
  let noGraphql: Unavailable = { available: false, reason: NOT_NEEDED };
  const cache = redis.available ? [redis] : [];
  const instances = (): Instance[] =>
    [...clusters.values(), ...cache, ...graphqls.values()].map((instance) => control.current(instance));
  const cluster = async (role: ClusterRole) => {
    const running = clusters.get(role);
    if (running !== undefined) return running;
    const opened = await openPostgres(config, options, control, role).catch((error) => {
      throw options.signal?.aborted ? new InterruptedError() : error;
    });
    clusters.set(role, opened);
    return opened;
  };
  const stop = async () => {
    if (options.owner !== "up") await stopStarted(config.home, control.started);
  };
  return {
    postgres: primary,
    redis,
    control,
    get instances() {
      return instances();
    },
    get unavailable() {
      return [...primary.unavailable, ...missing(options.need, redis, graphqls.size > 0 ? null : noGraphql)];
    },
    cluster,
    async databaseUrl(name, role = "primary") {
      const { origin, adminUrl } = await cluster(role);
      return origin === "user" ? adminUrl : await createDatabase(adminUrl, name);
    },
    async graphql(databaseUrl, schemas, asked = {}) {
      const opened = await openGraphql(config, options, control, databaseUrl, schemas, asked);
      if ("available" in opened) return noGraphql = opened;
      for (const instance of opened.instances) graphqls.set(instance.name, instance);
      return opened.service;
    },
    facts: () => [
      ...[...clusters.values()].map(factOf),
      ...factsOf("redis", config.redisUrl, redis.available ? [redis] : redis),
      ...factsOf("graphql", config.graphqlUrl, graphqls.size > 0 ? [...graphqls.values()] : noGraphql),
    ],
    pids: () =>
      Object.fromEntries(
        instances().flatMap(({ name, process }) => process === null ? [] : [[name, process.pid]]),
      ),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What is needed and not to be had, a sentence each. */
function missing(
  need: StackOptions["need"],
  redis: RedisService | Unavailable,
  noGraphql: Unavailable | null,
): string[] {
  return [
    ...need.redis && !redis.available ? [`Redis is not available: ${redis.reason}`] : [],
    ...need.graphql && noGraphql !== null ? [`GraphQL is not available: ${noGraphql.reason}`] : [],
  ];
}

/** Stops what this very process has started for its run. */
async function stopStarted(home: string, started: Set<string>): Promise<void> {
  const mine = readRecords(home).filter(({ name, owner }) =>
    started.has(name) && owner.kind === "bench" && owner.process.startedAt === self().startedAt
  );
  started.clear();
  await stopServices(home, mine);
}

/** A bench that runs without the lock of this home would have its services pulled away under it. */
function refuseForeign(home: string): void {
  const foreign = readRecords(home).find(({ owner }) =>
    owner.kind === "bench" && owner.process.pid !== self().pid && isAlive(owner.process)
  );
  if (foreign === undefined) return;
  throw new ServiceError(
    `Cannot use the services of ${home}: process ${foreign.owner.process.pid} is running on them`,
    "Wait until it has ended, or set another BENCHBOOK_HOME.",
  );
}
