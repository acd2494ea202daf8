import { monotonicUs } from "../net/clock.ts";
import { SqlTarget } from "../targets/sql.ts";
import { PROOF_LIMITS } from "./proof_session.ts";

/** Direct SQL over each of the databases that arms ask, with a connection of its own. */
export class References implements AsyncDisposable {
  readonly #session: string | undefined;
  readonly #byUrl = new Map<string, SqlTarget>();

  /** @param session what the connections are called at the server */
  constructor(session: string | undefined) {
    this.#session = session;
  }

  /** Over the database at a URL. @throws {ServiceError} when it cannot be reached */
  async of(url: string): Promise<SqlTarget> {
    const opened = this.#byUrl.get(url);
    if (opened !== undefined) return opened;
    const { statementMs: limitMs, lockMs } = PROOF_LIMITS;
    const made = new SqlTarget({
      url,
      session: this.#session,
      connections: 1,
      limitMs,
      lockMs,
      nowUs: monotonicUs,
    });
    await made.open();
    this.#byUrl.set(url, made);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#byUrl.values()].map((made) => made.close()));
  }
}
