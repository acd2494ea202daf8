import type { LockEvent, StatementLock, StepRecord } from "../../model/migration.ts";
import type { StepEvidence } from "../../model/migration_summary.ts";
import { byField } from "../../store/column_names.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

/** A summary shows so many waits; the store has them all. */
const MOST_WAITS = 50;

/** Each statement as it ran, with its locks. */
export async function readSteps(rows: Rows, run: string): Promise<StepEvidence[]> {
  const locks = (await rows.rows<object>(query("migration/statement_locks"), { run }))
    .map((row) => byField(row) as unknown as StatementLock);
  const steps = await rows.rows<object>(query("migration/step_records"), { run });
  return steps.map((row) => {
    const record = byField(row) as unknown as Omit<StepRecord, "rewritten"> & {
      readonly rewritten: string | null;
    };
    return {
      ...record,
      rewritten: record.rewritten === null ? [] : JSON.parse(record.rewritten) as string[],
      locks: locks.filter(({ step, statement }) => step === record.step && statement === record.statement),
    };
  });
}

/** The longest waits from a moment on, and how many there were. */
export async function readWaits(
  rows: Rows,
  run: string,
  fromUs: number,
): Promise<{ waits: LockEvent[]; waitCount: number }> {
  const found = await rows.rows<{ readonly waits: number }>(query("migration/longest_waits"), {
    run,
    from: fromUs,
    most: MOST_WAITS,
  });
  return {
    waits: found.map(({ waits: _all, ...row }) => byField(row) as unknown as LockEvent),
    waitCount: found[0]?.waits ?? 0,
  };
}
