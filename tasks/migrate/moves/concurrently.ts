import type { StepPlan } from "../../model/migration.ts";
import { owe } from "../../model/owed.ts";
import { dropCommand, invalidIndexes, removeInvalid } from "../invalid_indexes.ts";
import { codeOf, StepFailure } from "../step_failure.ts";
import type { StepSession } from "../step_session.ts";
import { retried } from "./retry.ts";
import { runUnit, unitsOf } from "./unit.ts";

/**
 * Runs statements with CONCURRENTLY, and removes the INVALID index that a failure leaves. They wait for transactions that
 * are older, and nobody but other changes of the table waits behind them meanwhile: so they have all the patience there is,
 * and not the short `lock_timeout` that would end them at each long report.
 * @throws {StepFailure}
 */
export async function runConcurrently(
  step: StepPlan,
  { index }: { readonly index: string },
  session: StepSession,
): Promise<void> {
  await session.limit({ lockMs: session.lockPatienceMs, statementMs: null });
  const paid = owe(`An INVALID index ${index} may be left. Remove it: ${dropCommand(index)}`);
  // What is INVALID by now was left by somebody else, or by an earlier step.
  const found = await invalidIndexes(session.client, session.pid).catch((error) => {
    throw new StepFailure(0, error);
  });
  const before = new Set([...session.before.indexes, ...found.map(({ oid }) => oid)]);
  /** Whether an index of ours may be there. */
  let isOurs = false;
  try {
    for (const unit of unitsOf(step, false, session)) {
      await retried(session, async () => {
        try {
          await runUnit(unit, session, null);
        } catch (error) {
          isOurs ||= hasBegun(codeOf((error as StepFailure).cause), session);
          // Before the next try, too: what this one has left bears the name that it wants.
          if (isOurs) {
            const removal = await removeInvalid(session, index, before);
            session.tell(removal);
            isOurs = removal.left.length > 0;
          }
          throw error;
        }
      });
    }
  } finally {
    paid();
  }
}

/**
 * Whether a statement that failed may have made an index: else what bears the name is somebody else's. It has not where the
 * name was taken, or where it was still waiting for the table itself; what is wrong with rows shows only later.
 */
function hasBegun(code: string | null, { holders }: StepSession): boolean {
  if (code === "42P07") return false;
  return /^2[23]/.test(code ?? "") || !holders.last().some(({ mode }) => mode === TABLE_LOCK);
}

/** What CONCURRENTLY takes of the table before it does anything; later it waits for transactions alone. */
const TABLE_LOCK = "ShareUpdateExclusiveLock";
