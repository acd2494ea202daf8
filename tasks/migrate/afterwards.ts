import { ServiceError } from "../model/errors.ts";
import { sessionName } from "../model/session_name.ts";
import { sleep } from "../net/sleep.ts";
import type { PgClient } from "../postgres/client.ts";
import { withClient } from "../seed/connect.ts";
import { codeOf } from "./step_failure.ts";

/** A server that has crashed is back after a while. */
const BACK_MS = 20_000;
/** Unless a user wants to leave. */
const HURRIED_MS = 2_000;
const PAUSE_MS = 200;

/** A session after a migration that failed: that of its steps may be gone, or busy. */
export interface AfterwardsOptions {
  /** Of the database; may hold a password, and is never shown. */
  readonly url: string;
  readonly runId: string;
  /** For a lock, and half of what a statement may take. */
  readonly limitMs: number;
  /** Says that its user wants to leave. It cancels nothing. */
  readonly signal?: AbortSignal;
}

/** Gives `use` a session of its own, as soon as the server takes one. @throws as `withClient` does */
export async function afterwards<T>(
  { url, runId, limitMs, signal }: AfterwardsOptions,
  use: (client: PgClient) => Promise<T>,
): Promise<T> {
  const beganMs = performance.now();
  const options = { name: sessionName(runId, "migration"), lockWaitMs: limitMs, limitMs: 2 * limitMs };
  for (;;) {
    try {
      return await withClient(url, use, options);
    } catch (error) {
      const passedMs = performance.now() - beganMs;
      if (!isAway(error) || passedMs > (signal?.aborted ? HURRIED_MS : BACK_MS)) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** It crashed and recovers, or is about to end. */
function isAway(error: unknown): boolean {
  return error instanceof ServiceError && /^(57P0[123]|ECONN)/.test(codeOf(error.cause) ?? "");
}
