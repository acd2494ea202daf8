import * as Plot from "@observablehq/plot";
import { significant } from "../model/units.ts";
import { PAPER, type SeriesStyle } from "./palette.ts";
import { draw, nameMargin } from "./plot.ts";
import { logAxis } from "./ticks.ts";

/** A ratio with its interval in a row of the chart, and whose it is of those side by side there. */
export interface DrawnRatio {
  readonly row: string;
  readonly who: string;
  /** Each has a column. */
  readonly statistic: string;
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  /** `inconclusive` is drawn hollow. */
  readonly verdict: string;
}

/** How ratios are drawn; heights in pixels. */
export interface RatioDrawing<T> {
  readonly styles: readonly (readonly [who: string, SeriesStyle])[];
  /** The row that comes first, and what the others are ordered by: the heaviest of their ratios. */
  readonly first: string;
  readonly weight: (ratio: number) => number;
  readonly rowHeight: number;
  /** Ends of the axis; what lies beyond is drawn at them. */
  readonly ends: readonly [low: number, high: number];
  readonly ticks: readonly number[];
  readonly label: string;
  /** Marks behind the ratios. */
  readonly behind: readonly Plot.Markish[];
  readonly title: (row: T) => string;
}

/** Where a mark of a ratio stands. */
export const PLACE = { fx: "statistic", fy: "row", y: "who" } as const;

/** A dot and its interval for each, a column a statistic, on a logarithmic axis. @returns SVG */
export function drawRatios<T extends DrawnRatio>(
  id: string,
  known: readonly T[],
  { styles, first, weight, rowHeight, ends, ticks, label, behind, title }: RatioDrawing<T>,
): string {
  const rows = heaviestFirst(known, first, weight);
  return draw(id, {
    height: 90 + rows.length * (rowHeight + 13 * Math.max(1, styles.length)),
    marginLeft: nameMargin(rows),
    marginRight: 16,
    marginBottom: 44,
    marginTop: 30,
    x: { type: "log", domain: [...ends], axis: null, clamp: true },
    y: { domain: styles.map(([who]) => who), axis: null },
    fx: {
      domain: [...new Set(known.map(({ statistic }) => statistic))].sort(),
      label: null,
      padding: 0.06,
      axis: "top",
    },
    fy: { domain: rows, label: null, padding: 0.1, axis: "left" },
    marks: [
      ...logAxis("x", ticks, {
        label,
        labelAnchor: "center",
        format: (ratio) => `${significant(ratio, 3)}×`,
      }),
      ...behind,
      ...styles.flatMap(([who, style]) => marksOf(known.filter((row) => row.who === who), style, title)),
    ],
  });
}

function marksOf<T extends DrawnRatio>(
  own: readonly T[],
  { colour, symbol }: SeriesStyle,
  title: (row: T) => string,
): Plot.Markish[] {
  return [
    Plot.ruleY(own.filter(({ low, high }) => low !== null && high !== null), {
      ...PLACE,
      x1: "low",
      x2: "high",
      stroke: colour,
      strokeWidth: 2.5,
    }),
    Plot.dot(own, {
      ...PLACE,
      x: "ratio",
      symbol,
      fill: ({ verdict }: T) => verdict === "inconclusive" ? PAPER : colour,
      stroke: colour,
      strokeWidth: 1.5,
      r: 4.5,
      title,
    }),
  ];
}

function heaviestFirst(
  known: readonly DrawnRatio[],
  first: string,
  weight: (ratio: number) => number,
): string[] {
  const most = new Map<string, number>();
  for (const { row, ratio } of known) most.set(row, Math.max(most.get(row) ?? 0, weight(ratio)));
  return [...most].sort((a, b) => Number(b[0] === first) - Number(a[0] === first) || b[1] - a[1])
    .map(([row]) => row);
}

/** `1.2× [1.1, 1.31]`; a dash where there is none. */
export function ratioText({ ratio, low, high }: Record<"ratio" | "low" | "high", number | null>): string {
  if (ratio === null) return "—";
  const bounds = low === null || high === null ? "" : ` [${significant(low, 3)}, ${significant(high, 3)}]`;
  return `${significant(ratio, 3)}×${bounds}`;
}
