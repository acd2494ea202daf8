import { detectableText, hasTooFewPairs, verdictWord } from "../model/comparison_text.ts";
import { roundsOf, secondsFor } from "../model/rounds.ts";
import type { RunConfig } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import { counted, formatCount, significant } from "../model/units.ts";
import { MIN_PAIRS } from "./comparisons.ts";

/** As they are told, the weightiest first. */
const VERDICTS = ["slower", "faster", "equivalent", "inconclusive", "too few pairs"] as const;

/** For each arm how its comparisons came out, and the smallest change that they could have shown. */
export function againstBaseline(config: RunConfig, comparisons: readonly Comparison[]): string[] {
  return config.arms.flatMap((arm) => {
    const own = comparisons.filter(({ candidate }) => candidate === arm);
    if (own.length === 0) return [];
    const most = own.reduce((n, each) => Math.max(n, each.n), 0);
    const found = most < MIN_PAIRS ? [tooFew(most, config)] : [outcome(own), smallest(own)];
    const { baseline } = own[0]!;
    const compared = `${arm} against ${baseline}${unchecked([arm, baseline], config)}`;
    return [`${compared}: ${found.filter((text) => text !== "").join(" ")}`];
  });
}

/** An arm may be fast because it answers something else: who reads what was found reads that nobody looked. */
function unchecked(arms: readonly string[], { unproven = [] }: RunConfig): string {
  const own = arms.filter((arm) => unproven.includes(arm));
  if (own.length === 0) return "";
  return ` (${own.length === 1 ? `${own[0]} was not` : "neither was"} checked for equal results)`;
}

/** What a run of so few pairs lacks, as the rest of a sentence. */
function tooFew(pairs: number, config: RunConfig): string {
  const lacks = `${counted(pairs, "pair")} of blocks; a verdict needs ${MIN_PAIRS}`;
  const plan = { arms: config.arms.length, blockSeconds: config.blockSeconds };
  if (roundsOf({ ...plan, durationSeconds: config.durationSeconds }) >= MIN_PAIRS) {
    return `${lacks}. Measure for longer, or at a higher rate.`;
  }
  return `${lacks}, which --duration ${secondsFor(MIN_PAIRS, plan)}s gives.`;
}

function outcome(own: readonly Comparison[]): string {
  const all = own.filter(({ operation }) => operation === null).map(allText);
  const medians = own.filter(({ operation, statistic }) => operation !== null && statistic === "p50");
  const tails = own.filter(({ statistic }) => statistic === "p95");
  return [...all, ...told("medians", medians), ...told("p95", tails)].join("; ") + ".";
}

function allText({ verdict, ratio, low, high, p }: Comparison): string {
  const numbers = ratio === null
    ? ""
    : ` (${significant(ratio, 3)}×${
      low === null || high === null ? "" : `, ${significant(low, 3)} to ${significant(high, 3)}`
    })`;
  return hasTooFewPairs({ verdict, p })
    ? "too few pairs of blocks for a verdict over all operations"
    : `${verdict} over all operations${numbers}`;
}

/** "medians slower in 2, inconclusive in 4". */
function told(name: string, own: readonly Comparison[]): string[] {
  if (own.length === 0) return [];
  const words = own.map(verdictWord);
  const parts = VERDICTS.map((word) => [word, words.filter((each) => each === word).length] as const)
    .filter(([, n]) => n > 0).map(([word, n]) => `${word} in ${formatCount(n)}`);
  return [`${name} ${parts.join(", ")}`];
}

function smallest(own: readonly Comparison[]): string {
  const known = (which: (row: Comparison) => boolean) =>
    own.filter((row) => which(row) && typeof row.detectable === "number").map(({ detectable }) =>
      detectable!
    );
  const all = known(({ operation }) => operation === null).map((ratio) =>
    `${detectableText(ratio)} over all operations`
  );
  const medians = known(({ operation, statistic }) => operation !== null && statistic === "p50");
  const [low, high] = [Math.min(...medians), Math.max(...medians)].map(detectableText);
  const each = medians.length === 0
    ? []
    : [low === high ? `${low} in medians` : `${span(low!, high!)} in medians, depending on the operation`];
  const parts = [...all, ...each];
  return parts.length === 0 ? "" : `Smallest detectable change: ${parts.join("; ")}.`;
}

/** A unit that both ends share is written once: `29–41 %`, `80 % to 2.1×`. */
function span(low: string, high: string): string {
  const unit = ["%", "×"].find((each) => low.endsWith(each) && high.endsWith(each));
  return unit === undefined ? `${low} to ${high}` : `${low.slice(0, -unit.length).trimEnd()}–${high}`;
}
