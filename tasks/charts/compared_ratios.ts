import * as Plot from "@observablehq/plot";
import { significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { MUTED, PAPER, type SeriesStyle, stylesOf } from "./palette.ts";
import { draw } from "./plot.ts";
import { logAxis } from "./ticks.ts";
import { nearTicks } from "./ratio_ticks.ts";
import { ratioTicks } from "./ratios.ts";

/** A candidate against its base in one respect; below 1 it is faster. */
export interface ComparedRatio {
  /** The arm; null: all together. */
  readonly arm: string | null;
  /** The operation; null: all together. */
  readonly operation: string | null;
  /** What of the response time is compared, `p50` or `p95`; each has a column of its own. */
  readonly statistic: string;
  /** Candidate ÷ base; null rows stand in the table only. */
  readonly ratio: number | null;
  /** Lower end of its interval. */
  readonly low: number | null;
  /** Upper end of its interval. */
  readonly high: number | null;
  /** The noise floor as a ratio above 1; null: not known. */
  readonly floor: number | null;
  /** `improved`, `regressed`, `equivalent` or `inconclusive`, which is drawn hollow. */
  readonly verdict: string;
}

type Known = ComparedRatio & { readonly ratio: number; readonly row: string; readonly who: string };

const ALL = "all operations";
const EVERY = "all arms";

/** Dot and interval per operation and arm over the noise floor of each: all together first, then the largest change. */
export function comparedRatios(
  given: readonly ComparedRatio[],
  { id = "compared-ratios", title = "Candidate against base" } = {},
): Figure {
  const known = given.flatMap((row): Known[] =>
    row.ratio === null ? [] : [{ ...row, ratio: row.ratio, row: row.operation ?? ALL, who: row.arm ?? EVERY }]
  );
  const styles = [...stylesOf(known.map(({ who }) => who))];
  const count = (verdict: string) => known.filter((row) => row.verdict === verdict).length;
  return makeFigure({
    id,
    title,
    label: known.length === 0
      ? "No ratio could be estimated"
      : `Of ${known.length} ratios ${count("regressed")} are regressed, ${count("improved")} improved, ${
        count("equivalent")
      } equivalent and ${count("inconclusive")} inconclusive`,
    svg: drawRatios(id, known, styles),
    legend: styles.map(([name, style]) => ({ name, style, shape: "dot" })),
    reading:
      "A mark left of the rule is faster than the base and right of it slower, with its 95 % interval. The bar behind " +
      "it is the noise floor: with nothing changed a ratio lies within it in 95 of 100 comparisons; no bar: it is not " +
      "known. Hollow marks are inconclusive.",
    table: {
      columns: [
        ...words("Operation", "Arm", "Statistic"),
        ...numbers("Ratio and interval", "Noise floor"),
        ...words("Verdict"),
      ],
      rows: given.map((row) => [
        row.operation ?? ALL,
        row.arm ?? EVERY,
        row.statistic,
        row.ratio === null ? "—" : `${significant(row.ratio, 3)}×${boundsOf(row)}`,
        row.floor === null ? "not known" : `${significant(row.floor, 3)}×`,
        row.verdict,
      ]),
    },
  });
}

function drawRatios(
  id: string,
  known: readonly Known[],
  styles: readonly (readonly [string, SeriesStyle])[],
): string {
  const values = known.flatMap(({ ratio, low, high }) => [ratio, low ?? ratio, high ?? ratio]);
  const low = Math.max(0.05, Math.min(0.8, ...values)) / 1.06;
  const high = Math.min(20, Math.max(1.25, ...values)) * 1.06;
  const rows = largestFirst(known);
  const place = { fx: "statistic", fy: "row", y: "who" } as const;
  const inside = (value: number) => Math.min(high, Math.max(low, value));
  return draw(id, {
    height: 90 + rows.length * (16 + 13 * Math.max(1, styles.length)),
    marginLeft: 136,
    marginRight: 16,
    marginBottom: 44,
    marginTop: 30,
    x: { type: "log", domain: [low, high], axis: null, clamp: true },
    y: { domain: styles.map(([who]) => who), axis: null },
    fx: {
      domain: [...new Set(known.map(({ statistic }) => statistic))].sort(),
      label: null,
      padding: 0.06,
      axis: "top",
    },
    fy: { domain: rows, label: null, padding: 0.1, axis: "left" },
    marks: [
      ...logAxis("x", nearTicks(low, high) ?? ratioTicks(low, high), {
        label: "faster ← candidate ÷ base → slower",
        labelAnchor: "center",
        format: (ratio) => `${significant(ratio, 3)}×`,
      }),
      Plot.barX(known.filter(({ floor }) => floor !== null), {
        ...place,
        x1: (row: Known) => inside(1 / row.floor!),
        x2: (row: Known) => inside(row.floor!),
        fill: MUTED,
        fillOpacity: 0.22,
        insetTop: 1,
        insetBottom: 1,
      }),
      Plot.ruleX([1], { stroke: MUTED, strokeDasharray: "3 3" }),
      ...styles.flatMap(([who, style]) => marksOf(known.filter((row) => row.who === who), style, inside)),
    ],
  });
}

function marksOf(
  own: readonly Known[],
  { colour, symbol }: SeriesStyle,
  inside: (value: number) => number,
): Plot.Markish[] {
  const place = { fx: "statistic", fy: "row", y: "who" } as const;
  return [
    Plot.ruleY(own.filter(({ low, high }) => low !== null && high !== null), {
      ...place,
      x1: (row: Known) => inside(row.low!),
      x2: (row: Known) => inside(row.high!),
      stroke: colour,
      strokeWidth: 2.5,
    }),
    Plot.dot(own, {
      ...place,
      x: "ratio",
      symbol,
      fill: (row: Known) => row.verdict === "inconclusive" ? PAPER : colour,
      stroke: colour,
      strokeWidth: 1.5,
      r: 4.5,
      title: (row: Known) =>
        `${row.row} ${row.statistic}, ${row.who}: ${significant(row.ratio, 3)}×${
          boundsOf(row)
        } (${row.verdict})`,
    }),
  ];
}

/** What stands for all operations comes first; else what changed most. */
function largestFirst(known: readonly Known[]): string[] {
  const most = new Map<string, number>();
  for (const { row, ratio } of known) most.set(row, Math.max(most.get(row) ?? 0, Math.abs(Math.log(ratio))));
  return [...most].sort((a, b) => Number(b[0] === ALL) - Number(a[0] === ALL) || b[1] - a[1])
    .map(([row]) => row);
}

function boundsOf({ low, high }: Pick<ComparedRatio, "low" | "high">): string {
  return low === null || high === null ? "" : ` [${significant(low, 3)}, ${significant(high, 3)}]`;
}
