import type { Stall } from "../model/migration_summary.ts";
import type { WaitSpan } from "./waiting_sessions.ts";

/** A second of one path, or some, by the time at which requests were due. */
export interface PathSecond {
  /** The path's name, e.g. `sql+cache`. */
  readonly path: string;
  /** Seconds from the run's start, the beginning of the bin. */
  readonly second: number;
  /** Width of the bin in seconds. */
  readonly bin: number;
  /** What part of the run it belongs to. */
  readonly segment: string;
  /** Requests due in it, whatever became of them. */
  readonly n: number;
  /** Those of them that did not succeed. */
  readonly errors: number;
  /** Response time of requests that reached the database, ms; null where it cannot be told. */
  readonly p95: number | null;
  /** 0 to 1; null without a cache. */
  readonly hitRate: number | null;
}

/** What the database answered over all paths together in a quarter of a second. */
export interface AnswerBin {
  /** The bin's beginning, seconds from the run's start. */
  readonly second: number;
  /** In seconds. */
  readonly width: number;
  /** Requests that were answered in it. */
  readonly ok: number;
  /** Requests that failed or were given up in it. */
  readonly errors: number;
}

/** A statement of the migration as it ran; times are µs from the run's start. */
export interface StepSpan {
  /** The file's number, from 1. */
  readonly step: number;
  /** Its number within the file, from 1. */
  readonly statement: number;
  /** The file's path. */
  readonly file: string;
  /** When it began. */
  readonly startUs: number;
  /** When it ended; null: never. */
  readonly endUs: number | null;
  /** The SQLSTATE with which it failed; null: it did not. */
  readonly errorCode: string | null;
}

/** A part of the run; times are µs from its start. */
export interface SegmentSpan {
  /** As the run's schedule calls it. */
  readonly segment: string;
  /** Whether the database is changed in it. */
  readonly changing: boolean;
  /** Its first moment. */
  readonly startUs: number;
  /** Its end. */
  readonly endUs: number;
}

/** How far the other server of a move was behind at one moment. */
export interface LagPoint {
  /** Seconds from the run's start. */
  readonly second: number;
  /** Log that it had not confirmed; null: that was not sampled then. */
  readonly bytes: number | null;
  /** How much later a row was seen there; null likewise. */
  readonly ms: number | null;
}

/** When clients went from one server to the other; times are µs from the run's start. */
export interface SwitchSpan {
  /** The server that they went to, e.g. `target`. */
  readonly to: string;
  /** From here on they were held. */
  readonly startUs: number;
  /** From here on they went on. */
  readonly endUs: number;
}

/** What is drawn of one run of a migration. */
export interface MigrationRun {
  /** What tells it apart from the one beside it, e.g. `naive`. */
  readonly name: string;
  /** Response times and hit rates, path by path. */
  readonly seconds: readonly PathSecond[];
  /** Answers and errors, all paths together. */
  readonly answers: readonly AnswerBin[];
  /** The migration's statements. */
  readonly steps: readonly StepSpan[];
  /** Every wait for a lock that was seen. */
  readonly waits: readonly WaitSpan[];
  /** The parts of the run, in order of time. */
  readonly segments: readonly SegmentSpan[];
  /** The longest; null: none. */
  readonly stall: Stall | null;
  /** Of a move to another server; absent or empty elsewhere. */
  readonly lag?: readonly LagPoint[];
  /** Likewise. */
  readonly switches?: readonly SwitchSpan[];
}

/** What of a run lies between two moments, in seconds from its start. */
export function between(run: MigrationRun, from: number, end: number): MigrationRun {
  const isInside = (second: number) => second >= from && second <= end;
  const clip = <End extends number | null, Row extends { readonly startUs: number; readonly endUs: End }>(
    rows: readonly Row[],
  ) =>
    rows.map((row) => ({
      ...row,
      startUs: Math.max(row.startUs, from * 1e6),
      endUs: row.endUs === null ? null : Math.min(row.endUs, end * 1e6),
    })).filter(({ startUs, endUs }) => startUs < (endUs ?? end * 1e6));
  const { stall } = run;
  const [stalled] = stall === null ? [] : clip([{ ...stall, startUs: stall.fromUs, endUs: stall.untilUs }]);
  return {
    ...run,
    seconds: run.seconds.filter(({ second, bin }) => isInside(second) && isInside(second + bin)),
    answers: run.answers.filter(({ second, width }) => isInside(second) && isInside(second + width)),
    steps: clip(run.steps),
    waits: clip(run.waits.map((wait) => ({ ...wait, startUs: wait.atUs, endUs: wait.atUs + wait.waitedUs })))
      .map(({ startUs, endUs, ...wait }) => ({ ...wait, atUs: startUs, waitedUs: endUs - startUs })),
    segments: clip(run.segments),
    lag: run.lag?.filter(({ second }) => isInside(second)),
    switches: run.switches?.filter(({ endUs }) => isInside(endUs / 1e6)),
    stall: stalled === undefined ? null : { ...stall!, fromUs: stalled.startUs, untilUs: stalled.endUs },
  };
}
