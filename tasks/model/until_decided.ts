import { plannedTime } from "./planned_text.ts";
import { counted, formatCount, formatSeconds, formatShare, listed, significant } from "./units.ts";

/** How a run was planned that ends when it knows. */
export interface UntilDecided {
  /** Ratios from 1 ÷ (1 + margin) to 1 + margin count as the same. */
  readonly margin: number;
  /** It was to be looked at after so many rounds each, ascending; the last one is after all that it could have. */
  readonly looks: readonly number[];
}

/** What came of such a run. */
export interface UntilDecidedSummary extends UntilDecided {
  /** Rounds that were measured. */
  readonly rounds: number;
  /** How many of the looks were reached. */
  readonly look: number;
  /** Measured time over all arms, washouts included. */
  readonly seconds: number;
  /** What it could have been at most. */
  readonly mostSeconds: number;
  /** Whether the run knows all that it was asked: each comparison over all operations, and of medians, has a verdict. */
  readonly decided: boolean;
  /** How many comparisons were asked. */
  readonly asked: number;
  /** Those that are open. */
  readonly open: readonly OpenComparison[];
  /**
   * What a run would take that shows a change as large as the margin in those; null: nothing is open, too little was
   * measured to tell, or the run was interrupted.
   */
  readonly requiredSeconds: number | null;
}

/** A comparison without a verdict. */
export interface OpenComparison {
  /** The question; null: all together. */
  readonly operation: string | null;
  /** The arm that is compared. */
  readonly candidate: string;
  /** As far as it is known; null: it has no number. */
  readonly ratio: number | null;
}

/** So many open comparisons are named. */
const MOST_NAMED = 3;

/** What came of it, as sentences. @param complete whether the run ended by itself */
export function untilDecidedText(of: UntilDecidedSummary, complete: boolean): string {
  const { look, looks, seconds, mostSeconds, asked, open, decided, margin } = of;
  const after = `after ${lookText(look, looks.length)} and ${formatSeconds(Math.round(seconds))}, ${
    formatShare(seconds / mostSeconds)
  } of the ${formatSeconds(mostSeconds)} that it could take`;
  if (!complete) return `It was not decided when the run ended, ${after}.`;
  if (decided) {
    return `Decided ${after}: ${
      counted(asked, "comparison")
    } over all operations and of medians, each faster, slower, ` +
      `or equivalent within ${percent(margin)}.`;
  }
  const named = open.slice(0, MOST_NAMED).map(({ operation, candidate }) =>
    `${operation ?? "all operations"} of ${candidate}`
  );
  const more = open.length > MOST_NAMED ? [`${formatCount(open.length - MOST_NAMED)} more`] : [];
  return `Undecided ${after}: ${formatCount(open.length)} of ${counted(asked, "comparison")} inconclusive (${
    listed([...named, ...more])
  }). ${requiredText(of)}`;
}

function lookText(look: number, looks: number): string {
  return look === looks
    ? `all of ${counted(looks, "look")}`
    : `${formatCount(look)} of ${counted(looks, "look")}`;
}

function requiredText({ requiredSeconds, mostSeconds, margin }: UntilDecidedSummary): string {
  if (requiredSeconds === null) return "Too little was measured to tell what would decide them.";
  const time = plannedTime(requiredSeconds);
  return requiredSeconds > mostSeconds
    ? `With the noise that was measured it takes about ${time} to tell a change of ${
      percent(margin)
    }: give --duration ` +
      "so much, or a larger share."
    : `With the noise that was measured ${time} mostly tell a change of ${
      percent(margin)
    }: these lie close to it, where ` +
      "it takes longer.";
}

/** Such a noise may be of the run's first part alone; what it takes is said where it is well beyond what is there. */
const BEYOND = 2;

/** What is said early in a run whose time will not do, without a full stop; null: it may. */
export function tooShortText(
  requiredSeconds: number,
  { mostSeconds, margin }: Pick<UntilDecidedSummary, "mostSeconds" | "margin">,
): string | null {
  if (requiredSeconds <= BEYOND * mostSeconds) return null;
  return `with this noise it takes about ${plannedTime(requiredSeconds)} to tell a change of ${
    percent(margin)
  }: the ${formatSeconds(mostSeconds)} of --duration will most likely end undecided`;
}

function percent(margin: number): string {
  return `${significant(margin * 100, 2)} %`;
}
