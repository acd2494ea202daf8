import type { Config } from "../config.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { queriesOf } from "../load/arm_file.ts";
import { type ArmParts, armsOf, loadArmQueries, type Workload } from "../load/arms.ts";
import type { PlannedArm } from "../model/arms.ts";
import { cacheBehaviour } from "../model/cache_settings.ts";
import { ServiceError } from "../model/errors.ts";
import type { UnavailableArm } from "../model/run.ts";
import { sessionName } from "../model/session_name.ts";
import { formatBytes, formatCount } from "../model/units.ts";
import type { CacheTarget, Endpoints } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";
import { datasets } from "../seed/catalog.ts";
import { withClient } from "../seed/connect.ts";
import { refuseReplicated } from "../seed/listeners.ts";
import { seed, type SeedResult } from "../seed/seed.ts";
import { type DataRequest, resolveData } from "../seed/spec.ts";
import { freeForData } from "../stack/postgres_cluster.ts";
import { type GraphqlService, isEmbedded, type Stack, type Unavailable } from "../stack/services.ts";
import { openStack } from "../stack/stack.ts";
import { SeedProgressText } from "../terminal/seed_text.ts";
import { keyPrefix } from "../targets/cache_keys.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { databaseOf } from "./arm_databases.ts";
import type { BenchPlan } from "./bench_options.ts";
import { databaseName } from "./data_options.ts";
import { needConnections } from "./enough_connections.ts";
import type { MoveServers } from "./move_servers.ts";
import { neededOf, type NeedingArm, needsOf } from "./needed_services.ts";
import { startGraphqls } from "./start_graphqls.ts";
import type { Arms } from "./system_under_test.ts";

