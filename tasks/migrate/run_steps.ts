import type { StepPlan, VariantPlan } from "../model/migration.ts";
import { sessionName } from "../model/session_name.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { afterwards } from "./afterwards.ts";
import { type HalfDone, leftHalfDone } from "./leftovers.ts";
import { runBatches } from "./moves/batches.ts";
import { runConcurrently } from "./moves/concurrently.ts";
import { runWithLockTimeout } from "./moves/lock_timeout.ts";
import { runPlain } from "./moves/plain.ts";
import { StepFailure } from "./step_failure.ts";
import { LOCK_PATIENCE_MS, type StepsOptions } from "./step_options.ts";
import { openStepSession, type StepSession } from "./step_session.ts";
import { reasonText, type StoppedAt, stoppedAt } from "./stopped_at.ts";

export type { StepsOptions } from "./step_options.ts";
export type { StoppedAt } from "./stopped_at.ts";

/** What became of a migration's steps. */
export interface StepsOutcome {
  /** All of them were done. */
  readonly done: boolean;
  /** The signal ended them. */
  readonly interrupted: boolean;
  /** Where they ended otherwise; null where they were done. */
  readonly stopped: StoppedAt | null;
  /** What a failure had left and is gone, as sentences. */
  readonly cleaned: readonly string[];
  /** What is there of a migration that was not done, as sentences with what mends it. */
  readonly left: readonly string[];
}

/** A look at what is left may take so long, where its user may want to leave. */
const LOOK_MS = 5_000;

/**
 * Runs the steps of one way to make a change, one after another, over one session. At the first statement that fails, or
 * at the signal, no further one is begun, and what is half done is cleaned up or named.
 * @throws {ServiceError} when the server cannot be reached; nothing was begun then
 */
export async function runSteps(plan: VariantPlan, options: StepsOptions): Promise<StepsOutcome> {
  const { url, runId, signal, lockPatienceMs = LOCK_PATIENCE_MS } = options;
  const name = sessionName(runId, "migration");
  const cleaned: string[] = [];
  const left: string[] = [];
  const ended = await withClient(url, async (client) => {
    const session = await openStepSession(client, plan.variant, options, (removal) => {
      cleaned.push(...removal.cleaned);
      left.push(...removal.left);
    });
    try {
      return { pid: session.pid, before: session.before, stopped: await runAll(plan, session) };
    } finally {
      await session.holders.end().catch(() => {});
    }
  }, { ...UNLIMITED, name, lockWaitMs: lockPatienceMs, signal });
  const { stopped } = ended;
  if (stopped === null) return { done: true, interrupted: false, stopped, cleaned, left };
  left.unshift(...stopped.state);
  left.push(...(await lookAround(options, ended)).filter((sentence) => !isTold(sentence, left)));
  return { done: false, interrupted: signal?.aborted ?? false, stopped, cleaned, left };
}

async function runAll({ steps }: VariantPlan, session: StepSession): Promise<StoppedAt | null> {
  for (const step of steps) {
    try {
      await runStep(step, session);
    } catch (error) {
      const failure = error instanceof StepFailure ? error : new StepFailure(0, error);
      await session.holders.settled();
      recordFailure(step, failure, session);
      return stoppedAt(steps, step, failure, session);
    }
  }
  return null;
}

/** Its row says why, be it that the statement was never sent. */
function recordFailure(step: StepPlan, failure: StepFailure, { record, signal, holders }: StepSession): void {
  const row = record(step, failure.index);
  if (signal.aborted) return;
  if (!row.begun) {
    row.begin();
    row.note({ attempts: 0 });
    row.fail(failure.cause);
  }
  row.change({ error: reasonText(failure, holders.seen()) });
}

function runStep(step: StepPlan, session: StepSession): Promise<void> {
  const { move } = step;
  switch (move.kind) {
    case "plain":
      return runPlain(step, move, session);
    case "lock_timeout":
      return runWithLockTimeout(step, move, session);
    case "concurrently":
      return runConcurrently(step, move, session);
    case "batches":
      return runBatches(step, move, session);
  }
}

/** Over a session of its own: that of the steps may be gone. */
async function lookAround(
  { url, runId, signal }: StepsOptions,
  { pid, before }: { readonly pid: number; readonly before: HalfDone },
): Promise<string[]> {
  try {
    return await afterwards(
      { url, runId, limitMs: LOOK_MS, signal },
      (client) => leftHalfDone(client, pid, before),
    );
  } catch (error) {
    const said = (error as Error).message;
    return [`INVALID indexes and constraints that are NOT VALID could not be looked for: ${said}.`];
  }
}

/** A move has said the same index, and why it is still there. */
function isTold(sentence: string, told: readonly string[]): boolean {
  const [, index] = /^The index (.+) is INVALID/.exec(sentence) ?? [];
  return index !== undefined && told.some((other) => other.startsWith(`The index ${index} is INVALID`));
}
