import type { SqlTarget } from "../targets/sql.ts";
import { ProofTargets } from "./proof_targets.ts";

/** Direct SQL over each of the databases that arms ask, with a connection of its own. */
export class References extends ProofTargets {
  /** @param session what the connections are called at the server */
  constructor(readonly session: string | undefined) {
    super();
  }

  /** Over the database at a URL. @throws {ServiceError} when it cannot be reached */
  of(url: string): Promise<SqlTarget> {
    return this.opened(url, { url, session: this.session });
  }
}
