import type { LocksOfRecord, StatementBegin } from "./statement_locks.ts";

/** Users wait for what the migration holds while it is looked at: no longer than this, ms. */
export const HELD_MS = 250;

/** Is told how the statements of a migration go, by whoever runs them: so each one's locks are known as its own. */
export interface StatementWatch {
  /** A statement is sent, or sent once more. */
  began(begin: StatementBegin): void;
  /**
   * Looks what the statement holds, however short it was. To be waited for after the statement and before its transaction
   * ends; takes a millisecond, and no longer than `HELD_MS` whatever becomes of it. Never throws.
   */
  held(): Promise<void>;
  /**
   * The statement under way has ended, well or not. Its transaction may go on, with the next one.
   * @returns what its record says of its locks
   */
  ended(): LocksOfRecord;
  /** The transaction is over, by COMMIT, ROLLBACK or a failure, and what was held is free. */
  released(): void;
}

/** Where nobody watches. */
export const UNWATCHED: StatementWatch = {
  began() {},
  held: () => Promise.resolve(),
  ended: () => ({ lockMode: null, lockWaitUs: null }),
  released() {},
};
