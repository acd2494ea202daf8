import * as Plot from "@observablehq/plot";
import type { HistoryPoint } from "../model/history.ts";
import { formatMs, isoMinutes, significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, type SeriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** Response times from run to run, a line an arm and stretch; a rule where the level changed. */
export function historyLines(
  points: readonly HistoryPoint[],
  { id = "history", title = "Response time from run to run" }: {
    readonly id?: string;
    readonly title?: string;
  } = {},
): Figure {
  const styles = armStyles(points.map(({ arm }) => arm));
  const changes = points.filter(({ change }) => change !== null);
  return makeFigure({
    id,
    title,
    label: changes.length === 0
      ? "No change of level was found"
      : changes.map(({ arm, change, at }) => `${arm} ${changeText(change!)} from ${isoMinutes(at)} UTC on`)
        .join("; "),
    svg: drawLines(id, styles, points, changes),
    legend: styleLegend(styles, "line"),
    reading:
      "Each mark is one run, with its typical response time. A line joins runs of the same machine, data set and load; where " +
      "one of these changed it ends. A dashed rule stands where the level changed by more than chance.",
    table: {
      columns: [...words("Arm", "Run", "Began (UTC)"), ...numbers("Response time"), ...words("Change")],
      rows: points.map(({ arm, run, at, ms, change }) => [
        arm,
        run,
        isoMinutes(at),
        formatMs(ms),
        change === null ? "" : changeText(change),
      ]),
    },
  });
}

function drawLines(
  id: string,
  styles: ReadonlyMap<string, SeriesStyle>,
  points: readonly HistoryPoint[],
  changes: readonly HistoryPoint[],
): string {
  const lines = Map.groupBy(points, ({ arm, stretch }) => JSON.stringify([arm, stretch]));
  return draw(id, {
    height: 320,
    marginLeft: 70,
    x: { type: "utc", label: "the run's beginning (UTC) →" },
    y: { type: "log", axis: null },
    marks: [
      ...logAxis("y", logTicks(points.map(({ ms }) => ms), 6), { label: "↑ response time" }),
      Plot.ruleX(changes, {
        x: "at",
        stroke: (point: HistoryPoint) => styles.get(point.arm)!.colour,
        strokeDasharray: "4 3",
      }),
      ...[...lines.values()].flatMap((own): Plot.Markish[] => {
        const { colour: stroke, symbol } = styles.get(own[0]!.arm)!;
        const title = ({ arm, run, ms, change }: HistoryPoint) =>
          `${arm}, ${run}: ${formatMs(ms)}${change === null ? "" : `, ${changeText(change)}`}`;
        return [
          Plot.line(own, { x: "at", y: "ms", stroke }),
          Plot.dot(own, { x: "at", y: "ms", stroke, fill: stroke, r: 2.6, symbol, title }),
        ];
      }),
    ],
  });
}

/** `1.21× slower`. */
function changeText(ratio: number): string {
  return ratio > 1 ? `${significant(ratio, 3)}× slower` : `${significant(1 / ratio, 3)}× faster`;
}
