import * as Plot from "@observablehq/plot";
import { significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { MUTED, PAPER, seriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";
import { logAxis } from "./ticks.ts";
import { nearTicks } from "./ratio_ticks.ts";
import { ratioTicks } from "./ratios.ts";

/** Where an operation's response times differ, at one quantile. */
export interface ShiftPoint {
  /** Which quantile, 0 to 1. */
  readonly level: number;
  /** In the base, milliseconds. */
  readonly baseMs: number;
  /** In the candidate, milliseconds. */
  readonly candidateMs: number;
  /** Candidate ÷ base. */
  readonly ratio: number;
  /** Lower end of its interval. */
  readonly low: number;
  /** Upper end of its interval. */
  readonly high: number;
}

/** The shift plot: by how much each decile, and p95, differs between two distributions. */
export function shiftPlot(
  points: readonly ShiftPoint[],
  { id = "shift", title = "By how much each decile differs" } = {},
): Figure {
  const median = points.find(({ level }) => level === 0.5);
  return makeFigure({
    id,
    title,
    label: median === undefined
      ? "There are too few requests to tell"
      : `The median is ${significant(median.ratio, 3)}× that of the base, p95 ${
        significant(points.at(-1)!.ratio, 3)
      }×`,
    svg: points.length === 0 ? [] : drawShift(id, points),
    reading:
      "A level row of marks: everything changed alike; one that rises to the right: the slow requests did. " +
      "Intervals hold all at once, with 95 %, for these runs alone: they do not know how much runs differ. Hollow marks " +
      "may be equal.",
    table: {
      columns: [...words("Quantile"), ...numbers("Base", "Candidate", "Ratio and interval")],
      rows: points.map((point) => [
        `p${Math.round(point.level * 100)}`,
        `${significant(point.baseMs, 3)} ms`,
        `${significant(point.candidateMs, 3)} ms`,
        `${significant(point.ratio, 3)}×${boundsOf(point)}`,
      ]),
    },
  });
}

function boundsOf({ low, high }: Pick<ShiftPoint, "low" | "high">): string {
  return ` [${significant(low, 3)}, ${significant(high, 3)}]`;
}

function drawShift(id: string, points: readonly ShiftPoint[]): string {
  const style = seriesStyle(0);
  const values = points.flatMap(({ low, high }) => [low, high]);
  const low = Math.max(0.02, Math.min(0.9, ...values) / 1.05);
  const high = Math.min(50, Math.max(1.1, ...values) * 1.05);
  const inside = (value: number) => Math.min(high, Math.max(low, value));
  return draw(id, {
    height: 250,
    marginLeft: 56,
    marginRight: 16,
    marginBottom: 42,
    x: { domain: [0.05, 1], axis: null },
    y: { type: "log", domain: [low, high], axis: null, clamp: true },
    marks: [
      ...logAxis("y", nearTicks(low, high) ?? ratioTicks(low, high), {
        label: "↑ slower: candidate ÷ base",
        format: (ratio) => `${significant(ratio, 3)}×`,
      }),
      Plot.axisX(points.map(({ level }) => level), {
        label: "quantile: from the fastest requests to the slowest →",
        labelOffset: 36,
        tickFormat: (level: number) => `p${Math.round(level * 100)}`,
      }),
      Plot.ruleY([1], { stroke: MUTED, strokeDasharray: "3 3" }),
      Plot.ruleX(points, {
        x: "level",
        y1: (point: ShiftPoint) => inside(point.low),
        y2: (point: ShiftPoint) => inside(point.high),
        stroke: style.colour,
        strokeWidth: 2.5,
      }),
      Plot.line(points, {
        x: "level",
        y: "ratio",
        stroke: style.colour,
        strokeWidth: 1,
        strokeOpacity: 0.5,
      }),
      Plot.dot(points, {
        x: "level",
        y: "ratio",
        fill: (point: ShiftPoint) => point.low > 1 || point.high < 1 ? style.colour : PAPER,
        stroke: style.colour,
        strokeWidth: 1.5,
        r: 4.5,
        title: (point: ShiftPoint) =>
          `p${Math.round(point.level * 100)}: ${significant(point.ratio, 3)}×${boundsOf(point)}`,
      }),
    ],
  });
}
