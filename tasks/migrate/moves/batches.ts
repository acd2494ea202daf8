import { UsageError } from "../../model/errors.ts";
import type { StepPlan } from "../../model/migration.ts";
import { sleep } from "../../net/sleep.ts";
import type { StatementRecord } from "../statement_record.ts";
import { codeOf, isPassing, StepFailure } from "../step_failure.ts";
import type { StepSession } from "../step_session.ts";
import { type BatchSql, batchSql } from "./batch_sql.ts";
import { retryPauseMs } from "./retry.ts";
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
/** So often one batch is tried. */
const TRIES = 20;
const PAUSE_STEP_MS = 50;

/** Where it is: keys up to `after` are done. */
interface Place {
  /** As text; the lowest key, to be taken along, before the first batch. */
  readonly after: string;
  readonly first: boolean;
  readonly throttle: Throttle;
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
    try {
      await runStatement(await batchSql(step, index, key, session), record, session);
    } catch (error) {
      if (record.begun) record.fail(error instanceof StepFailure ? error.cause : error);
      throw error instanceof StepFailure
        ? new StepFailure(index, error.cause, error.why)
        : new StepFailure(index, error);
    }
  }
}

async function runStatement(sql: BatchSql, record: StatementRecord, session: StepSession): Promise<void> {
  session.signal.throwIfAborted();
  await session.limit({ lockMs: session.lockTimeoutMs, statementMs: null });
  const { rows: [bounds] } = await session.run(sql.bounds);
  const { lowest, highest, nulls } = bounds as { lowest: string | null; highest: string; nulls: boolean };
  if (nulls) {
    throw new UsageError(
      `Cannot go through ${sql.key} in batches: there are rows without one`,
      "Name a column that is NOT NULL.",
    );
  }
  await session.limit({ lockMs: session.lockTimeoutMs, statementMs: BATCH_LIMIT_MS });
  record.begin();
  record.change({ rows: 0, attempts: 0 });
  let place: Place | null = lowest === null ? null : { after: lowest, first: true, throttle: FIRST_BATCH };
  while (place !== null) {
    session.signal.throwIfAborted();
    place = await nextBatch(sql, place, highest, record, session);
    if (place !== null) place = { ...place, throttle: await pause(place.throttle, record, session) };
  }
  record.end();
}

/** Runs one batch, tried again in a smaller size while it fails for what passes. @returns null after the last one */
async function nextBatch(
  sql: BatchSql,
  { after, first, throttle }: Place,
  highest: string,
  record: StatementRecord,
  session: StepSession,
): Promise<Place | null> {
  session.holders.forget();
  for (let tries = 1;; tries++) {
    const beganMs = performance.now();
    record.note({ attempts: record.row.attempts + 1 });
    try {
      const { rows: [end] } = await session.run(sql.end, [after, first, highest, throttle.rows - 1]);
      const upto = (end as { upto: string } | undefined)?.upto ?? highest;
      const { rowCount } = await session.run(first ? sql.first : sql.next, [after, upto]);
      count(record, rowCount ?? 0);
      if (upto === highest) return null;
      const tookMs = performance.now() - beganMs;
      const batch = { tookMs, full: end !== undefined, suffering: isSuffering(session) };
      return { after: upto, first: false, throttle: afterBatch(throttle, batch) };
    } catch (error) {
      const tookMs = performance.now() - beganMs;
      const tooLong = codeOf(error) === "57014" && tookMs >= 0.9 * BATCH_LIMIT_MS;
      if (session.signal.aborted || !(isPassing(error) || tooLong)) {
        throw new StepFailure(0, error, doneText(sql, after, first));
      }
      if (tries >= TRIES) {
        const holder = session.holders.seen() ?? (tooLong ? `it took over ${BATCH_LIMIT_MS / 1000} s` : null);
        const held = `the batch was tried ${tries} times${holder === null ? "" : `; ${holder}`}`;
        throw new StepFailure(0, error, `${held}; ${doneText(sql, after, first)}`);
      }
      throttle = afterFailure(throttle, tookMs);
      await sleep(retryPauseMs(Math.min(tries, 4), session.random), session.signal);
    }
  }
}

/** One batch more is done. */
function count(record: StatementRecord, rows: number): void {
  record.note({ batches: record.row.batches! + 1, rows: record.row.rows! + rows });
}

function doneText({ key }: BatchSql, after: string, first: boolean): string {
  return first ? "no batch is done" : `batches are done up to ${key} = ${after}`;
}

function isSuffering({ liveP95Ms, limitP95Ms }: StepSession): boolean {
  const p95Ms = liveP95Ms();
  return p95Ms !== null && p95Ms > limitP95Ms;
}

/** Waits while users suffer, and not for ever. */
async function pause(throttle: Throttle, record: StatementRecord, session: StepSession): Promise<Throttle> {
  const limitMs = pauseLimitMs(throttle);
  const beganMs = performance.now();
  const passedMs = () => performance.now() - beganMs;
  while (isSuffering(session) && passedMs() < limitMs) await sleep(PAUSE_STEP_MS, session.signal);
  const tookMs = passedMs();
  record.note({ pausedUs: record.row.pausedUs! + Math.round(tookMs * 1000) });
  return afterPause(throttle, tookMs);
}
