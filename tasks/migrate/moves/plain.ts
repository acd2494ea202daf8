import type { StepPlan } from "../../model/migration.ts";
import type { StepSession } from "../step_session.ts";
import { runUnit, unitsOf } from "./unit.ts";

/**
 * Runs a step's statements as psql does: each a transaction by itself, or all in one. They wait for a lock as long as
 * the session may.
 * @throws {StepFailure}
 */
export async function runPlain(
  step: StepPlan,
  { oneTransaction }: { readonly oneTransaction: boolean },
  session: StepSession,
): Promise<void> {
  // Once: what the statements themselves set holds for those after them.
  await session.limit({ lockMs: null, statementMs: null });
  for (const unit of unitsOf(step, oneTransaction, session)) await runUnit(unit, session, null);
}
