import * as Plot from "@observablehq/plot";
import { formatMs, quantileName } from "../model/units.ts";
import { largest } from "./extremes.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, PAPER, type SeriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/**
 * One point of a quantile curve; `ms` is null where the quantile falls among requests never answered. What too few
 * requests cannot tell has no point.
 */
export interface QuantilePoint {
  /** The arm's name, e.g. `sql+cache`. */
  readonly arm: string;
  /** 0 ≤ level < 1. */
  readonly level: number;
  /** Response time at this level, milliseconds. */
  readonly ms: number | null;
}

const NAMED = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999];

/** Response time against quantile on a log-tail axis: equal steps to the right are ten times rarer. */
export function latencyByQuantile(
  points: readonly QuantilePoint[],
  { id = "latency-by-quantile", title = "Response time by quantile" } = {},
): Figure {
  const styles = armStyles(points.map((point) => point.arm));
  const drawn = points.filter((point): point is QuantilePoint & { ms: number } =>
    point.ms !== null && point.ms > 0 && point.level < 1
  );
  const last = largest(0.99, drawn.map((point) => point.level));
  const named = [0, ...NAMED].filter((level) => level <= last + 1e-9);
  const arms = [...styles.keys()];
  const value = (arm: string, level: number) =>
    points.find((point) => point.arm === arm && Math.abs(point.level - level) < 1e-9)?.ms ?? null;
  return makeFigure({
    id,
    title,
    label: arms.map((arm) => {
      const known = [0.5, 0.99].filter((level) => value(arm, level) !== null);
      return `${arm}: ${
        known.map((level) => `${quantileName(level)} ${formatMs(value(arm, level))}`).join(", ") ||
        "no quantile"
      }`;
    }).join("; "),
    svg: drawCurves(id, styles, drawn, { last, named }),
    legend: styleLegend(styles, "line"),
    reading: "Each step to the right is a rarer, slower request: at p99, one request in a hundred took at " +
      "least as long as the line says. A curve that turns upwards early has a tail that an average would hide. It ends " +
      "where there are too few requests to estimate rarer ones.",
    table: {
      columns: [...words("Quantile"), ...numbers(...arms)],
      rows: named.map((level) => [quantileName(level), ...arms.map((arm) => formatMs(value(arm, level)))]),
    },
  });
}

function drawCurves(
  id: string,
  styles: ReadonlyMap<string, SeriesStyle>,
  drawn: readonly (QuantilePoint & { readonly ms: number })[],
  { last, named }: { readonly last: number; readonly named: readonly number[] },
): string {
  const tail = (point: QuantilePoint) => 1 / (1 - point.level);
  const marks = [...styles].flatMap(([arm, style]) => {
    const own = drawn.filter((point) => point.arm === arm).sort((a, b) => a.level - b.level);
    const line = { x: tail, y: "ms", stroke: style.colour, strokeWidth: 2, strokeDasharray: style.dash };
    return [
      Plot.lineY(own, line),
      Plot.dot(own.filter((point) => NAMED.some((level) => Math.abs(level - point.level) < 1e-9)), {
        x: tail,
        y: "ms",
        symbol: style.symbol,
        fill: style.colour,
        stroke: PAPER,
        strokeWidth: 1,
        r: 4.5,
        title: (point: QuantilePoint) => `${arm} ${quantileName(point.level)}: ${formatMs(point.ms)}`,
      }),
    ];
  });
  return draw(id, {
    height: 320,
    marginLeft: 56,
    marginRight: 24,
    marginBottom: 42,
    x: {
      type: "log",
      domain: [1, 1 / (1 - last)],
      ticks: named.map((level) => 1 / (1 - level)),
      tickFormat: (value: number) => quantileName(1 - 1 / value),
      label: "quantile →",
      labelOffset: 36,
      grid: true,
    },
    y: { type: "log", axis: null },
    marks: [
      ...logAxis("y", logTicks(drawn.map((point) => point.ms)), { label: "↑ response time" }),
      ...marks,
    ],
  });
}
