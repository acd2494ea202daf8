import * as Plot from "@observablehq/plot";
import { formatCount, formatMs, significant } from "../model/units.ts";
import { largest } from "./extremes.ts";
import { QUANTILE_LINES, quantileLegend } from "./quantile_lines.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { armStyles, MUTED } from "./palette.ts";
import { armRows, draw } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** One second of one arm; an arm has points only while its blocks run. */
export interface SecondPoint {
  /** The arm's name, e.g. `sql+cache`. */
  readonly arm: string;
  /**
   * Block within the run: a line never joins two blocks, since another arm ran between them. Where blocks are shorter
   * than a second, the first of its arm.
   */
  readonly block: number;
  /** What part of the run it belongs to, as the run's schedule calls it. */
  readonly segment: string;
  /** Whether it lies before the first block that is measured; everything up to the last such second is shaded. */
  readonly warmup: boolean;
  /** Seconds from the run's start, the beginning of the bin. */
  readonly second: number;
  /** Width of the bin in seconds, the same for all; 1 when left out. */
  readonly bin?: number;
  /** How many seconds of the bin the block covers, where it is less than a whole one; for rates. */
  readonly seconds?: number;
  /** Requests due in this second, whatever became of them. */
  readonly n: number;
  /**
   * Median response time, milliseconds; null where it falls among the never answered, and where too few requests have a
   * response time to tell it.
   */
  readonly p50: number | null;
  /** 95th percentile of the response time, milliseconds; null likewise. */
  readonly p95: number | null;
  /** 99th percentile of the response time, milliseconds; null likewise. */
  readonly p99: number | null;
  /** Requests of `n` that succeeded: a count, divided by `seconds` to draw throughput. */
  readonly ok: number;
  /** Requests of `n` that did not: failed, timed out, shed or unsent. */
  readonly errors: number;
}

