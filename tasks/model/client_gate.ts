/** Where clients are during a move from one server to another. */
export type MoveSide = "source" | "target";

/**
 * The gate of client pools: during a switch of servers nothing passes it, nothing is lost, and what is due waits. It is
 * open at the source to begin with. One call at a time.
 */
export interface ClientGate {
  /**
   * Opens connections to a server beforehand, so that a pause holds no connecting. Clients go on meanwhile where they
   * are. Once more later it opens anew what was lost in between.
   * @throws {BenchbookError} where that server cannot be reached: nothing has changed then
   */
  prepare(at: MoveSide, signal?: AbortSignal): Promise<void>;
  /**
   * From now on clients send nothing more: what is due waits (for a connection, and is recorded so), what is under way
   * ends as it would. Resolves when nothing is under way.
   * @throws the signal's reason, or {BenchbookError}: the gate is open then where it was before
   */
  close(signal?: AbortSignal): Promise<void>;
  /**
   * Clients go on, all at this server. Resolves when they do.
   * @throws {BenchbookError} where they cannot: the gate stays closed, and may be opened at the other server
   */
  open(at: MoveSide): Promise<void>;
}
