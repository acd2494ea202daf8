import { type Config, redactUrl } from "../config.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { ServiceFact } from "../model/run.ts";
import { openGraphql } from "./open_graphql.ts";
import { openRedis } from "./open_redis.ts";
import { prepareHome } from "./places.ts";
import { createDatabase } from "./databases.ts";
import { embeddedDatabaseUrl, startPostgres } from "./postgres.ts";
import { inspectPostgres } from "./postgres_server.ts";
import { isAlive, self } from "./process.ts";
import type {
  GraphqlService,
  PostgresService,
  RedisService,
  Stack,
  StackOptions,
  Unavailable,
} from "./services.ts";
import { orphans, readRecords, record, stopServices } from "./state.ts";
import { shownPgUrl } from "../postgres/place.ts";

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

  const started = new Set<string>();
  const stop = async () => {
    if (options.owner === "up") return;
    const mine = readRecords(config.home).filter(({ name, owner }) =>
      started.has(name) && owner.kind === "bench" && owner.process.startedAt === self().startedAt
    );
    started.clear();
    await stopServices(config.home, mine);
  };
  try {
    const [postgres, redis] = await both(
      options,
      (abortable) => openPostgres(config, abortable, started),
      (abortable) => openRedis(config, abortable, started),
    );
    return makeStack(config, options, started, postgres, redis, stop);
  } catch (error) {
    // `up` too leaves nothing half-started behind.
    await stopServices(config.home, readRecords(config.home).filter(({ name }) => started.has(name)));
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
  const signal = options.signal === undefined
    ? failed.signal
    : AbortSignal.any([options.signal, failed.signal]);
  const abortable = { ...options, signal };
  const guarded = <T>(promise: Promise<T>) =>
    promise.catch((error) => {
      failed.abort();
      throw error;
    });
  const results = await Promise.allSettled([guarded(first(abortable)), guarded(second(abortable))]);
  options.signal?.throwIfAborted();
  const [a, b] = results;
  // The failure that came first is the cause; an abort is only its consequence.
  for (const result of results) {
    if (result.status === "rejected" && (result.reason as Error).name !== "AbortError") throw result.reason;
  }
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  return [a.value, b.value];
}

function makeStack(
  config: Config,
  options: StackOptions,
  started: Set<string>,
  postgres: PostgresService,
  redis: RedisService | Unavailable,
  stop: () => Promise<void>,
): Stack {
  let graphql: GraphqlService | Unavailable = { available: false, reason: "It was not asked for." };
  const graphqls: GraphqlService[] = [];
  return {
    postgres,
    redis,
    get unavailable() {
      return [
        ...postgres.unavailable,
        ...(options.need.redis && !redis.available ? [`Redis is not available: ${redis.reason}`] : []),
        ...(options.need.graphql && !graphql.available
          ? [`GraphQL is not available: ${graphql.reason}`]
          : []),
      ];
    },
    async databaseUrl(name) {
      return postgres.origin === "user" ? postgres.adminUrl : await createDatabase(postgres.adminUrl, name);
    },
    async graphql(databaseUrl, schemas, asked = {}) {
      graphql = await openGraphql(config, options, started, databaseUrl, schemas, asked);
      if (graphql.available) graphqls.push(graphql);
      return graphql;
    },
    facts: () => [
      {
        name: "postgres",
        origin: postgres.origin,
        available: true,
        version: postgres.version,
        address: shownPgUrl(postgres.adminUrl),
        settings: postgres.settings,
        reason: null,
      },
      fact("redis", config.redisUrl, redis),
      fact("graphql", config.graphqlUrl, graphql),
    ],
    pids: () => ({
      ...(postgres.process === null ? {} : { postgres: postgres.process.pid }),
      ...(redis.available && redis.process !== null ? { redis: redis.process.pid } : {}),
      ...Object.fromEntries(
        graphqls.flatMap(({ name, process }) => process === null ? [] : [[name, process.pid]]),
      ),
    }),
    stop,
  };
}

async function openPostgres(
  config: Config,
  options: StackOptions,
  started: Set<string>,
): Promise<PostgresService> {
  const { home, databaseUrl } = config;
  if (databaseUrl !== undefined) {
    options.onStep?.("Connecting to PostgreSQL");
    const facts = await inspectPostgres(databaseUrl, "DATABASE_URL");
    return { ...facts, origin: "user", adminUrl: facts.url, process: null };
  }
  const running = readRecords(home).find(({ name }) => name === "postgres");
  if (running !== undefined) {
    const adminUrl = embeddedDatabaseUrl(home, running.port, "postgres");
    try {
      const facts = await inspectEmbedded(adminUrl);
      return { ...facts, origin: "embedded", adminUrl, process: running.process };
    } catch {
      // It lives and does not answer: worth nothing to anyone.
      await stopServices(home, [running]);
    }
  }
  options.onStep?.("Starting PostgreSQL");
  const { port, process } = await startPostgres(home, ({ port, process }) => {
    started.add("postgres");
    record(home, { name: "postgres", process, port, stopSignal: "SIGINT", facts: {} }, options.owner);
  }, options.signal);
  const adminUrl = embeddedDatabaseUrl(home, port, "postgres");
  return { ...await inspectEmbedded(adminUrl), origin: "embedded", adminUrl, process };
}

/** Every database that Benchbook makes has pg_stat_statements; the one asked here is only the way in. */
async function inspectEmbedded(adminUrl: string) {
  const facts = await inspectPostgres(adminUrl, "the embedded PostgreSQL");
  return { ...facts, statements: true, unavailable: [] };
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

function fact(
  name: "redis" | "graphql",
  url: string | undefined,
  service: RedisService | GraphqlService | Unavailable,
): ServiceFact {
  const origin = url === undefined ? "embedded" : "user";
  if (!service.available) {
    const address = url === undefined ? null : redactUrl(url);
    return { name, origin, available: false, version: null, address, settings: {}, reason: service.reason };
  }
  return {
    name,
    origin,
    available: true,
    version: service.version,
    address: redactUrl(service.url),
    settings: service.settings,
    reason: null,
  };
}
