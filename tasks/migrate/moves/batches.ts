import { UsageError } from "../../model/errors.ts";
import { withoutWords } from "../../model/hidden_statement.ts";
import type { StepPlan } from "../../model/migration.ts";
import { sleep } from "../../net/sleep.ts";
import type { StatementRecord } from "../statement_record.ts";
import { codeOf, isPassing, StepFailure } from "../step_failure.ts";
import type { StepSession } from "../step_session.ts";
import { type BatchSql, batchSql } from "./batch_sql.ts";
import { retried } from "./retry.ts";
import {
  afterBatch,
  afterFailure,
  afterPause,
  FIRST_BATCH,
  pauseLimitMs,
  type Throttle,
} from "./throttle.ts";

/** A batch that takes longer than this is given up: it keeps its rows' writers waiting. */
const BATCH_LIMIT_MS = 2_000;
/** Between two looks whether users still suffer. */
const PAUSE_STEP_MS = 50;

/** How far a statement's batches have come. */
interface Progress {
  /** Keys up to this one are done, as text; null: none is. */
  after: string | null;
  throttle: Throttle;
}

/** The keys that batches go through, as text; null where there is no row. */
interface Bounds {
  readonly lowest: string | null;
  readonly highest: string | null;
}

/**
 * Runs a step's statement for one range of keys after another, up to the highest that there is when it begins: each a
 * transaction by itself, limited in its wait for locks and in its time. How many rows come next follows how long the last
 * ones took; while the users' p95 is above its limit it pauses.
 * @throws {StepFailure}; what was done up to there stays
 */
export async function runBatches(
  step: StepPlan,
  key: { readonly table: string; readonly key: string },
  session: StepSession,
): Promise<void> {
  for (const index of step.statements.keys()) {
    const record = session.record(step, index);
    const progress: Progress = { after: null, throttle: FIRST_BATCH };
    try {
      const sql = await batchSql(step, index, key, session);
      await session.refuseBeyond(step, index, sql.next);
      await runStatement(sql, progress, record, session);
    } catch (error) {
      const { cause: said, why } = error instanceof StepFailure ? error : { cause: error, why: null };
      const cause = withoutWords(step.statements[index]!.shown, said);
      if (record.begun) {
        record.note(session.locks.ended());
        record.fail(cause);
      }
      const { after } = progress;
      throw new StepFailure(index, cause, why, after === null ? null : `up to ${key.key} = ${after}`);
    }
  }
}

async function runStatement(
  sql: BatchSql,
  progress: Progress,
  record: StatementRecord,
  session: StepSession,
): Promise<void> {
  session.signal.throwIfAborted();
  const { lowest, highest } = await boundsOf(sql, session);
  await session.limit({ lockMs: session.lockTimeoutMs, statementMs: BATCH_LIMIT_MS });
  record.begin();
  record.change({ attempts: 0, rows: 0 });
  const { step, statement } = record.row;
  session.locks.began({ step, statement, pid: session.pid, atUs: session.nowUs() });
  if (lowest !== null) {
    while (progress.after !== highest) {
      if (progress.after !== null) await pause(progress, record, session);
      await runBatch(sql, { lowest, highest }, progress, record, session);
    }
  }
  record.end(session.locks.ended());
}

async function boundsOf({ bounds, key }: BatchSql, session: StepSession): Promise<Bounds> {
  await session.limit({ lockMs: session.lockTimeoutMs, statementMs: null });
  let found: Bounds & { readonly nulls: boolean };
  await retried(session, async () => {
    found = (await session.run(bounds)).rows[0];
  });
  if (!found!.nulls) return found!;
  throw new UsageError(
    `Cannot go through ${key} in batches: there are rows without one`,
    "Name a column that is NOT NULL.",
  );
}

/** Runs one batch, again and with fewer rows while it fails for what passes. */
async function runBatch(
  sql: BatchSql,
  { lowest, highest }: Bounds,
  progress: Progress,
  record: StatementRecord,
  session: StepSession,
): Promise<void> {
  const { signal, limitP95Ms } = session;
  const first = progress.after === null;
  const after = first ? lowest : progress.after;
  let tookMs = 0;
  await retried(session, async () => {
    signal.throwIfAborted();
    const beganMs = performance.now();
    record.note({ attempts: record.row.attempts + 1 });
    try {
      const { rows: [end] } = await session.run(sql.end, [after, first, highest, progress.throttle.rows - 1]);
      const upto = end === undefined ? highest : (end as { readonly upto: string }).upto;
      // All batches take the same locks: only the first one is held back until somebody has looked at them.
      const { rowCount } = first
        ? await session.runStatement(sql.first, [after, upto])
        : await session.run(sql.next, [after, upto]);
      tookMs = performance.now() - beganMs;
      progress.after = upto;
      progress.throttle = afterBatch(progress.throttle, tookMs, isAbove(session.liveP95Ms(), limitP95Ms));
      record.note({ batches: record.row.batches! + 1, rows: record.row.rows! + (rowCount ?? 0) });
    } catch (error) {
      tookMs = performance.now() - beganMs;
      progress.throttle = afterFailure(progress.throttle, tookMs);
      throw error;
    } finally {
      session.locks.released();
    }
  }, (error) => isPassing(error) || isTooLong(error, tookMs));
}

/** Others may have cancelled it as well, with the same SQLSTATE. */
function isTooLong(error: unknown, tookMs: number): boolean {
  return codeOf(error) === "57014" && tookMs >= 0.9 * BATCH_LIMIT_MS;
}

function isAbove(p95Ms: number | null, limitMs: number): boolean {
  return p95Ms !== null && p95Ms > limitMs;
}

/** Waits while users wait too long, and not for ever; where nobody knows, as long as the batch took. */
async function pause(progress: Progress, record: StatementRecord, session: StepSession): Promise<void> {
  const { limitP95Ms, signal } = session;
  const { lastMs } = progress.throttle;
  const limitMs = pauseLimitMs(progress.throttle);
  const beganMs = performance.now();
  let passedMs = 0;
  const isOver = (p95Ms: number | null) => p95Ms === null ? passedMs >= lastMs : p95Ms <= limitP95Ms;
  while (passedMs < limitMs && !isOver(session.liveP95Ms())) {
    await sleep(Math.min(PAUSE_STEP_MS, limitMs - passedMs), signal);
    passedMs = performance.now() - beganMs;
  }
  progress.throttle = afterPause(progress.throttle, passedMs);
  record.note({ pausedUs: record.row.pausedUs! + Math.round(passedMs * 1000) });
}