/** Starts or finds the services that the arms need; PostgreSQL in any case. */
export function startStack(
  config: Config,
  arms: readonly NeedingArm[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Stack> {
  const need = needsOf(arms);
  return terminal.step("Start the stack", async (progress) => {
    const stack = await openStack(config, {
      owner: "bench",
      need,
      onStep: progress,
      signal,
    });
    // Services that no path asked for are not missed.
    const shown = stack.facts().filter(({ name }) => name === "postgres" || name === "redis" && need.redis);
    const named = shown.map((
      { name, version, origin, available },
    ) =>
      available
        ? `${name === "postgres" ? "PostgreSQL" : "Redis"} ${version} (${origin})`
        : `${name} not available`
    );
    return { value: stack, detail: named.join(", ") };
  });
}

/** A database with the data in it. */
export interface Filled {
  readonly url: string;
  readonly dataset: SeedResult;
}

export interface FillOptions {
  readonly replace: boolean;
  /** An embedded database is made anew with all that was changed in it, even where it is whole. */
  readonly anew?: boolean;
  readonly workers?: number;
  /** Where an embedded server keeps its data. */
  readonly home: string;
  /** Called with the database's URL before anything is changed in it, to keep it to one task; else it is kept while it is filled. */
  readonly hold?: (url: string) => Promise<void>;
}

/**
 * Fills the database unless it holds the same data already.
 * @throws {ServiceError} when the disk of an embedded server has not the room; then nothing was begun
 */
export function fillDatabase(
  stack: Stack,
  request: DataRequest,
  { replace, anew = false, workers, home, hold }: FillOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Filled> {
  const spec = resolveData(request);
  const embedded = isEmbedded(stack.postgres);
  return terminal.step(`Seed ${request.dataset} ${request.scale}`, async (progress) => {
    const url = await stack.databaseUrl(databaseName(spec));
    await hold?.(url);
    const words = new SeedProgressText();
    const seeded = await seed({
      ...request,
      url,
      locked: hold !== undefined,
      // An embedded database has its name from what is in it: there is nothing in it but an older version's rows of
      // the same data, or what was left of them.
      replace: replace || embedded,
      anew: anew && embedded,
      workers,
      signal,
      onPlan: ({ rows, bytes }) => {
        const free = embedded ? freeForData(home) : null;
        const need = `${formatCount(rows)} rows need about ${formatBytes(bytes)} of disk`;
        progress.note(free === null ? `${need} on the server` : `${need}, ${formatBytes(free)} are free`);
        if (free !== null && free < bytes) {
          throw new ServiceError(
            `Cannot seed ${request.dataset} ${request.scale}: it needs about ${formatBytes(bytes)} of disk: ${
              formatBytes(free)
            } are free in ${home}`,
            "Free some space, take a smaller --scale, or set BENCHBOOK_HOME to a larger disk.",
          );
        }
      },
      onProgress: (report) => progress(words.text(report)),
    });
    const size = seeded.bytes === null ? "" : `, ${formatBytes(seeded.bytes)}`;
    const how = seeded.alreadyThere ? "already there, " : "";
    return { value: { url, dataset: seeded }, detail: `${how}${formatCount(seeded.rows)} rows${size}` };
  });
}

/** What arms are made of. */
interface ArmsOptions {
  readonly scenario: LoadedScenario;
  readonly plan: BenchPlan;
  readonly workload: Workload;
  readonly stack: Stack;
  readonly databaseUrl: string;
  /** The server that the database moves to; null: it stays. */
  readonly move: Pick<MoveServers, "target"> | null;
  /** Of databases that are arms' own, by their names. */
  readonly clones: ReadonlyMap<string, string>;
  /** Arms that cannot have a service of their own, and why. */
  readonly withoutService: ReadonlyMap<string, string>;
  readonly runId: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Starts GraphQL over the filled database and makes the arms; what is not available is left out and named.
 * @throws {UsageError} where what the scenario writes would be replicated
 */
export async function makeArms(options: ArmsOptions): Promise<Arms> {
  const { scenario, plan, workload, stack, databaseUrl, clones, withoutService } = options;
  await refuseReplicatedWrites(databaseUrl, scenario);
  const graphqls = await startGraphqls(options);
  const targets: ArmParts[] = [];
  const unavailableArms: UnavailableArm[] = [];
  for (const arm of plan.arms) {
    const graphql = graphqls.of(arm);
    const services = { redis: stack.redis, graphql };
    const { name, path, asked } = arm;
    const missing = neededOf(arm).map((need) => services[need]!).find(({ available }) => !available);
    const reason = withoutService.get(name) ?? (missing as Unavailable | undefined)?.reason;
    if (reason === undefined) targets.push(await armParts(arm, options, graphql));
    else unavailableArms.push({ arm: name, path, reason, asked });
  }
  if (targets.length === 0) {
    throw new ServiceError(
      `Cannot measure any of the arms ${plan.arms.map(({ name }) => name).join(", ")}: ${
        unavailableArms.map(({ reason }) => reason).join(" ")
      }`,
      "deno task doctor says what is missing.",
    );
  }
  // Each process keeps its part, rounded up.
  const pools = graphqls.all.map((graphql) =>
    graphql.available && isEmbedded(graphql)
      ? Math.ceil(plan.connections / graphql.processUrls.length) * graphql.processUrls.length
      : 0
  );
  const here = [databaseUrl, ...clones.values()];
  needConnections(
    targets.map(({ target }) => target).filter(({ url }) => here.includes(url)),
    plan.connections,
    pools.reduce((sum, pool) => sum + pool, 0),
    stack.postgres.settings["max_connections"],
    isEmbedded(stack.postgres),
  );
  const own = new Map(targets.flatMap(({ name, own }) => own === undefined ? [] : [[name, own]]));
  return { ...armsOf(scenario, workload, targets), ownQueries: own, unavailableArms };
}

/** An arm with what it brings, and the run's services for the rest. */
async function armParts(
  arm: PlannedArm,
  options: ArmsOptions,
  graphql: GraphqlService | Unavailable | undefined,
): Promise<ArmParts> {
  const { scenario, stack, runId, move } = options;
  const { name, path, file, overrides } = arm;
  const { graphqlUrl, session } = overrides;
  const url = databaseOf(arm, options);
  const queries = file === null ? null : queriesOf(file, overrides);
  const endpoints: Endpoints = {
    postgres: {
      url,
      ...move !== null && { movesTo: move.target.url },
      session: sessionName(runId, "load"),
      ...session &&
        { settings: Object.fromEntries(Object.entries(session).map(([key, value]) => [key, String(value)])) },
    },
    // What the run's own service lets in is nobody else's to know.
    graphql: graphqlUrl !== undefined
      ? { url: graphqlUrl, headers: {} }
      : graphql?.available
      ? graphql
      : undefined,
    cache: cacheTarget(arm, stack.redis, runId),
  };
  return {
    name,
    ...file !== null && { file },
    target: pathOf(path).targetAt(endpoints),
    ...url !== options.databaseUrl && { databaseUrl: url },
    ...queries !== null && { own: await loadArmQueries(queries, scenario, pathOf(path).suffix) },
  };
}

function cacheTarget(
  { name, overrides: { redisUrl }, settings }: PlannedArm,
  redis: Stack["redis"],
  runId: string,
): CacheTarget | undefined {
  const keys = { prefix: keyPrefix(runId), arm: name, ...cacheBehaviour(settings) };
  if (redisUrl !== undefined) return { redisUrl, shared: true, ...keys };
  return redis.available ? { redisUrl: redis.url, shared: !isEmbedded(redis), ...keys } : undefined;
}

/** What came upon a filled database since may replicate it. @throws {UsageError} where a run's writes would be */
async function refuseReplicatedWrites(url: string, scenario: LoadedScenario): Promise<void> {
  if (scenario.datasetName === null || !scenario.operations.some(({ write }) => write)) return;
  const { schemas } = datasets[scenario.datasetName]!;
  await withClient(url, (client) => refuseReplicated(client, `run ${scenario.name}`, schemas));
}
