import type { StepPlan, StepRecord, Variant } from "../model/migration.ts";
import { codeOf } from "./step_failure.ts";

/** The row of a statement while it becomes one. */
export interface StatementRecord {
  readonly row: StepRecord;
  /** Whether it was ever sent. */
  readonly begun: boolean;
  /** It is sent, or sent once more. */
  begin(): void;
  change(fields: Partial<StepRecord>): void;
  /** As `change`, told now and then: of what changes often. */
  note(fields: Partial<StepRecord>): void;
  /** It has ended well. */
  end(fields?: Partial<StepRecord>): void;
  /** It has ended otherwise. */
  fail(error: unknown): void;
}

/** Between two rows of what changes often, µs. */
const NOTE_US = 1e6;

/** Makes the row of a step's statement, and tells each state of it from its beginning on. */
export function recordStatement({ step, index, variant, nowUs, onRecord }: {
  readonly step: StepPlan;
  readonly index: number;
  readonly variant: Variant;
  readonly nowUs: () => number;
  readonly onRecord: (row: StepRecord) => void;
}): StatementRecord {
  const batched = step.move.kind === "batches" ? 0 : null;
  let row: StepRecord = {
    step: step.step,
    statement: index + 1,
    variant,
    file: step.file,
    sql: step.statements[index]!.shown,
    move: step.move.kind,
    startUs: NaN,
    endUs: null,
    lockMode: null,
    lockWaitUs: null,
    attempts: 0,
    batches: batched,
    rows: null,
    pausedUs: batched,
    rewritten: [],
    errorCode: null,
    error: null,
  };
  let toldUs = -Infinity;
  const change = (fields: Partial<StepRecord>) => {
    row = { ...row, ...fields };
    toldUs = nowUs();
    onRecord(row);
  };
  return {
    get row() {
      return row;
    },
    get begun() {
      return !Number.isNaN(row.startUs);
    },
    begin() {
      const startUs = Number.isNaN(row.startUs) ? nowUs() : row.startUs;
      change({ startUs, endUs: null, attempts: row.attempts + 1, errorCode: null, error: null });
    },
    change,
    note(fields) {
      if (nowUs() - toldUs >= NOTE_US) change(fields);
      else row = { ...row, ...fields };
    },
    end: (fields = {}) => change({ ...fields, endUs: nowUs() }),
    fail(error) {
      const { name, message } = error as Error;
      const said = name === "AbortError" ? "interrupted" : message;
      change({ endUs: nowUs(), errorCode: codeOf(error), error: said });
    },
  };
}
