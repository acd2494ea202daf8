import type { RunConfig } from "../model/run.ts";
import type { UntilDecided } from "../model/until_decided.ts";
import { counted, significant } from "../model/units.ts";

/** The margin as `--until-decided` takes it; null: the run's length was fixed. */
export function marginOption({ untilDecided }: Pick<RunConfig, "untilDecided">): string | null {
  return untilDecided === undefined ? null : `${Number((100 * untilDecided.margin).toPrecision(9))}%`;
}

/** How a run is judged that ends when it knows. */
export function looksText({ margin, looks }: UntilDecided): string {
  return `The run was to end as soon as each comparison over all operations and of medians was decided, or equivalent within ${
    significant(margin * 100, 2)
  } %. It was looked at up to ${
    counted(looks.length, "time")
  }, in pauses of the measurement, by bounds that spend ` +
    "little of each share of the 5 % early (Lan and DeMets 1983, of O'Brien and Fleming's shape), for being different and " +
    "for being equivalent; p is adjusted for them. Intervals of ratios are repeated confidence intervals (Jennison and " +
    "Turnbull 1989): they hold over all looks together, so at whichever the run ended. The ratio of a run that ended " +
    "early is a little too far from 1 on average. Intervals of one arm's quantiles take no account of the looks, whose " +
    "end depends on ratios alone.";
}
