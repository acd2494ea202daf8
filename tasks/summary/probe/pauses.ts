import type { Pause, ServerChange } from "../../model/probe.ts";
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
  readonly lagUs: number;
}

/** A generator that was late for so much of a pause has made it itself. */
const OWN_SHARE = 0.5;
/** New servers are noticed so long after connections reach them. */
const NOTICED_US = 1_000_000;
/** What tells of the end of a pause lies within so long of it. */
const NEAR_US = 50_000;

/** Pauses, and those that the load generator made itself. */
export interface FoundPauses {
  readonly pauses: Pause[];
  readonly ofGenerator: Pause[];
}

/** Reads the pauses of a run, in order of time; a read's or write's that all requests have alike is told once. */
export async function readPauses(
  rows: Rows,
  of: { readonly run: string; readonly writes: string },
  { untilUs, floorMs }: { readonly untilUs: number; readonly floorMs: number },
  { samples, changes }: {
    readonly samples: readonly ProbeSample[];
    readonly changes: readonly ServerChange[];
  },
): Promise<FoundPauses> {
  const found = await rows.rows<PauseRow>(query("probe/pauses"), {
    ...of,
    until: Math.round(untilUs),
    floor: Math.round(1000 * floorMs),
  });
  const slackUs = 1000 * floorMs;
  const told = found.filter((row) => !isToldOtherwise(row, found, slackUs));
  const made = (row: PauseRow): Pause => ({
    path: row.path,
    kind: row.kind,
    fromUs: row.fromUs,
    untilUs: row.untilUs,
    ms: (row.untilUs - row.fromUs) / 1000,
    requests: row.requests,
    failed: row.failed,
    ...row.ended ? endedBy(row, samples, changes) : { endedBy: null, server: null },
  });
  const isOwn = (row: PauseRow) => row.lagUs >= OWN_SHARE * (row.untilUs - row.fromUs);
  return {
    pauses: told.filter((row) => !isOwn(row)).map(made),
    ofGenerator: told.filter(isOwn).map(made),
  };
}

/** Where all requests of a path, or of all paths, paused as long, its reads and writes are not told of again. */
function isToldOtherwise(row: PauseRow, all: readonly PauseRow[], slackUs: number): boolean {
  const isWider = (other: PauseRow) =>
    (other.path === row.path && other.kind === "all" && row.kind !== "all") ||
    (other.path === null && row.path !== null && other.kind === row.kind) ||
    (other.path === null && other.kind === "all" && row.kind !== "all");
  return all.some((other) =>
    isWider(other) && Math.abs(other.fromUs - row.fromUs) <= slackUs &&
    Math.abs(other.untilUs - row.untilUs) <= slackUs
  );
}

function endedBy(
  { fromUs, untilUs }: Pick<Pause, "fromUs" | "untilUs">,
  samples: readonly ProbeSample[],
  changes: readonly ServerChange[],
): Pick<Pause, "endedBy" | "server"> {
  const within = ({ atUs }: { readonly atUs: number }, afterUs: number) =>
    atUs >= fromUs && atUs <= untilUs + afterUs;
  const regained = ofMetric(samples, "regained").filter((sample) => within(sample, NEAR_US)).length;
  if (regained === 0) return { endedBy: "same connections", server: null };
  const server = changes.filter(({ kind }) => kind === "server").slice(1)
    .findLast((change) => within(change, NOTICED_US));
  return { endedBy: "new connections", server: server?.text ?? null };
}
