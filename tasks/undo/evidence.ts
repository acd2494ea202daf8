import type { PathName } from "../model/operation.ts";
import type { Outcome } from "../model/timing.ts";
import { findPath } from "../paths/registry.ts";

/** What is known of what a request left under its key. */
export type Evidence =
  /** It was answered: what stands there is the run's. */
  | "written"
  /** It was sent, and nobody knows what became of it. */
  | "unknown"
  /** It was not sent, or it failed as a whole: what stands there is somebody else's. */
  | "nothing";

/** An arm of a run, as far as it decides who wrote. */
export interface WritingArm {
  readonly path: PathName;
  /** Whether its sessions at the server bear the run's name, so that the run can end them. */
  readonly ours: boolean;
  /** Whether it wrote into another database than the record's: nothing of that is to be taken back there. */
  readonly elsewhere?: boolean;
}

/** One attempt of a slot, as its run recorded it. */
export interface Attempt {
  readonly sent: boolean;
  readonly outcome: Outcome;
  /** SQLSTATE, HTTP status, GraphQL error code or a client's own code. */
  readonly error: string | undefined;
  /** Of the answer; -1 where they are not counted. */
  readonly rows?: number;
}

/**
 * What is known of what an attempt left.
 * @param path by which it was asked; undefined where nobody knows
 */
export function evidenceOf({ sent, outcome, error, rows }: Attempt, path: PathName | undefined): Evidence {
  if (!sent || outcome === "unsent" || outcome === "shed") return "nothing";
  // A statement that answers no row, as with ON CONFLICT DO NOTHING, may have written none.
  if (outcome === "ok") return rows === 0 ? "unknown" : "written";
  return outcome === "failed" && error !== undefined && failedWhole(error, path) ? "nothing" : "unknown";
}

/**
 * A statement that fails takes back all that it did. The server may yet have committed where it says that it was shut
 * down, crashed or lost its disk (53100 may be the write-ahead log's), or that it does not know.
 */
const MAY_HAVE_COMMITTED = /^(08|57P|58|F0|XX)|^(40003|53100)$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Integrity is violated by writes alone; any other error may be that of a field that was read after the commit. */
const INTEGRITY = /^23[0-9A-Z]{3}$|^constraint-violation$/;
/** Statuses of requests that a GraphQL server refuses before it does anything. */
const REFUSED: ReadonlySet<string> = new Set(["400", "401", "403", "404", "405", "413", "415", "429"]);

/**
 * Whether a request that failed with a code left nothing.
 * @param path by which it was asked; undefined where nobody knows
 */
export function failedWhole(error: string, path: PathName | undefined): boolean {
  if (findPath(path)?.language === "sql") return SQLSTATE.test(error) && !MAY_HAVE_COMMITTED.test(error);
  return INTEGRITY.test(error) || REFUSED.has(error);
}

/** A connection that was lost, or a proxy that has waited long enough. */
const UNANSWERED = /^(E[A-Z]+|HTTP|INVALID_RESPONSE|408|499|50[0-9]|52[0-9])$/;

/** Whether an attempt that was sent may be at work yet: nobody has answered it. */
export function isUnanswered({ sent, outcome, error }: Attempt): boolean {
  return sent && (outcome === "timeout" || outcome === "failed" && UNANSWERED.test(error ?? "HTTP"));
}
