import type { Mix } from "../load/mix.ts";
import { PROOF_SLOTS_FROM } from "../load/plan.ts";
import type { LoadPlan } from "../load/plan.ts";
import { UsageError } from "../model/errors.ts";
import { reachServer } from "../seed/connect.ts";
import { pathOf } from "../paths/registry.ts";
import { errorMessageOf } from "../targets/graphql_answer.ts";
import { parameterText } from "../targets/pg_values.ts";
import { askOnce, newCall, type Statement, type Value } from "../targets/target.ts";
import { TIMEOUT_MS } from "./probe_load.ts";

/** A question with the values that it is tried with. */
interface Tried {
  readonly statement: Statement;
  readonly values: readonly Value[];
}

/**
 * Asks each question of a scenario once before the load does, over SQL in a transaction that may not write.
 * @param arms those of the scenario, as indexes into the plan's
 * @throws {UsageError} naming the first that fails, or takes longer than a request may
 */
export async function tryOperations(
  plan: LoadPlan,
  arms: readonly number[],
  mix: Mix,
  session: string,
): Promise<void> {
  for (const index of arms) {
    const { name, target, statements } = plan.arms[index]!;
    const tried = statements.flatMap((statement): Tried[] => {
      if (statement.usesCaptured) return [];
      const drawn = mix.valuesOf(PROOF_SLOTS_FROM, statement.operationId);
      return [{ statement, values: statement.parameters.map((parameter) => drawn[parameter]!) }];
    });
    const failed = (what: string, why: string) => {
      throw new UsageError(
        `Cannot probe with ${what} over ${name}: ${why}`,
        "A probe only reads, and needs what it asks to be there: correct the scenario, or name another.",
      );
    };
    if (pathOf(target.path).language === "sql") await trySql(target.url, session, tried, failed);
    else await tryGraphql(plan, index, tried, failed);
  }
}

type Failed = (what: string, why: string) => never;

async function trySql(url: string, session: string, tried: readonly Tried[], failed: Failed): Promise<void> {
  const client = await reachServer(url, { applicationName: session, queryTimeoutMs: TIMEOUT_MS });
  try {
    await client.query("BEGIN READ ONLY");
    for (const { statement: { name, text }, values } of tried) {
      await client.query({ text, values: values.map(parameterText) }).catch((error) =>
        failed(name, error.message)
      );
    }
    await client.query("ROLLBACK");
  } finally {
    await client.end().catch(() => {});
  }
}

async function tryGraphql(
  { arms, seed }: LoadPlan,
  index: number,
  tried: readonly Tried[],
  failed: Failed,
): Promise<void> {
  const { target } = arms[index]!;
  const asking = pathOf(target.path).make(target, {
    connections: 1,
    ofAllArms: 0,
    readOnly: true,
    seed,
    nowUs: () => performance.now() * 1000,
  });
  await asking.open();
  try {
    for (const { statement, values } of tried) {
      const call = newCall(statement, values, true);
      const timer = setTimeout(() => call.abort?.(), TIMEOUT_MS);
      await askOnce(asking, call);
      clearTimeout(timer);
      if (call.error !== null) failed(statement.name, errorMessageOf(call.answer) ?? call.error);
    }
  } finally {
    await asking.close();
  }
}
