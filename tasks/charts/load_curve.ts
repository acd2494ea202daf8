import * as Plot from "@observablehq/plot";
import type { ProbeOutcome } from "../model/rate_search.ts";
import { formatCount, formatMs, formatRate, significant } from "../model/units.ts";
import { QUANTILE_LINES, quantileLegend } from "./quantile_lines.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { armStyles, MUTED, PAPER } from "./palette.ts";
import { armRows, draw, ROW_MARGINS } from "./plot.ts";
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
  readonly outcome: ProbeOutcome;
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
  const arms = [...styles.keys()];
  const drawn = points.filter(({ outcome }) => outcome !== "invalid").sort((a, b) => a.rate - b.rate);
  const shownLimits = limits.filter(({ arm }) => arms.includes(arm));
  const shownIntervals = intervals.filter(({ arm }) => arms.includes(arm));
  const top = Math.max(
    1,
    ...drawn.map(({ achieved }) => achieved),
    ...shownIntervals.map(({ high }) => high),
  );
  const values = [
    ...drawn.flatMap(({ p50, p95, p99 }) => [p50, p95, p99]),
    ...shownLimits.map(({ ms }) => ms),
  ].filter((value) => value !== null && value > 0);
  const svg = draw(id, {
    height: 60 + 190 * Math.max(1, arms.length),
    ...ROW_MARGINS,
    x: {
      domain: [0, top * 1.03],
      label: "answered requests per second →",
      labelOffset: 36,
      grid: true,
      ticks: 8,
      tickFormat: (value: number) => formatCount(value),
    },
    y: { type: "log", axis: null },
    fy: armRows(arms),
    marks: [
      ...logAxis("y", logTicks(values, 5), { label: "↑ response time" }),
      Plot.rect(shownIntervals, {
        x1: "low",
        x2: "high",
        fy: "arm",
        fill: MUTED,
        fillOpacity: 0.2,
        title: (interval: LoadInterval) => `${interval.arm}: between ${between(interval)}`,
      }),
      Plot.ruleY(shownLimits, { y: "ms", fy: "arm", stroke: "currentColor", strokeOpacity: 0.7 }),
      Plot.text(shownLimits, {
        x: 0,
        y: "ms",
        fy: "arm",
        text: "text",
        textAnchor: "start",
        dx: 4,
        dy: -7,
        fill: "currentColor",
      }),
      ...QUANTILE_LINES.flatMap(({ key, dash, width }) =>
        arms.flatMap((arm) => {
          const own = drawn.filter((point) => point.arm === arm && (point[key] ?? 0) > 0);
          const stroke = styles.get(arm)!.colour;
          return [
            // A rate that was probed again has several points; the line takes its last, which lasted longest.
            Plot.line(own.filter(({ rate }, index) => own[index + 1]?.rate !== rate), {
              x: "achieved",
              y: key,
              fy: "arm",
              stroke,
              strokeWidth: width,
              strokeDasharray: dash,
            }),
            Plot.dot(own, {
              x: "achieved",
              y: key,
              fy: "arm",
              r: 3.2,
              symbol: styles.get(arm)!.symbol,
              stroke,
              fill: (point: LoadPoint) => point.outcome === "holds" ? stroke : PAPER,
              title: (point: LoadPoint) =>
                `${arm}, ${formatRate(point.rate, 4)} offered, ${
                  formatRate(point.achieved, 4)
                } answered: ${key} ${formatMs(point[key])}, ${point.outcome}`,
            }),
          ];
        })
      ),
    ],
  });
  const found = (arm: string) => {
    const interval = shownIntervals.find((each) => each.arm === arm);
    return interval === undefined
      ? `${arm} has no known limit`
      : `${arm} meets its targets up to a rate between ${between(interval)}`;
  };
  return makeFigure({
    id,
    title,
    label: arms.length === 0 ? "Nothing was probed" : arms.map(found).join("; "),
    svg,
    legend: [
      ...quantileLegend(),
      ...[...styles].map(([name, style]) => ({ name, style, shape: "dot" as const })),
    ],
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

function between({ low, high }: LoadInterval): string {
  return `${significant(low, 4)} and ${significant(high, 4)} requests/s`;
}
