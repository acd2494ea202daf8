import type { Mix } from "../load/mix.ts";
import type { Arm } from "../load/plan.ts";
import type { Plan } from "../model/run.ts";
import { explain } from "../observe/plans.ts";
import { pathOf } from "../paths/registry.ts";
import { GENEROUS, isOfServer, withClient } from "../seed/connect.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** A slot no load reaches: its values serve the plans, and those of the slots behind it. */
const PLAN_SLOT = 1_100_000_000;
/** So often PostgreSQL plans a prepared statement for its values, before it decides whether one plan serves them all. */
const CUSTOM_PLANS = 5;
/** The SQLSTATE of a statement that the role's own statement_timeout has ended. */
const QUERY_CANCELED = "57014";

/**
 * The plans of each arm whose path has them, taken once before the measured blocks. A statement that
 * cannot be explained costs its plan and nothing else: the equality check before has shown that it runs.
 * @param session what its connection is called at the server
 * @param signal cancels what is under way
 * @throws {ServiceError} where the server fails, or others hold locks that are needed: the load would meet the same
 * @throws {InterruptedError} after `signal`
 */
export async function explainAll(
  { arms }: Pick<SystemUnderTest, "arms">,
  mix: Mix,
  session: string,
  signal: AbortSignal,
): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const arm of arms.filter((arm) => isExplained(arm, arms))) {
    plans.push(...await explainArm(arm, mix, session, signal));
  }
  return plans;
}

/** Whether an arm's path has plans, and it asks not only, of what its cache misses, what another asks at once. */
function isExplained(arm: Arm, arms: readonly Arm[]): boolean {
  const { explain, cached } = pathOf(arm.target.path);
  return explain !== null &&
    !(cached &&
      arms.some((other) => !pathOf(other.target.path).cached && requestOf(other) === requestOf(arm)));
}

/** What an arm asks of which database under which settings, as a text to compare. */
function requestOf({ target: { url, settings = {} }, statements }: Arm): string {
  return JSON.stringify([url, Object.entries(settings).sort(), statements.map(({ text }) => text)]);
}

async function explainArm(arm: Arm, mix: Mix, session: string, signal: AbortSignal): Promise<Plan[]> {
  return await withClient(arm.target.url, async (client) => {
    const plans: Plan[] = [];
    for (const [index, statement] of arm.statements.entries()) {
      // What an earlier step would answer is known only within a session.
      if (statement.usesCaptured) continue;
      const [values, ...before] = Array.from({ length: 1 + CUSTOM_PLANS }, (_, n) => {
        const drawn = mix.valuesOf(PLAN_SLOT + n, index);
        return statement.parameters.map((name) => drawn[name]!);
      });
      try {
        const { operationId, text, write } = statement;
        const { settings } = arm.target;
        const plan = await explain(client, { text, write, settings }, values!, before);
        plans.push({ operationId, atUs: 0, plan });
      } catch (error) {
        const isLimited = (error as { code?: string }).code === QUERY_CANCELED && !signal.aborted;
        if (isOfServer(error) && !isLimited) throw error;
      }
    }
    return plans;
  }, { ...GENEROUS, name: session, signal });
}
