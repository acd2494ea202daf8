import * as Plot from "@observablehq/plot";
import { formatCount, formatMs, significant } from "../model/units.ts";
import { isCrowded } from "./crowded.ts";
import { largest } from "./extremes.ts";
import { QUANTILE_LINES, quantileLegend, type QuantileLine } from "./quantile_lines.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, MUTED, type SeriesStyle } from "./palette.ts";
import { armRows, draw, rowMargins, timeAxis } from "./plot.ts";
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
  const time = new Timeline(points);
  const lines = QUANTILE_LINES.filter(({ key }) => time.positive.some((point) => point[key] !== null));
  const errors = points.reduce((sum, point) => sum + point.errors, 0);
  return makeFigure({
    id,
    title,
    label:
      `Response time, throughput and errors over ${significant(time.end, 4)} seconds for ${
        time.arms.join(", ")
      }; ` + (errors === 0 ? "no errors" : `${formatCount(errors)} errors`),
    layout: "stack",
    svg: [
      latencyRows(id, time, lines),
      bars(id, time, "ok", "↑ answered a second", null),
      bars(id, time, "errors", "↑ errors", "seconds from the run's start →"),
    ],
    legend: [...quantileLegend(lines), ...styleLegend(time.styles, "area")],
    reading: `${
      readingOf(lines.map(({ key }) => key), time.bin)
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

/** Where each point stands on the axis that the three drawings share. */
class Timeline {
  readonly styles: ReadonlyMap<string, SeriesStyle>;
  readonly arms: readonly string[];
  /** Those that a logarithmic axis can show. */
  readonly positive: readonly SecondPoint[];
  readonly bin: number;
  readonly end: number;
  /** See `isCrowded`. */
  readonly crowded: boolean;
  /** The warm-up. */
  readonly shade: readonly Plot.Markish[];
  readonly #starts = new Map<SecondPoint, number>();

  constructor(readonly points: readonly SecondPoint[]) {
    this.styles = armStyles(points.map((point) => point.arm));
    this.arms = [...this.styles.keys()];
    this.positive = points.filter((point) => (point.p50 ?? 0) > 0);
    this.bin = points[0]?.bin ?? 1;
    this.crowded = isCrowded(points);
    this.end = largest(1, points.map((point) => point.second + this.bin));
    const warm = largest(0, points.filter(({ warmup }) => warmup).map((p) => p.second + this.bin));
    this.shade = warm > 0 ? [Plot.rect([{ x1: 0, x2: warm }], { x1: "x1", x2: "x2", ...SHADE })] : [];
    // A second in which arms change has a point for each arm's part of it: they stand side by side.
    const taken = new Map<number, number>();
    for (const point of points) {
      const before = taken.get(point.second) ?? 0;
      this.#starts.set(point, point.second + Math.max(0, Math.min(before, this.bin - this.width(point))));
      taken.set(point.second, before + this.width(point));
    }
  }

  readonly width = (point: SecondPoint) => point.seconds ?? this.bin;
  readonly from = (point: SecondPoint) => this.#starts.get(point)!;
  readonly until = (point: SecondPoint) => this.from(point) + this.width(point);
  readonly middle = (point: SecondPoint) => this.from(point) + this.width(point) / 2;

  /** @param label below the axis */
  x(label: string | null) {
    return { ...timeAxis(this.end), label };
  }
}

function latencyRows(id: string, time: Timeline, lines: readonly QuantileLine[]): string {
  const { positive, arms } = time;
  const { marginLeft, marginRight } = rowMargins(arms);
  return draw(id, {
    height: 50 + 110 * Math.max(1, arms.length),
    marginLeft,
    marginRight,
    x: time.x(null),
    y: { type: "log", axis: null },
    fy: armRows(arms),
    marks: [
      ...logAxis("y", logTicks(positive.flatMap(({ p50, p95, p99 }) => [p50, p95, p99]), 4), {
        label: "↑ response time",
      }),
      ...time.shade,
      ...lines.flatMap(({ key, dash, width }) =>
        arms.flatMap((arm) => {
          const own = positive.filter((point) => point.arm === arm && point[key] !== null);
          const stroke = time.styles.get(arm)!.colour;
          const place = { x: time.middle, y: key, fy: "arm" };
          const z = (point: SecondPoint) => `${point.arm}/${point.block}`;
          const title = (point: SecondPoint) =>
            `${point.arm}, second ${point.second}: ${key} ${formatMs(point[key])}`;
          return [
            Plot.line(own, { ...place, z, stroke, strokeWidth: width, strokeDasharray: dash }),
            time.crowded
              ? Plot.dot(alone(own, z), { ...place, r: 1.6, fill: stroke })
              : Plot.dot(own, { ...place, r: 1.6, fill: stroke, title }),
          ];
        })
      ),
    ],
  });
}

/** Points that no line goes through. */
function alone(points: readonly SecondPoint[], z: (point: SecondPoint) => string): SecondPoint[] {
  return [...Map.groupBy(points, z).values()].filter(({ length }) => length === 1).flat();
}

function bars(id: string, time: Timeline, y: "ok" | "errors", label: string, axis: string | null): string {
  const { points, styles, bin } = time;
  const height = (point: SecondPoint) => y === "ok" ? point.ok / time.width(point) : point.errors;
  // A sliver of a second shows a wild rate: it is drawn, but the axis does not make room for it.
  const whole = y === "ok" ? points.filter((point) => time.width(point) >= 0.3 * bin) : points;
  return draw(`${id}-${y}`, {
    height: y === "ok" ? 112 : 118,
    ...rowMargins(time.arms),
    marginBottom: y === "ok" ? 24 : 42,
    x: time.x(axis),
    y: {
      label,
      ticks: 3,
      grid: true,
      domain: [0, largest(1, whole.map(height)) * 1.02],
      tickFormat: (value: number) => Number.isInteger(value) ? formatCount(value) : "",
    },
    marks: [
      ...time.shade,
      Plot.rectY(time.crowded ? points.filter((point) => height(point) > 0) : points, {
        x1: time.from,
        x2: time.until,
        y: height,
        clip: true,
        fill: y === "errors" ? "currentColor" : (point: SecondPoint) => styles.get(point.arm)!.colour,
        insetLeft: 0.3,
        insetRight: 0.3,
        ...!time.crowded && {
          title: (point: SecondPoint) => `${point.arm}, second ${point.second}: ${point[y]} ${y}`,
        },
      }),
      Plot.ruleY([0]),
    ],
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
