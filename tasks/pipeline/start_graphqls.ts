import type { LoadedScenario } from "../load/scenario.ts";
import type { PlannedArm } from "../model/arms.ts";
import { InterruptedError } from "../model/errors.ts";
import { askedScaling, type Scaling } from "../model/scaling.ts";
import { statementLimitMs } from "../model/session_limits.ts";
import { sessionName } from "../model/session_name.ts";
import { LOCK_WAIT_MS, unlessLocked } from "../seed/lock_waits.ts";
import type { GraphqlService, Stack, Unavailable } from "../stack/services.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { databaseOf } from "./arm_databases.ts";
import type { BenchPlan } from "./bench_options.ts";
import { neededOf } from "./needed_services.ts";
import { schemasOf } from "./own_tables.ts";

interface GraphqlsOptions {
  readonly scenario: LoadedScenario;
  readonly plan: BenchPlan;
  readonly stack: Stack;
  readonly databaseUrl: string;
  /** Of databases that are arms' own, by their names. */
  readonly clones: ReadonlyMap<string, string>;
  readonly runId: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** The GraphQL services that a run serves its arms. */
export interface ServedGraphql {
  /** That of an arm; undefined: the run serves it none. */
  of(arm: PlannedArm): GraphqlService | Unavailable | undefined;
  /** Each once. */
  readonly all: readonly (GraphqlService | Unavailable)[];
}

/** Starts GraphQL over each database that an arm asks through it, in as many processes as the arm is to be served by. */
export async function startGraphqls(options: GraphqlsOptions): Promise<ServedGraphql> {
  const { plan, databaseUrl, scenario, signal } = options;
  const keyOf = (arm: PlannedArm) => keyed(databaseOf(arm, options), scalingOf(arm));
  const served = Map.groupBy(plan.arms.filter((arm) => neededOf(arm).includes("graphql")), keyOf);
  const started = new Map<string, GraphqlService | Unavailable>();
  for (const [key, arms] of served) {
    const own = key !== keyed(databaseUrl, askedScaling(scenario.settings));
    started.set(key, await startGraphql(options, arms as [PlannedArm], own));
    if (signal.aborted) throw new InterruptedError();
  }
  return {
    of: (arm) => neededOf(arm).includes("graphql") ? started.get(keyOf(arm)) : undefined,
    all: [...started.values()],
  };
}

function scalingOf({ settings, overrides }: PlannedArm): Scaling {
  return askedScaling(settings, overrides);
}

/** Arms that ask the same database, served alike, share a service. */
function keyed(url: string, { instances, balancer }: Scaling): string {
  return JSON.stringify([url, instances, balancer]);
}

/** @param own no other arms use it */
function startGraphql(
  options: GraphqlsOptions,
  arms: readonly [PlannedArm, ...PlannedArm[]],
  own: boolean,
): Promise<GraphqlService | Unavailable> {
  const { scenario, plan, stack, runId, terminal } = options;
  const [first] = arms;
  const { instances, balancer } = scalingOf(first);
  const url = databaseOf(first, options);
  const how = [
    ...instances === 1 ? [] : [`${instances} instances`],
    ...balancer === "haproxy" ? ["behind HAProxy"] : [],
  ];
  const title = `Start GraphQL${own ? ` for ${first.name}` : ""}${
    how.length === 0 ? "" : `, ${how.join(" ")}`
  }`;
  return terminal.step(title, async () => {
    const session = sessionName(runId, "graphql");
    const limitMs = statementLimitMs(scenario.timeout * 1000);
    const asked = {
      poolSize: plan.connections,
      session,
      limitMs,
      instances,
      balancer,
      ...own && { arms: arms.map(({ name }) => name) },
    };
    // It looks at the catalog first, and in there at views and expressions, for which it needs locks.
    const value = await unlessLocked(
      stack.graphql(url, schemasOf(scenario), asked),
      { url, prefix: session, limitMs: Math.min(limitMs, LOCK_WAIT_MS) },
    );
    return { value, detail: value.available ? value.version ?? value.origin : "not available" };
  });
}
