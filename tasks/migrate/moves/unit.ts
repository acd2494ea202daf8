import { withoutWords } from "../../model/hidden_statement.ts";
import type { StepPlan } from "../../model/migration.ts";
import { type Relfilenode, relfilenodes, rewrittenBetween } from "../relfilenodes.ts";
import type { StatementRecord } from "../statement_record.ts";
import { StepFailure } from "../step_failure.ts";
import type { Limits, StepSession } from "../step_session.ts";

/** Statements of a step that take effect together or not at all. */
export interface Unit {
  readonly step: StepPlan;
  /** Of the first of them within the step, from 0. */
  readonly first: number;
  readonly records: readonly StatementRecord[];
}

/** What a step's statements take effect in: each by itself, or all in one transaction. */
export function unitsOf(step: StepPlan, oneTransaction: boolean, session: StepSession): readonly Unit[] {
  const records = step.statements.map((_, index) => session.record(step, index));
  return oneTransaction
    ? [{ step, first: 0, records }]
    : records.map((record, first) => ({ step, first, records: [record] }));
}

/**
 * Runs them once.
 * @param limits set before each statement, whatever one before it has set; null: the session's are left alone
 * @throws {StepFailure} after which nothing of them has taken effect
 */
export async function runUnit(unit: Unit, session: StepSession, limits: Limits | null): Promise<void> {
  const seen: Seen = { files: null };
  try {
    if (unit.records.length === 1) await runAt(unit, 0, session, limits, seen);
    else await runTransaction(unit, session, limits, seen);
  } finally {
    session.locks.released();
  }
  await lookFor(unit.records.at(-1)!, session, seen);
}

/** The files of relations as they were before the last statement; null: nobody has looked. */
interface Seen {
  files: readonly Relfilenode[] | null;
}

/** Looks which relations a statement has written anew. It has succeeded, even where the server says no more. */
async function lookFor(record: StatementRecord, { client }: StepSession, seen: Seen): Promise<void> {
  if (seen.files === null) return;
  const after = await relfilenodes(client).catch(() => []);
  const rewritten = rewrittenBetween(seen.files, after);
  if (rewritten.length > 0) record.change({ rewritten });
  seen.files = after;
}

async function runTransaction(
  unit: Unit,
  session: StepSession,
  limits: Limits | null,
  seen: Seen,
): Promise<void> {
  await session.client.query("BEGIN").catch((error) => {
    throw new StepFailure(unit.first, error);
  });
  try {
    for (const [at, record] of unit.records.entries()) {
      await runAt(unit, at, session, limits === null ? null : { ...limits, local: true }, seen);
      // Others wait meanwhile: what the last one did can be seen when its locks are gone.
      if (at < unit.records.length - 1) await lookFor(record, session, seen);
    }
    await session.run("COMMIT").catch((error) => {
      throw new StepFailure(unit.first + unit.records.length - 1, error);
    });
  } catch (error) {
    await session.client.query("ROLLBACK").catch(() => {});
    rolledBack(unit, error as StepFailure);
    throw error;
  }
}

async function runAt(
  { step, first, records }: Unit,
  at: number,
  session: StepSession,
  limits: Limits | null,
  seen: Seen,
): Promise<void> {
  const index = first + at;
  const record = records[at]!;
  try {
    session.signal.throwIfAborted();
    // Nothing may be asked in a transaction before it; it takes no lock and writes nothing.
    const isFirst = /^set\s+transaction\b/i.test(step.statements[index]!.text);
    if (limits !== null && !isFirst) await session.limit(limits);
    await session.refuseBeyond(step, index);
    if (!isFirst) seen.files ??= await relfilenodes(session.client);
    record.begin();
    session.locks.began({ step: step.step, statement: index + 1, pid: session.pid, atUs: session.nowUs() });
    const { rowCount } = await session.runStatement(step.statements[index]!.text);
    record.end({ rows: rowCount, ...session.locks.ended() });
  } catch (said) {
    const error = withoutWords(step.statements[index]!.shown, said);
    if (record.begun) {
      record.note(session.locks.ended());
      record.fail(error);
    }
    throw new StepFailure(index, error);
  }
}

/** What has succeeded has come to nothing with the one that did not. */
function rolledBack({ records, first }: Unit, failure: StepFailure): void {
  for (const [at, record] of records.entries()) {
    if (record.row.endUs === null) continue;
    if (first + at === failure.index) record.fail(failure.cause);
    else {
      const error = `rolled back with statement ${failure.index + 1}`;
      record.change({ rewritten: [], errorCode: failure.code, error });
    }
  }
}
