import type { StepPlan } from "../../model/migration.ts";
import { owe } from "../../model/owed.ts";
import { dropCommand, removeInvalid } from "../invalid_indexes.ts";
import { OwnIndexes } from "../own_indexes.ts";
import { StepFailure } from "../step_failure.ts";
import type { StepSession } from "../step_session.ts";
import { retried } from "./retry.ts";
import { runUnit, unitsOf } from "./unit.ts";

/**
 * Runs statements with CONCURRENTLY, and removes the INVALID index that a failure leaves where it is known to be theirs. They
 * wait for transactions that are older, and nobody but other changes of the table waits behind them meanwhile: so they have
 * all the patience there is, and not the short `lock_timeout` that would end them at each long report.
 * @throws {StepFailure}
 */
export async function runConcurrently(
  step: StepPlan,
  { index }: { readonly index: string },
  session: StepSession,
): Promise<void> {
  await session.limit({ lockMs: session.lockPatienceMs, statementMs: null });
  const paid = owe(`An INVALID index ${index} may be left. Remove it: ${dropCommand(index)}`);
  const own = new OwnIndexes(session, step);
  try {
    await own.begin().catch((error) => {
      throw new StepFailure(0, error);
    });
    for (const unit of unitsOf(step, false, session)) {
      await retried(session, async () => {
        try {
          await own.during(() => runUnit(unit, session, null));
        } catch (error) {
          // Before the next try, too: what this one has left bears the name that it wants.
          if (own.any) session.tell(await removeInvalid(session, index, own));
          throw error;
        }
      });
    }
  } finally {
    await own.end();
    paid();
  }
}
