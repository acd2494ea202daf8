import type { Pause, ProbeConfig, ServerChange } from "../../model/probe.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { ofMetric, type ProbeSample } from "./samples.ts";

/** One row of probe/pauses.sql. */
interface PauseRow {
  readonly path: string | null;
  readonly kind: Pause["kind"];
  readonly fromUs: number;
  readonly untilUs: number;
  readonly ended: boolean;
  readonly requests: number;
  readonly failed: number;
  readonly leastUs: number;
}

/** A generator that has not run for less than this was not late: it does one thing after another. */
const TURN_US = 1000;
/** Of the same time, one that is longer by less than so many floors, and than this share of it, is the same pause. */
const [SAME_FLOORS, SAME_SHARE] = [2, 0.1];
/** New servers are noticed so long after connections reach them. */
const NOTICED_US = 1_000_000;
/** What tells of the end of a pause lies within so long of it. */
const NEAR_US = 50_000;

const NOT_ENDED = { endedBy: null, server: null, otherServer: false } as const;

/** Pauses, and those that the load generator made itself. */
export interface FoundPauses {
  readonly pauses: Pause[];
  readonly ofGenerator: Pause[];
}

/** Reads the pauses of a run, in order of time; a read's or write's that all requests have alike is told once. */
export async function readPauses(
  rows: Rows,
  of: { readonly run: string; readonly writes: string },
  { untilUs, floorMs, floors }: { readonly untilUs: number } & Pick<ProbeConfig, "floorMs" | "floors">,
  { samples, changes }: {
    readonly samples: readonly ProbeSample[];
    readonly changes: readonly ServerChange[];
  },
): Promise<FoundPauses> {
  const found = await rows.rows<PauseRow>(query("probe/pauses"), {
    ...of,
    until: Math.round(untilUs),
    floor: Math.round(1000 * floorMs),
    floors: JSON.stringify(
      Object.entries(floors ?? {}).map(([path, ms]) => ({ path, us: Math.round(1000 * ms) })),
    ),
    turn: TURN_US,
  });
  const floorUs = 1000 * floorMs;
  const told = found.filter((row) => !isToldOtherwise(row, found, floorUs));
  const made = (row: PauseRow): Pause => ({
    path: row.path,
    kind: row.kind,
    fromUs: row.fromUs,
    untilUs: row.untilUs,
    ms: (row.untilUs - row.fromUs) / 1000,
    leastMs: row.leastUs / 1000,
    requests: row.requests,
    failed: row.failed,
    ...row.ended ? endedBy(row, samples, changes) : NOT_ENDED,
  });
  const isOwn = ({ leastUs }: PauseRow) => leastUs <= floorUs;
  return {
    pauses: told.filter((row) => !isOwn(row)).map(made),
    ofGenerator: told.filter(isOwn).map(made),
  };
}

/** Where all requests of a path, or of all paths, paused about as long, its reads and writes are not reported of again. */
function isToldOtherwise(row: PauseRow, all: readonly PauseRow[], floorUs: number): boolean {
  const lasted = ({ fromUs, untilUs }: PauseRow) => untilUs - fromUs;
  const slackUs = Math.max(SAME_FLOORS * floorUs, SAME_SHARE * lasted(row));
  const isWider = (other: PauseRow) =>
    (other.path === row.path && other.kind === "all" && row.kind !== "all") ||
    (other.path === null && row.path !== null && other.kind === row.kind) ||
    (other.path === null && other.kind === "all" && row.kind !== "all");
  return all.some((other) =>
    isWider(other) && other.fromUs < row.untilUs && row.fromUs < other.untilUs &&
    lasted(row) - lasted(other) <= slackUs
  );
}

function endedBy(
  { fromUs, untilUs }: Pick<Pause, "fromUs" | "untilUs">,
  samples: readonly ProbeSample[],
  changes: readonly ServerChange[],
): Pick<Pause, "endedBy" | "server" | "otherServer"> {
  const within = ({ atUs }: { readonly atUs: number }, afterUs: number) =>
    atUs >= fromUs && atUs <= untilUs + afterUs;
  const regained = ofMetric(samples, "regained").filter((sample) => within(sample, NEAR_US)).length;
  if (regained === 0) return { ...NOT_ENDED, endedBy: "same connections" };
  const server = changes.findLast((change) => change.compared !== undefined && within(change, NOTICED_US));
  if (server === undefined || server.compared === "same") return { ...NOT_ENDED, endedBy: "new connections" };
  return { endedBy: "new connections", server: server.text, otherServer: server.compared === "other" };
}