/** p50, p95 and p99 by second and arm, throughput and errors below, warm-up shaded. */
export function overTime(
  points: readonly SecondPoint[],
  { id = "over-time", title = "Response time, throughput and errors by second" } = {},
): Figure {
  const styles = armStyles(points.map((point) => point.arm));
  const arms = [...styles.keys()];
  const bin = points[0]?.bin ?? 1;
  const end = largest(1, points.map((point) => point.second + bin));
  const warm = largest(0, points.filter(({ warmup }) => warmup).map((p) => p.second + bin));
  const shade = warm > 0 ? [Plot.rect([{ x1: 0, x2: warm }], { x1: "x1", x2: "x2", ...SHADE })] : [];
  const x = { domain: [0, end] };
  const width = (point: SecondPoint) => point.seconds ?? bin;
  // A second in which arms change has a point for each arm's part of it: they stand side by side.
  const taken = new Map<number, number>();
  const starts = new Map<SecondPoint, number>();
  for (const point of points) {
    const before = taken.get(point.second) ?? 0;
    starts.set(point, point.second + Math.max(0, Math.min(before, bin - width(point))));
    taken.set(point.second, before + width(point));
  }
  const from = (point: SecondPoint) => starts.get(point)!;
  const middle = (point: SecondPoint) => from(point) + width(point) / 2;
  const group = (point: SecondPoint) => `${point.arm}/${point.block}`;
  const positive = points.filter((point) => (point.p50 ?? 0) > 0);
  const lines = QUANTILE_LINES.filter(({ key }) => positive.some((point) => point[key] !== null));
  const latency = draw(id, {
    height: 50 + 110 * Math.max(1, arms.length),
    marginLeft: 56,
    marginRight: 90,
    x: { ...x, label: null, ticks: 10 },
    y: { type: "log", axis: null },
    fy: armRows(arms),
    marks: [
      ...logAxis("y", logTicks(positive.flatMap(({ p50, p95, p99 }) => [p50, p95, p99]), 4), {
        label: "↑ response time",
      }),
      ...shade,
      ...lines.flatMap(({ key, dash, width }) =>
        arms.flatMap((arm) => {
          const own = positive.filter((point) => point.arm === arm && point[key] !== null);
          const stroke = styles.get(arm)!.colour;
          return [
            Plot.line(own, {
              x: middle,
              y: key,
              fy: "arm",
              z: group,
              stroke,
              strokeWidth: width,
              strokeDasharray: dash,
            }),
            Plot.dot(own, {
              x: middle,
              y: key,
              fy: "arm",
              r: 1.6,
              fill: stroke,
              title: (point: SecondPoint) =>
                `${point.arm}, second ${point.second}: ${key} ${formatMs(point[key])}`,
            }),
          ];
        })
      ),
    ],
  });
  // A sliver of a second shows a wild rate: it is drawn, but the axis does not make room for it.
  const height = {
    ok: (point: SecondPoint) => point.ok / width(point),
    errors: (point: SecondPoint) => point.errors,
  };
  const whole = points.filter((point) => width(point) >= 0.3 * bin);
  const bars = (y: "ok" | "errors", label: string, axis: string | null) =>
    draw(`${id}-${y}`, {
      height: y === "ok" ? 112 : 118,
      marginBottom: y === "ok" ? 24 : 42,
      marginLeft: 56,
      marginRight: 90,
      x: { ...x, label: axis, labelOffset: 36, ticks: 10 },
      y: {
        label,
        ticks: 3,
        grid: true,
        domain: [0, largest(1, (y === "ok" ? whole : points).map(height[y])) * 1.02],
        tickFormat: (value: number) => Number.isInteger(value) ? formatCount(value) : "",
      },
      marks: [
        ...shade,
        Plot.rectY(points, {
          x1: from,
          x2: (point: SecondPoint) => from(point) + width(point),
          y: height[y],
          clip: true,
          fill: y === "errors" ? "currentColor" : (point: SecondPoint) => styles.get(point.arm)!.colour,
          insetLeft: 0.3,
          insetRight: 0.3,
          title: (point: SecondPoint) => `${point.arm}, second ${point.second}: ${point[y]} ${y}`,
        }),
        Plot.ruleY([0]),
      ],
    });
  const errors = points.reduce((sum, point) => sum + point.errors, 0);
  return makeFigure({
    id,
    title,
    label:
      `Response time, throughput and errors over ${significant(end, 4)} seconds for ${arms.join(", ")}; ` +
      (errors === 0 ? "no errors" : `${formatCount(errors)} errors`),
    layout: "stack",
    svg: [
      latency,
      bars("ok", "↑ answered a second", null),
      bars("errors", "↑ errors", "seconds from the run's start →"),
    ],
    legend: [
      ...quantileLegend(lines),
      ...[...styles].map(([name, style]) => ({ name, style, shape: "area" as const })),
    ],
    reading: `${
      readingOf(lines.map(({ key }) => key), bin)
    } Arms take turns, so a line breaks off where another arm ran; where ` +
      "turns are shorter than that, it goes through. The shaded beginning is warm-up, which no statistic counts. A line " +
      "that climbs from left to right, or errors that come in one burst, mean that the run was not steady.",
    table: {
      columns: [
        ...numbers("Second"),
        ...words("Arm", "Phase"),
        ...numbers("Requests", "p50", "p95", "p99", "Errors"),
      ],
      rows: points.map((point) => [
        String(point.second),
        point.arm,
        point.segment,
        formatCount(point.n),
        formatMs(point.p50),
        formatMs(point.p95),
        formatMs(point.p99),
        formatCount(point.errors),
      ]),
    },
  });
}

const SHADE = { fill: MUTED, fillOpacity: 0.14 };

/** Which lines there are, and why there may be none of a quantile. */
function readingOf(keys: readonly string[], bin: number): string {
  const each = bin === 1 ? "second" : `${bin} seconds`;
  const few = "one with too few requests to estimate a quantile (p95 takes 72, p99 368) has no mark for it";
  return keys.length === QUANTILE_LINES.length
    ? `Solid, dashed and dotted lines are p50, p95 and p99 of each ${each}; ${few}.`
    : `The lines are ${keys.join(" and ") || "quantiles"} of each ${each}; ${few}.`;
}
