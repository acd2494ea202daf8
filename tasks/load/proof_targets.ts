import { monotonicUs } from "../net/clock.ts";
import { SqlTarget, type SqlTargetOptions } from "../targets/sql.ts";
import { PROOF_LIMITS } from "./proof_session.ts";

/** Connections of a comparison's, each opened when it is asked for first. */
export class ProofTargets implements AsyncDisposable {
  readonly #opened = new Map<string, SqlTarget>();

  /** @throws {ServiceError} when the server cannot be reached */
  protected async opened(
    key: string,
    asked: Pick<SqlTargetOptions, "url" | "session" | "settings">,
  ): Promise<SqlTarget> {
    const opened = this.#opened.get(key);
    if (opened !== undefined) return opened;
    const { statementMs: limitMs, lockMs } = PROOF_LIMITS;
    const made = new SqlTarget({ ...asked, connections: 1, limitMs, lockMs, nowUs: monotonicUs });
    await made.open();
    this.#opened.set(key, made);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#opened.values()].map((made) => made.close()));
  }
}
