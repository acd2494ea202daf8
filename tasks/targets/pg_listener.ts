import type { Row } from "./pg_rows.ts";

/** What came back for one statement. */
export interface PgReply {
  /** Null where it succeeded; a PgError, or an error of the connection, which is closed then. */
  readonly error: Error | null;
  /** Rows received. */
  readonly rows: number;
  /** All bytes received for it. */
  readonly bytes: number;
  /** The rows themselves, only where they were asked for. */
  readonly answer: readonly Row[] | null;
}

/**
 * Hears of one statement, by calls and not by promises: several answers arrive in one turn of the event loop,
 * and each is complete when it was read, not when the others were too.
 */
export interface PgListener {
  /** Its bytes go out now. */
  onSent(): void;
  /** Called once for every statement. */
  onReply(reply: PgReply): void;
}
