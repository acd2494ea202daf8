import { ExitCode } from "../model/errors.ts";
import { mixShares } from "../model/mix_shares.ts";
import type { Run } from "../model/run.ts";
import type { Comparison, RunSummary } from "../model/summary.ts";
import { counted, listed, significant } from "../model/units.ts";
import type { Confirmed } from "../report/bench_markdown.ts";
import { openRun } from "../store/read.ts";
import { gapsWereDrawn, groupQuantiles } from "../summary/block_pairs.ts";
import { confirmed } from "../summary/confirm.ts";
import { pairRatios } from "../summary/pair_ratios.ts";
import type { Summarised } from "./store_run.ts";

/** What measuring again said of what had looked slower. */
export interface Confirmation {
  /** The run that was made for it; null: nothing had looked slower. */
  readonly runId: string | null;
  /** What had. */
  readonly suspects: readonly Comparison[];
  /** Those of them that were slower again. */
  readonly confirmed: readonly Comparison[];
  /** Why it was not to be told; null: it was. */
  readonly fault: string | null;
}

/**
 * What looked slower of arms that files describe, and of such as ask by the path of one that is their baseline: that
 * another path is slower is no regression.
 */
export function suspectsOf(
  { comparisons, run, arms }: Pick<RunSummary, "comparisons" | "run" | "arms">,
): Comparison[] {
  const described = new Set((run.config.armFiles ?? []).map(({ name }) => name));
  const pathOf = new Map(arms.map(({ name, path }) => [name, path]));
  return comparisons.filter(({ baseline, candidate, verdict }) =>
    verdict === "slower" &&
    (described.has(candidate) || described.has(baseline) && pathOf.get(candidate) === pathOf.get(baseline))
  );
}

/** Why a run's comparisons, or that it has none, say nothing of the system; null: they do. */
export function undecided({ run, validity }: Pick<RunSummary, "run" | "validity">): string | null {
  return run.status !== "complete" ? "it was not finished" : validity.valid ? null : "it is INVALID";
}

/** Holds a run that was made again against what had looked slower. */
export async function judgeAgain(
  suspects: readonly Comparison[],
  { runId, db, summary }: Pick<Summarised, "runId" | "db" | "summary">,
): Promise<Confirmation> {
  const fault = undecided(summary);
  if (fault !== null) return { runId, suspects, confirmed: [], fault };
  const again = await slowerAgain(suspects, summary.run, db);
  return { runId, suspects, confirmed: again, fault: null };
}

async function slowerAgain(suspects: readonly Comparison[], run: Run, db: string): Promise<Comparison[]> {
  const { runId, config } = run;
  const rows = await openRun(runId, { db });
  const names = config.operations.map(({ name }) => name);
  const groups = await groupQuantiles(rows, runId, config.arms, names, {
    adjust: gapsWereDrawn(config),
  });
  const pairs = Map.groupBy(suspects, ({ baseline, candidate }) => JSON.stringify([baseline, candidate]));
  return [...pairs.values()].flatMap((own) => {
    const [{ baseline, candidate }] = own as [Comparison];
    const judged = confirmed(
      own,
      pairRatios(groups, mixShares(config), baseline, candidate),
      mixShares(config),
    );
    return judged.filter(({ verdict }) => verdict === "slower").map((each) => ({
      ...each,
      baseline,
      candidate,
    }));
  });
}

/** 1 where something is slower twice, 4 where nobody can tell. */
export function confirmationCode({ confirmed, fault }: Confirmation): ExitCode {
  if (confirmed.length > 0) return ExitCode.verdictFailed;
  return fault === null ? ExitCode.ok : ExitCode.invalid;
}

/** What came of it, for a comment: a sentence, and whether something is slower twice. */
export function confirmedBy(confirmation: Confirmation): Confirmed {
  return { text: confirmationText(confirmation), regressed: confirmation.confirmed.length > 0 };
}

/** What came of it, as a sentence. */
export function confirmationText({ runId, suspects, confirmed, fault }: Confirmation): string {
  if (runId === null) return "Nothing looked slower: nothing to confirm.";
  const what = counted(suspects.length, "comparison");
  if (fault !== null) {
    return `NOT CONFIRMED: ${what} looked slower, and the run that was to confirm it cannot: ${fault}.`;
  }
  if (confirmed.length === 0) {
    return `Not confirmed: ${what} looked slower, and measured again none was beyond chance.`;
  }
  return `REGRESSED: measured again, ${listed(confirmed.map(nameOf))}.`;
}

function nameOf({ candidate, operation, statistic, ratio }: Comparison): string {
  const times = ratio === null ? "" : ` (${significant(ratio, 3)}×)`;
  const question = operation === null ? "all operations together" : `${operation}'s ${statistic}`;
  return `${candidate} is slower in ${question}${times}`;
}

/** Of a run that is slower than a stored one, which cannot be measured again beside it. */
export const UNCONFIRMED =
  "Unconfirmed: a stored run cannot be measured again beside this one, and what changed in the machine since then looks " +
  "like the difference. Give the version before as an arm, like --arm base=base.json.";
