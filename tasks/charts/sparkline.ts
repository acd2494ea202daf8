import * as Plot from "@observablehq/plot";
import { colour } from "./palette.ts";
import { draw } from "./plot.ts";

/** A line without axes, as high as a line of text; the last value is dotted. Empty below two values. */
export function sparkline(id: string, values: readonly number[]): string {
  if (values.length < 2) return "";
  const points = values.map((value, index) => ({ index, value }));
  return draw(id, {
    width: 120,
    height: 28,
    margin: 4,
    marginTop: 4,
    axis: null,
    x: { domain: [0, values.length - 1] },
    y: { domain: [0, Math.max(...values) * 1.05] },
    marks: [
      Plot.lineY(points, { x: "index", y: "value", stroke: "currentColor", strokeWidth: 1.4 }),
      Plot.dot(points.slice(-1), { x: "index", y: "value", r: 2.6, fill: colour("blue") }),
    ],
  });
}
