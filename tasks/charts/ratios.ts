import * as Plot from "@observablehq/plot";
import { hasTooFewPairs, isNotJudged, verdictWord } from "../model/comparison_text.ts";
import { significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, MUTED, type SeriesStyle } from "./palette.ts";
import { drawRatios, ratioText } from "./ratio_drawing.ts";

/** Candidate over baseline; below 1 the candidate is faster. Null where it cannot be estimated. */
export interface RatioRow {
  /** The operation that both arms were asked; null: all together. */
  readonly operation: string | null;
  /** The arm compared with, e.g. `sql`. */
  readonly baseline: string;
  /** The arm that is compared. */
  readonly candidate: string;
  /** What of the response time is compared, e.g. `p50`; each has a column of its own in the chart. */
  readonly statistic: string;
  /** Candidate ÷ baseline, e.g. 0.5 for twice as fast; null rows stand in the table only. */
  readonly ratio: number | null;
  /** Lower end of the ratio's interval. */
  readonly low: number | null;
  /** Upper end of the ratio's interval. */
  readonly high: number | null;
  /** Adjusted p; null: too few pairs for a verdict. */
  readonly p?: number | null;
  /** `faster`, `slower`, `equivalent` or `inconclusive`, which is drawn hollow. */
  readonly verdict: string;
  /** Doubts about it, by their codes. */
  readonly warnings?: readonly { readonly code: string }[];
}

/** The margin within which a difference is called equivalent. */
export const EQUIVALENCE_MARGIN = 0.05;

const ALL = "all";

type NamedRow = RatioRow & { readonly operation: string };
type KnownRow = NamedRow & { readonly ratio: number };

/**
 * Rule, dot and interval per operation and candidate, against the band of the margin: all together, then slowest first.
 * @param margin within which ratios are called equivalent: of a run that ends when it knows its own
 */
export function ratioChart(
  given: readonly RatioRow[],
  { id = "ratios", title = "Ratios with their intervals", margin = EQUIVALENCE_MARGIN } = {},
): Figure {
  const rows = given.map((row): NamedRow => ({ ...row, operation: row.operation ?? ALL }));
  const known = rows.filter((row): row is KnownRow => row.ratio !== null);
  // The order of styles follows the arms of the other charts, where the baseline comes first.
  const styles = [...armStyles([...rows.map((row) => row.baseline), ...rows.map((row) => row.candidate)])]
    .filter(([arm]) => known.some((row) => row.candidate === arm));
  const count = (verdict: string) => known.filter((row) => row.verdict === verdict).length;
  return makeFigure({
    id,
    title,
    label: known.length === 0
      ? "No ratio could be estimated"
      : `Of ${known.length} comparisons ${count("faster")} are faster, ${count("slower")} slower, ` +
        `${count("equivalent")} equivalent and ${count("inconclusive")} ${
          known.some(isNotJudged) ? "not judged" : "inconclusive"
        }`,
    svg: drawn(id, known, styles, margin),
    legend: styleLegend(styles, "dot"),
    reading: "A mark left of the rule is faster than the baseline and right of it slower, with its 95 % " +
      `interval; the shaded band is ±${
        significant(margin * 100, 2)
      } %, within which a difference is negligible. ` +
      "Hollow marks are " +
      `${
        known.some(isNotJudged) ? "not judged: the run is invalid" : `inconclusive: ${whyInconclusive(known)}`
      }.`,
    table: {
      columns: [
        ...words("Operation", "Candidate", "Statistic"),
        ...numbers("Ratio and interval"),
        ...words("Verdict"),
      ],
      rows: rows.map((row) => [
        row.operation,
        row.candidate,
        row.statistic,
        ratioText(row),
        verdictWord(row),
      ]),
    },
  });
}

function drawn(
  id: string,
  known: readonly KnownRow[],
  styles: readonly (readonly [string, SeriesStyle])[],
  margin: number,
): string {
  const values = known.flatMap((row) => [row.ratio, row.low ?? row.ratio, row.high ?? row.ratio]);
  const low = Math.min(0.8, ...values) / 1.06;
  const high = Math.max(1.25, ...values) * 1.06;
  const band = { x1: 1 / (1 + margin), x2: 1 + margin };
  const placed = known.map((row) => ({ ...row, row: row.operation, who: row.candidate }));
  return drawRatios(id, placed, {
    styles,
    first: ALL,
    weight: (ratio) => ratio,
    rowHeight: 18,
    ends: [low, high],
    ticks: ratioTicks(low, high),
    label: "faster ← ratio to the baseline → slower",
    behind: [
      Plot.rect([band], { x1: "x1", x2: "x2", fill: MUTED, fillOpacity: 0.2 }),
      Plot.ruleX([1], { stroke: "currentColor" }),
    ],
    title: (row) =>
      `${row.operation} ${row.statistic}: ${row.candidate} is ${ratioText(row)} ` +
      `of ${row.baseline} (${verdictWord(row)})`,
  });
}

/** Too few pairs are a cause of their own: their intervals may be narrow. */
function whyInconclusive(known: readonly RatioRow[]): string {
  const open = known.filter(({ verdict }) => verdict === "inconclusive");
  const few = open.filter(hasTooFewPairs).length;
  if (few === 0) return "the evidence is too weak for a verdict, the number of comparisons considered";
  const which = few === open.length ? "they rest on" : `${few} of ${open.length} rest on`;
  return `${which} too few pairs of blocks for a verdict`;
}

/** 1 and its powers of two within the axis; of four or ten where those would crowd it. */
export function ratioTicks(low: number, high: number): number[] {
  const octaves = Math.log2(high / low);
  const base = octaves > 10 ? 10 : octaves > 4.5 ? 4 : 2;
  const from = Math.ceil(Math.log(low) / Math.log(base));
  const to = Math.floor(Math.log(high) / Math.log(base));
  return Array.from({ length: to - from + 1 }, (_, index) => base ** (from + index));
}
