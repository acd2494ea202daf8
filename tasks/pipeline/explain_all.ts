import type { Mix } from "../load/mix.ts";
import type { Plan } from "../model/run.ts";
import { explain } from "../observe/plans.ts";
import { connectClient } from "../postgres/client.ts";
import type { Ground } from "./prepare.ts";

/** A slot no load reaches: its values serve the plans. */
const PLAN_SLOT = 1_100_000_000;

/**
 * The plan of each SQL operation, taken once before the measured blocks. A statement that cannot be explained
 * costs its plan and nothing else: the equality check before has shown that it runs.
 * @param session what its connection is called at the server
 */
export async function explainAll(ground: Ground, mix: Mix, session: string): Promise<Plan[]> {
  const arm = ground.arms.find(({ target }) => target.path === "sql");
  if (arm === undefined) return [];
  const client = await connectClient(ground.databaseUrl, { applicationName: session });
  try {
    const plans: Plan[] = [];
    for (const [index, { operationId, text, parameters, write, carries }] of arm.statements.entries()) {
      // What an earlier step would answer is known only within a session.
      if (carries) continue;
      const drawn = mix.valuesOf(PLAN_SLOT, index);
      try {
        const plan = await explain(client, text, parameters.map((name) => drawn[name]), write);
        plans.push({ operationId, atUs: 0, plan });
      } catch {
        continue;
      }
    }
    return plans;
  } finally {
    await client.end();
  }
}
