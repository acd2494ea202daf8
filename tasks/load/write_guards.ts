import type { SqlTarget } from "../targets/sql.ts";
import type { Statement } from "../targets/target.ts";
import type { Arm } from "./plan.ts";
import { ProofTargets } from "./proof_targets.ts";

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
export class WriteGuards extends ProofTargets {
  /**
   * A connection to an arm's database in a session as the arm has them, without any cache.
   * @throws {ServiceError} when it cannot be reached
   */
  of({ name, target: { url, session, settings } }: Arm): Promise<SqlTarget> {
    return this.opened(name, { url, session, settings });
  }
}
