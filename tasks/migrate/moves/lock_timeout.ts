import type { StepPlan } from "../../model/migration.ts";
import type { StepSession } from "../step_session.ts";
import { retried } from "./retry.ts";
import { runUnit, unitsOf } from "./unit.ts";

/**
 * Runs a step's statements under a `lock_timeout`: while one waits for its lock, all who come after it wait behind it, so
 * it gives its place in the queue up after a moment and tries again. None runs without, the last try included.
 * @throws {StepFailure}
 */
export async function runWithLockTimeout(
  step: StepPlan,
  { oneTransaction }: { readonly oneTransaction: boolean },
  session: StepSession,
): Promise<void> {
  const limits = { lockMs: session.lockTimeoutMs, statementMs: null };
  for (const unit of unitsOf(step, oneTransaction, session)) {
    await retried(session, () => runUnit(unit, session, limits));
  }
}
