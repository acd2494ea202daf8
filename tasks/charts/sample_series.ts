import * as Plot from "@observablehq/plot";
import type { MetricUnit } from "../model/metric.ts";
import { formatBytes, significant } from "../model/units.ts";
import { largest, least } from "./extremes.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { stylesOf } from "./palette.ts";
import { draw } from "./plot.ts";
import { byteTicks } from "./ticks.ts";

/** One value of one line in one panel of the small multiples. */
export interface SamplePoint {
  /** Title of the panel, e.g. "Host CPU". */
  readonly panel: string;
  /** The line within the panel, e.g. "user". */
  readonly series: string;
  /** When it was taken, seconds from the run's start, with fractions. */
  readonly second: number;
  /** In `unit`; a share is 0 to 1. */
  readonly value: number;
  /** What `value` counts; one for all lines of a panel, whose axis is written in it. */
  readonly unit: MetricUnit;
}

/** So long a title fits over its panel; of a longer one both ends tell what it is. */
const TITLE_CHARACTERS = 45;
const SHORTENED = { lineWidth: 24, textOverflow: "ellipsis-middle" } as const;

/** What was sampled beside the load, one small panel a subject, on the run's clock. */
export function sampleSeries(
  points: readonly SamplePoint[],
  { id = "samples", title = "Server and host samples" } = {},
): Figure {
  const panels = [...new Set(points.map((point) => point.panel))];
  const end = largest(1, points.map((point) => point.second));
  const of = (panel: string) => points.filter((point) => point.panel === panel);
  return makeFigure({
    id,
    title,
    label: panels.length === 0 ? "Nothing was sampled" : `Panels: ${panels.join(", ")}`,
    svg: panels.map((panel, index) => drawPanel(`${id}-${index}`, panel, of(panel), end)),
    reading: "All panels share the run's clock, so a rise here can be laid beside a rise in response time. " +
      "Steal is CPU time that a neighbour on the same machine took away: where it is high, slowness is " +
      "not the system's own.",
    table: {
      columns: [...words("Panel", "Series"), ...numbers("Lowest", "Mean", "Highest")],
      rows: panels.flatMap((panel) => {
        const own = of(panel);
        return [...new Set(own.map((point) => point.series))].map((series) => {
          const values = own.filter((point) => point.series === series).map((point) => point.value);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const unit = own[0]!.unit;
          return [
            panel,
            series,
            ...[least(values), mean, largest(values)].map((v) => written(v, unit)),
          ];
        });
      }),
    },
  });
}

function drawPanel(id: string, panel: string, own: readonly SamplePoint[], end: number): string {
  const styles = stylesOf(own.map((point) => point.series));
  const unit = own[0]!.unit;
  const top = largest(own.map((point) => point.value));
  // Room for "200,000/s", and for a name such as "from cache" or "postgres-target", in the widest of the usual faces.
  const marginLeft = unit === "per second" ? Math.max(58, 14 + 7 * written(top, unit).length) : 58;
  const marginRight = largest(84, [...styles.keys()].map((series) => 11 + 7 * series.length));
  return draw(id, {
    width: 350,
    height: 158,
    marginLeft,
    marginRight,
    marginTop: 30,
    x: { domain: [0, end], ticks: 4, label: null, tickFormat: (second: number) => `${second} s` },
    y: {
      domain: [0, top > 0 ? top * 1.05 : 1],
      ticks: unit.startsWith("bytes") ? byteTicks(top) : 3,
      label: null,
      grid: true,
      tickFormat: (value: number) => written(value, unit),
    },
    marks: [
      Plot.text([panel], {
        frameAnchor: "top-left",
        dy: -22,
        dx: 6 - marginLeft,
        fontWeight: 600,
        textAnchor: "start",
        ...panel.length > TITLE_CHARACTERS && SHORTENED,
      }),
      Plot.ruleY([0]),
      ...[...styles].map(([series, { colour: stroke, dash: strokeDasharray }]) => {
        const line = own.filter((point) => point.series === series).sort((a, b) => a.second - b.second);
        return Plot.lineY(line, { x: "second", y: "value", stroke, strokeWidth: 1.6, strokeDasharray });
      }),
      ...labels(own, styles, top),
    ],
  });
}

/** Names at the lines' ends, spread so that they do not cover each other. */
function labels(
  points: readonly SamplePoint[],
  styles: ReadonlyMap<string, { colour: string }>,
  top: number,
) {
  if (styles.size < 2) return [];
  const gap = Math.max(top, 1e-9) * 0.14;
  const last = [...styles].map(([series, style]) => {
    const own = points.filter((point) => point.series === series);
    const end = own.reduce((a, b) => b.second >= a.second ? b : a);
    return { series, colour: style.colour, second: end.second, y: end.value };
  }).sort((a, b) => a.y - b.y);
  for (let index = 1; index < last.length; index++) {
    last[index]!.y = Math.max(last[index]!.y, last[index - 1]!.y + gap);
  }
  return last.map((label) =>
    Plot.text([label], {
      x: "second",
      y: "y",
      text: "series",
      textAnchor: "start",
      dx: 5,
      fill: "currentColor",
      stroke: "none",
      fontSize: 12,
    })
  );
}

function written(value: number, unit: MetricUnit): string {
  switch (unit) {
    case "share":
      return `${significant(value * 100, 3)} %`;
    case "bytes":
      return formatBytes(value);
    case "bytes per second":
      return `${formatBytes(value)}/s`;
    case "cores":
      return significant(value, 2);
    case "per second":
      return `${significant(value, 3)}/s`;
    case "ms per second":
      return `${significant(value, 3)} ms/s`;
    case "count":
    case "ratio":
    case "0 or 1":
      return significant(value, 3);
    case "µs":
    case "ms":
    case "s":
      return `${significant(value, 3)} ${unit}`;
  }
}
