import type { Machine } from "../finding.ts";
import { ratioOf, type Spread } from "../spread.ts";

/** What one side needed for the same rows, round by round. */
export interface Timed {
  readonly what: string;
  readonly rows: number;
  readonly seconds: readonly number[];
}

/** What was measured side by side: Benchbook, and its peers with the same rows in the same rounds. */
export interface Contest {
  readonly what: string;
  readonly ours: Timed;
  readonly peers: readonly Peer[];
}

export interface Peer extends Timed {
  /** Benchbook's rate as a multiple of the peer's: the median of the pairs' ratios, and their range. */
  readonly ratio: Spread;
  /** The least ratio that Benchbook promises; null where nothing is promised. */
  readonly goal: number | null;
  readonly reached: boolean | null;
}

/** The result of `selfbench seed`; what `--json` prints. */
export interface SeedBenchResult {
  readonly part: "seed";
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  /** Connections of Benchbook, and of the peer that has as many. */
  readonly connections: number;
  readonly rows: number;
  /** The rows as COPY text. */
  readonly copyBytes: number;
  /** Of the rows, the same on all sides. */
  readonly hash: string;
  readonly contests: readonly Contest[];
  /** Rows of its own by pgbench, with its vacuum and primary keys: no peer, a measure beside. */
  readonly pgbench: (Timed & { readonly version: string }) | { readonly unavailable: string };
  /** Of Benchbook's seconds for the rows, those before the first row: making the value pools. */
  readonly prepareSeconds: readonly number[];
  readonly memory: Memory;
  readonly machine: SeedMachine;
}

/** The most that the process which seeds had resident; null where the system does not tell. */
export interface Memory {
  readonly peakBytes: number | null;
  readonly goalBytes: number;
  readonly reached: boolean | null;
}

/** Where it was measured, with what shapes a load there. */
export interface SeedMachine extends Machine {
  readonly postgres: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** At least this share of COPY's rate. */
export const GOAL_RATIO = 0.95;
/** The generator keeps below this. */
export const GOAL_BYTES = 400_000_000;

/**
 * Sets Benchbook beside its peers.
 * @param peers with as many rounds as ours, each pair of the same round
 * @param beside names of peers that are shown without a goal
 */
export function contest(
  what: string,
  ours: Timed,
  peers: readonly Timed[],
  beside: readonly string[] = [],
): Contest {
  return {
    what,
    ours,
    peers: peers.map((peer) => {
      // The rows are the same, so the rates' ratio is that of the times, turned round.
      const ratio = ratioOf(peer.seconds, ours.seconds);
      if (beside.includes(peer.what)) return { ...peer, ratio, goal: null, reached: null };
      return { ...peer, ratio, goal: GOAL_RATIO, reached: ratio.median >= GOAL_RATIO };
    }),
  };
}

/** What the highest of some peaks comes to. */
export function memory(peakBytes: number | null): Memory {
  return { peakBytes, goalBytes: GOAL_BYTES, reached: peakBytes === null ? null : peakBytes < GOAL_BYTES };
}
