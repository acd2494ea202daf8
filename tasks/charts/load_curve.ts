import * as Plot from "@observablehq/plot";
import type { RateProbeOutcome } from "../model/rate_search.ts";
import { formatCount, formatMs, formatRate, significant } from "../model/units.ts";
import { QUANTILE_LINES, quantileLegend, type QuantileLine } from "./quantile_lines.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, MUTED, PAPER, type SeriesStyle } from "./palette.ts";
import { armRows, draw, rowMargins } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** One probe: a run of one arm at one rate. */
export interface LoadPoint {
  /** The arm's name, e.g. `sql+cache`. */
  readonly arm: string;
  /** Requests a second that were offered. */
  readonly rate: number;
  /** Requests a second that were answered well. */
  readonly achieved: number;
  /** Response times in milliseconds; null where they lie among the never answered, or too few tell. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Whether the targets held; `invalid` ones stand in the table only. */
  readonly outcome: RateProbeOutcome;
}

/** A target for a quantile of one arm, drawn as a line across. */
export interface LoadLimit {
  readonly arm: string;
  /** As the reader sees it, e.g. `p95<200ms`. */
  readonly text: string;
  readonly ms: number;
}

/** Between these rates an arm ceases to hold its targets, requests a second. */
export interface LoadInterval {
  readonly arm: string;
  readonly low: number;
  readonly high: number;
}

/** p50, p95 and p99 against the rate that was achieved, a row an arm, with targets and where they cease to hold. */
export function loadCurve(
  points: readonly LoadPoint[],
  { limits = [], intervals = [], id = "load-curve", title = "Response time against load" }: {
    readonly limits?: readonly LoadLimit[];
    readonly intervals?: readonly LoadInterval[];
    readonly id?: string;
    readonly title?: string;
  } = {},
): Figure {
  const styles = armStyles(points.map(({ arm }) => arm));
  const shown = {
    points: points.filter(({ outcome }) => outcome !== "invalid").sort((a, b) => a.rate - b.rate),
    limits: limits.filter(({ arm }) => styles.has(arm)),
    intervals: intervals.filter(({ arm }) => styles.has(arm)),
  };
  const found = (arm: string) => {
    const interval = shown.intervals.find((each) => each.arm === arm);
    return interval === undefined
      ? `${arm} has no known limit`
      : `${arm} meets its targets up to a rate between ${between(interval)}`;
  };
  return makeFigure({
    id,
    title,
    label: styles.size === 0 ? "Nothing was probed" : [...styles.keys()].map(found).join("; "),
    svg: drawCurves(id, styles, shown),
    legend: [...quantileLegend(), ...styleLegend(styles, "dot")],
    reading:
      "Each mark is one probe: filled where the targets were met, hollow where they were missed. The shaded band lies " +
      "between the highest rate that meets them and the lowest that misses them. Where a line turns upwards or back to " +
      "the left, the system no longer answers as much as is offered. Invalid probes are left out.",
    table: {
      columns: [...words("Arm"), ...numbers("Offered", "Answered", "p50", "p95", "p99"), ...words("Targets")],
      rows: points.map(({ arm, rate, achieved, p50, p95, p99, outcome }) => [
        arm,
        formatRate(rate, 4),
        formatRate(achieved, 4),
        formatMs(p50),
        formatMs(p95),
        formatMs(p99),
        outcome,
      ]),
    },
  });
}

interface Shown {
  readonly points: readonly LoadPoint[];
  readonly limits: readonly LoadLimit[];
  readonly intervals: readonly LoadInterval[];
}

function drawCurves(
  id: string,
  styles: ReadonlyMap<string, SeriesStyle>,
  { points, limits, intervals }: Shown,
): string {
  const top = Math.max(1, ...points.map(({ achieved }) => achieved), ...intervals.map(({ high }) => high));
  const values = [...points.flatMap(({ p50, p95, p99 }) => [p50, p95, p99]), ...limits.map(({ ms }) => ms)]
    .filter((value) => value !== null && value > 0);
  return draw(id, {
    height: 60 + 190 * Math.max(1, styles.size),
    ...rowMargins([...styles.keys()]),
    x: {
      domain: [0, top * 1.03],
      label: "answered requests per second →",
      labelOffset: 36,
      grid: true,
      ticks: 8,
      tickFormat: (value: number) => formatCount(value),
    },
    y: { type: "log", axis: null },
    fy: armRows([...styles.keys()]),
    marks: [
      ...logAxis("y", logTicks(values, 5), { label: "↑ response time" }),
      Plot.rect(intervals, {
        x1: "low",
        x2: "high",
        fy: "arm",
        fill: MUTED,
        fillOpacity: 0.2,
        title: (interval: LoadInterval) => `${interval.arm}: between ${between(interval)}`,
      }),
      Plot.ruleY(limits, { y: "ms", fy: "arm", stroke: "currentColor", strokeOpacity: 0.7 }),
      Plot.text(limits, {
        // At the end of its line: the axis has its name at the beginning.
        x: top * 1.03,
        y: "ms",
        fy: "arm",
        text: "text",
        textAnchor: "end",
        dx: -4,
        dy: -7,
        fill: "currentColor",
      }),
      ...QUANTILE_LINES.flatMap((line) =>
        [...styles].flatMap(([arm, style]) => curve(points.filter((point) => point.arm === arm), style, line))
      ),
    ],
  });
}

/** One quantile of one arm. */
function curve(
  points: readonly LoadPoint[],
  { colour: stroke, symbol }: SeriesStyle,
  { key, dash, width }: QuantileLine,
): Plot.Markish[] {
  const own = points.filter((point) => (point[key] ?? 0) > 0);
  const place = { x: "achieved", y: key, fy: "arm", stroke };
  const fill = (point: LoadPoint) => point.outcome === "holds" ? stroke : PAPER;
  const title = ({ arm, rate, achieved, outcome, ...quantiles }: LoadPoint) =>
    `${arm}, ${formatRate(rate, 4)} offered, ${formatRate(achieved, 4)} answered: ` +
    `${key} ${formatMs(quantiles[key])}, ${outcome}`;
  return [
    // A rate that was probed again has several points; the line takes its last, which lasted longest.
    Plot.line(own.filter(({ rate }, index) => own[index + 1]?.rate !== rate), {
      ...place,
      strokeWidth: width,
      strokeDasharray: dash,
    }),
    Plot.dot(own, { ...place, r: 3.2, symbol, fill, title }),
  ];
}

function between({ low, high }: LoadInterval): string {
  return `${significant(low, 4)} and ${significant(high, 4)} requests/s`;
}
