import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { SessionLimits } from "../model/session_limits.ts";
import { sessionPrefix } from "../model/session_name.ts";
import { isAnswering } from "../postgres/client.ts";
import { PATIENCE, watchPatience } from "../postgres/patience.ts";
import { GENEROUS } from "../seed/connect.ts";
import {
  LOCK_NOT_AVAILABLE,
  LOCK_WAIT_MS,
  lockError,
  type LockWaitWatch,
  watchLockWaits,
} from "../seed/lock_waits.ts";
import { askOnce, type Call, type Target } from "../targets/target.ts";

/** What a session of a comparison may take: nobody waits for it as for a request, and a cold cache makes it slow. */
export const PROOF_LIMITS: SessionLimits = { statementMs: GENEROUS.limitMs, lockMs: LOCK_WAIT_MS };

/** What has ended a statement by itself: a limit of the server's, or somebody who cancelled it. */
const QUERY_CANCELED = "57014";
/** The server's own limit ends a statement before this side gives it up. */
const MARGIN_MS = 5000;
/** What is given up is given up again after so long: it may not have been sent yet. */
const AGAIN_MS = 200;
/** So long a statement that is given up may take to be cancelled. */
const CANCEL_MS = 2000;

export interface ProofSessionOptions {
  /** Of all databases that are asked. */
  readonly databaseUrls: readonly string[];
  /** Whose connections are used: those of all arms bear its name. */
  readonly runId?: string;
  readonly signal: AbortSignal;
}

/** Asks one thing at a time over any arm, and waits neither for ever nor after an interruption. */
export class ProofSession implements Disposable {
  readonly #signal: AbortSignal;
  readonly #locks: readonly LockWaitWatch[];
  readonly #stop: () => void;
  #call: Call | null = null;
  #sinceMs = 0;
  #giveUp: (error: Error) => void = () => {};

  constructor({ databaseUrls, runId, signal }: ProofSessionOptions) {
    this.#signal = signal;
    const current = () => this.#call;
    const prefix = runId === undefined ? null : sessionPrefix(runId);
    this.#locks = databaseUrls.map((url) => watchLockWaits({ url, pids: [], prefix, current }));
    const applicationName = "benchbook-proof";
    this.#stop = watchPatience({ ...PATIENCE, limitMs: GENEROUS.limitMs + MARGIN_MS }, {
      current,
      // Whichever is asked: where one is gone the comparison cannot go on.
      isAnswering: async (connectTimeoutMs) => {
        const options = { applicationName, connectTimeoutMs };
        const answering = await Promise.all(databaseUrls.map((url) => isAnswering(url, options)));
        return answering.every((each) => each);
      },
      giveUp: (error) => this.#giveUp(error),
    });
  }

  /**
   * Asks, and resolves when the answer is there.
   * @throws {ServiceError} where nothing comes, or others hold a lock that is needed
   * @throws {InterruptedError} after the signal; then nothing of it goes on at PostgreSQL
   */
  async ask(target: Target, call: Call): Promise<void> {
    if (this.#signal.aborted) throw new InterruptedError();
    const { promise: givenUp, reject } = Promise.withResolvers<never>();
    let again: ReturnType<typeof setInterval> | undefined;
    let late: ReturnType<typeof setTimeout> | undefined;
    this.#giveUp = (error) => {
      call.abort?.();
      again ??= setInterval(() => call.abort?.(), AGAIN_MS);
      late ??= setTimeout(() => reject(error), CANCEL_MS);
    };
    const interrupt = () => this.#giveUp(new InterruptedError());
    this.#signal.addEventListener("abort", interrupt);
    this.#call = call;
    this.#sinceMs = performance.now();
    try {
      await Promise.race([askOnce(target, call), givenUp]);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      throw new ServiceError(
        `Cannot compare what ${call.statement.name} answers: ${(error as Error).message}`,
        "deno task logs shows what the services said.",
        { cause: error },
      );
    } finally {
      this.#call = null;
      this.#signal.removeEventListener("abort", interrupt);
      clearInterval(again);
      clearTimeout(late);
    }
    if (this.#signal.aborted) throw new InterruptedError();
    this.#expectNoLock(call);
  }

  #expectNoLock({ outcome, error }: Call): void {
    if (outcome === "ok") return;
    const [seen = null] = this.#locks.flatMap((locks) => locks.seen() ?? []);
    if (error !== LOCK_NOT_AVAILABLE && (error !== QUERY_CANCELED || seen === null)) return;
    throw lockError(seen, Math.round((performance.now() - this.#sinceMs) / 100) * 100, error);
  }

  [Symbol.dispose](): void {
    this.#stop();
    for (const locks of this.#locks) locks.stop();
  }
}
