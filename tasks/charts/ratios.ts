import * as Plot from "@observablehq/plot";
import { hasTooFewPairs, isNotJudged, verdictWord } from "../model/comparison_text.ts";
import { significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, MUTED, PAPER, type SeriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";
import { logAxis } from "./ticks.ts";

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
    svg: drawRatios(id, known, styles, margin),
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
        interval(row),
        verdictWord(row),
      ]),
    },
  });
}

function drawRatios(
  id: string,
  known: readonly KnownRow[],
  styles: readonly (readonly [string, SeriesStyle])[],
  margin: number,
): string {
  const operations = slowestFirst(known);
  const values = known.flatMap((row) => [row.ratio, row.low ?? row.ratio, row.high ?? row.ratio]);
  const low = Math.min(0.8, ...values) / 1.06;
  const high = Math.max(1.25, ...values) * 1.06;
  const band = { x1: 1 / (1 + margin), x2: 1 + margin };
  return draw(id, {
    height: 90 + operations.length * (18 + 13 * Math.max(1, styles.length)),
    marginLeft: 136,
    marginRight: 16,
    marginBottom: 44,
    marginTop: 30,
    x: { type: "log", domain: [low, high], axis: null },
    y: { domain: styles.map(([arm]) => arm), axis: null },
    fx: {
      domain: [...new Set(known.map((row) => row.statistic))].sort(),
      label: null,
      padding: 0.06,
      axis: "top",
    },
    fy: { domain: operations, label: null, padding: 0.1, axis: "left" },
    marks: [
      ...logAxis("x", ratioTicks(low, high), {
        label: "faster ← ratio to the baseline → slower",
        labelAnchor: "center",
        format: (ratio) => `${significant(ratio, 3)}×`,
      }),
      Plot.rect([band], { x1: "x1", x2: "x2", fill: MUTED, fillOpacity: 0.2 }),
      Plot.ruleX([1], { stroke: "currentColor" }),
      ...styles.flatMap(([arm, style]) => marksOf(known.filter((row) => row.candidate === arm), style)),
    ],
  });
}

/** The operations; what stands for all of them comes first, as in the tables. */
function slowestFirst(known: readonly KnownRow[]): string[] {
  const worst = new Map<string, number>();
  for (const row of known) {
    worst.set(row.operation, Math.max(worst.get(row.operation) ?? 0, row.ratio));
  }
  return [...worst].sort((a, b) => Number(b[0] === ALL) - Number(a[0] === ALL) || b[1] - a[1])
    .map(([operation]) => operation);
}

/** The ratios of one candidate. */
function marksOf(own: readonly KnownRow[], { colour, symbol }: SeriesStyle): Plot.Markish[] {
  const place = { fx: "statistic", fy: "operation", y: "candidate" } as const;
  return [
    Plot.ruleY(own.filter((row) => row.low !== null && row.high !== null), {
      ...place,
      x1: "low",
      x2: "high",
      stroke: colour,
      strokeWidth: 2.5,
    }),
    Plot.dot(own, {
      ...place,
      x: "ratio",
      symbol,
      fill: (row: RatioRow) => row.verdict === "inconclusive" ? PAPER : colour,
      stroke: colour,
      strokeWidth: 1.5,
      r: 4.5,
      title: (row: RatioRow) =>
        `${row.operation} ${row.statistic}: ${row.candidate} is ${interval(row)} ` +
        `of ${row.baseline} (${verdictWord(row)})`,
    }),
  ];
}

/** Too few pairs are a cause of their own: their intervals may be narrow. */
function whyInconclusive(known: readonly RatioRow[]): string {
  const open = known.filter(({ verdict }) => verdict === "inconclusive");
  const few = open.filter(hasTooFewPairs).length;
  if (few === 0) return "the evidence is too weak for a verdict, the number of comparisons considered";
  const which = few === open.length ? "they rest on" : `${few} of ${open.length} rest on`;
  return `${which} too few pairs of blocks for a verdict`;
}

function interval(row: RatioRow): string {
  if (row.ratio === null) return "—";
  const bounds = row.low === null || row.high === null
    ? ""
    : ` [${significant(row.low, 3)}, ${significant(row.high, 3)}]`;
  return `${significant(row.ratio, 3)}×${bounds}`;
}

/** 1 and its powers of two within the axis; of four or ten where those would crowd it. */
export function ratioTicks(low: number, high: number): number[] {
  const octaves = Math.log2(high / low);
  const base = octaves > 10 ? 10 : octaves > 4.5 ? 4 : 2;
  const from = Math.ceil(Math.log(low) / Math.log(base));
  const to = Math.floor(Math.log(high) / Math.log(base));
  return Array.from({ length: to - from + 1 }, (_, index) => base ** (from + index));
}
