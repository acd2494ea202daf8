import { monotonicUs } from "../net/clock.ts";
import { SqlTarget } from "../targets/sql.ts";
import type { Statement } from "../targets/target.ts";
import type { Arm } from "./plan.ts";
import { PROOF_LIMITS } from "./proof_session.ts";

const control = (name: string, operationId: number): Statement => ({
  operationId,
  name,
  write: false,
  text: name,
  parameters: [],
});
/** What is asked after it writes nothing, until `ROLLBACK`. */
export const BEGIN_READ_ONLY = control("BEGIN READ ONLY", 200_000);
/** Ends it. */
export const ROLLBACK = control("ROLLBACK", 200_001);

/** Connections beside those of arms, over which their SQL is asked in transactions that write nothing. */
export class WriteGuards implements AsyncDisposable {
  /** By the names of arms. */
  readonly #opened = new Map<string, SqlTarget>();

  /**
   * A connection to an arm's database in a session as the arm has them, without any cache.
   * @throws {ServiceError} when it cannot be reached
   */
  async of({ name, target: { url, session, settings } }: Arm): Promise<SqlTarget> {
    const opened = this.#opened.get(name);
    if (opened !== undefined) return opened;
    const { statementMs: limitMs, lockMs } = PROOF_LIMITS;
    const made = new SqlTarget({
      url,
      session,
      settings,
      connections: 1,
      limitMs,
      lockMs,
      nowUs: monotonicUs,
    });
    await made.open();
    this.#opened.set(name, made);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#opened.values()].map((made) => made.close()));
  }
}
