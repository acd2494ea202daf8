import type { Run } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import type { UntilDecided, UntilDecidedSummary } from "../model/until_decided.ts";
import { mixShares } from "../model/mix_shares.ts";
import type { Rows } from "../store/runs.ts";
import { gapsWereDrawn, groupQuantiles } from "./block_pairs.ts";
import { type ComparingOptions, ONCE } from "./comparisons.ts";
import { judgingAfter, undecided } from "./looks.ts";
import { pairRatios } from "./pair_ratios.ts";
import { longestOf, plannedLengths } from "./planned_length.ts";

/** Of a run that ended when it knew: how it was planned, and how far it came. */
export interface Reached extends UntilDecided {
  /** Rounds that were measured, in which every arm had its block. */
  readonly rounds: number;
}

/** Null: the run was not one that ends when it knows. */
export async function reachedBy(
  rows: Rows,
  { runId, config: { untilDecided, arms } }: Pick<Run, "runId" | "config">,
): Promise<Reached | null> {
  if (untilDecided === undefined) return null;
  const blocks = await rows.rows<{ blocks: number }>(
    "SELECT count(*) AS blocks FROM phase WHERE run_id = $run AND measured AND end_us > start_us GROUP BY arm",
    { run: runId },
  );
  const rounds = blocks.length < arms.length ? 0 : Math.min(...blocks.map(({ blocks }) => Number(blocks)));
  return { ...untilDecided, rounds };
}

/**
 * By what its comparisons are judged: bounds that allow for the looks that were taken, where there were any, and of a run
 * that ended before its time the pairs that the last look saw.
 */
export function judgingOf(reached: Reached | null): Required<ComparingOptions> {
  if (reached === null || reached.rounds === 0) return { judging: ONCE, goesOn: false };
  return { judging: judgingAfter(reached.rounds, reached), goesOn: reached.rounds < reached.looks.at(-1)! };
}

/** What came of a run that ends when it knows. @param comparisons as they were judged at its end */
export async function untilDecidedSummary(
  rows: Rows,
  run: Pick<Run, "runId" | "config" | "status">,
  reached: Reached,
  comparisons: readonly Comparison[],
): Promise<UntilDecidedSummary> {
  const { rounds, looks } = reached;
  const open = undecided(comparisons);
  const asked = comparisons.filter(({ statistic }) => statistic === "p50").length;
  const mostSeconds = run.config.durationSeconds;
  const seconds = mostSeconds * rounds / looks.at(-1)!;
  return {
    ...reached,
    look: looks.filter((look) => look <= rounds).length,
    seconds,
    mostSeconds,
    decided: asked > 0 && open.length === 0,
    asked,
    open: open.map(({ operation, candidate, ratio }) => ({ operation, candidate, ratio })),
    // Who interrupts a run waits for its end, and is not told what more of it would have taken.
    requiredSeconds: run.status === "complete" ? await requiredSeconds(rows, run, { open, seconds }) : null,
  };
}

/**
 * How long a run takes that shows a change as large as its margin in what is open, from the noise that was measured; null
 * where nothing is open, or too little was measured to tell.
 * @param seconds that were measured
 */
export async function requiredSeconds(
  rows: Rows,
  { runId, config }: Pick<Run, "runId" | "config">,
  { open, seconds }: { readonly open: readonly Comparison[]; readonly seconds: number },
): Promise<number | null> {
  if (open.length === 0 || config.untilDecided === undefined) return null;
  const { margin } = config.untilDecided;
  const names = config.operations.map(({ name }) => name);
  const groups = await groupQuantiles(rows, runId, config.arms, names, { adjust: gapsWereDrawn(config) });
  const byArm = Map.groupBy(open, ({ candidate }) => candidate);
  const planned = [...byArm].flatMap(([candidate, own]) =>
    plannedLengths(pairRatios(groups, mixShares(config), own[0]!.baseline, candidate), {
      ratio: 1 + margin,
      seconds,
    }).filter(({ operation }) => own.some((each) => each.operation === operation))
  );
  return longestOf(planned);
}
