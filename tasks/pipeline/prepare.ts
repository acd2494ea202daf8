import type { Config } from "../config.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { type Arm, type ArmTarget } from "../load/plan.ts";
import { armsOf, type Workload } from "../load/arms.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { SeededDataset } from "../model/dataset.ts";
import type { Operation, PathName } from "../model/operation.ts";
import { formatBytes, formatCount, significant } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import { seed } from "../seed/seed.ts";
import type { GraphqlService, Stack } from "../stack/services.ts";
import { openStack } from "../stack/stack.ts";
import type { StepProgress, Terminal } from "../terminal/terminal.ts";
import type { BenchPlan } from "./bench_options.ts";

/** The system under test, running and filled. */
export interface Ground {
  readonly stack: Stack;
  readonly databaseUrl: string;
  readonly dataset: SeededDataset;
  readonly arms: readonly Arm[];
  readonly operations: readonly Operation[];
  readonly unavailableArms: readonly { readonly arm: string; readonly reason: string }[];
}

/** The database of a data set on an embedded server: each (data set, scale, seed) has one of its own. */
export function databaseName(dataset: string, scale: string, seed: number): string {
  return `${dataset}_${scale}_${seed}`;
}

/** Starts or finds the services that the paths need. */
export function startStack(
  config: Config,
  paths: readonly PathName[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Stack> {
  return terminal.step("Start the stack", async (progress) => {
    const stack = await openStack(config, {
      owner: "bench",
      need: { redis: paths.includes("sql+cache"), graphql: paths.includes("graphql") },
      onStep: progress,
      signal,
    });
    // Services that no path asked for are not missed.
    const shown = stack.facts().filter(({ name }) =>
      name === "postgres" || (name === "redis" && paths.includes("sql+cache"))
    );
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

export interface SeedOptions {
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  readonly replace: boolean;
}

/** Fills the database unless it holds the same data already. */
export function fillDatabase(
  stack: Stack,
  options: SeedOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ url: string; dataset: SeededDataset }> {
  const { dataset, scale, seed: seedNumber, replace } = options;
  return terminal.step(`Seed ${dataset} ${scale}`, async (progress) => {
    const url = await stack.databaseUrl(databaseName(dataset, scale, seedNumber));
    const seeded = await seed({
      url,
      dataset,
      scale,
      seed: seedNumber,
      replace,
      signal,
      onProgress: seedProgress(progress),
    });
    const size = seeded.bytes === null ? "" : `, ${formatBytes(seeded.bytes)}`;
    const how = seeded.alreadyThere ? "already there, " : "";
    return { value: { url, dataset: seeded }, detail: `${how}${formatCount(seeded.rows)} rows${size}` };
  });
}

function seedProgress(progress: StepProgress) {
  const started = new Map<string, number>();
  return ({ table, done, total, stage }: { table: string; done: number; total: number; stage: string }) => {
    if (stage !== "copy") return progress(`${stage} ${table}`.trim());
    const now = performance.now();
    if (!started.has(table)) started.set(table, now);
    const seconds = (now - started.get(table)!) / 1000;
    const rate = seconds > 0.05 ? `, ${formatCount(done / seconds)} rows/s` : "";
    progress(
      `${table}: ${formatCount(done)} of ${formatCount(total)} rows (${
        significant(100 * done / Math.max(1, total), 2)
      } %)${rate}`,
    );
  };
}

/** Starts GraphQL over the filled database and makes the arms; what is not available is left out and named. */
export async function makeArms(options: {
  readonly config: Config;
  readonly loaded: LoadedScenario;
  readonly plan: BenchPlan;
  readonly workload: Workload;
  readonly stack: Stack;
  readonly databaseUrl: string;
  readonly dataset: SeededDataset;
  readonly runId: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}): Promise<Ground> {
  const { loaded, plan, workload, stack, databaseUrl, dataset, runId, terminal, signal } = options;
  const graphql = plan.paths.includes("graphql")
    ? await terminal.step("Start GraphQL", async () => {
      const { schema } = datasets[loaded.scenario.dataset]!;
      const service = await stack.graphql(databaseUrl, [schema], { poolSize: plan.connections });
      const detail = service.available ? service.version ?? service.origin : "not available";
      return { value: service, detail };
    })
    : undefined;
  if (signal.aborted) throw new InterruptedError();
  const targets: { name: PathName; target: ArmTarget }[] = [];
  const unavailableArms: { arm: string; reason: string }[] = [];
  for (const path of plan.paths) {
    switch (path) {
      case "sql":
        targets.push({ name: path, target: { path, url: databaseUrl } });
        break;
      case "graphql":
        if (graphql!.available) {
          targets.push({ name: path, target: graphqlTarget(graphql as GraphqlService) });
        } else unavailableArms.push({ arm: path, reason: graphql!.reason });
        break;
      case "sql+cache":
        if (stack.redis.available) {
          targets.push({
            name: path,
            target: {
              path,
              url: databaseUrl,
              redisUrl: stack.redis.url,
              prefix: `benchbook:${runId}:`,
              ttlSeconds: plan.settings["cache_ttl"] ?? 60,
            },
          });
        } else unavailableArms.push({ arm: path, reason: stack.redis.reason });
    }
  }
  if (targets.length === 0) {
    throw new ServiceError(
      `Cannot measure any of the paths ${plan.paths.join(", ")}: ${
        unavailableArms.map(({ reason }) => reason).join(" ")
      }`,
      "deno task doctor says what is missing.",
    );
  }
  const { arms, operations } = armsOf(loaded.scenario, workload, targets);
  return { stack, databaseUrl, dataset, arms, operations, unavailableArms };
}

function graphqlTarget({ url, headers }: GraphqlService): ArmTarget {
  return { path: "graphql", url, headers };
}
