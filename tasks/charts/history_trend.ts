import * as Plot from "@observablehq/plot";
import type { RunHistory } from "../model/history.ts";
import { counted, formatMs, formatRate, formatShare, significant } from "../model/units.ts";
import { largest } from "./extremes.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { HistoryAxis } from "./history_axis.ts";
import { type HistoryPoint as Point, pointsOf, rateText, trendOf } from "./history_points.ts";
import { armStyles, MUTED, PAPER, type SeriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";
import { evenTicks, logAxis, logTicks } from "./ticks.ts";

/** More runs have no dot each: a line tells it, and the page stays small. */
const MOST_DOTS = 80;
const MARGINS = { marginLeft: 66, marginRight: 16 };

/**
 * How an operation went from run to run: for each arm p50 and p95 on a scale of its own, with noise band and changes of
 * level; below them throughput and errors of all arms. Where machine, data set or load changed there is a break.
 * @param operation its name; null: all of each arm together, weighted by the mix
 */
export function historyTrend(
  { stretches }: Pick<RunHistory, "stretches">,
  { operation = null, id = "history", title = operation ?? "All operations" }: {
    readonly operation?: string | null;
    readonly id?: string;
    readonly title?: string;
  } = {},
): Figure {
  const axis = new HistoryAxis(stretches);
  const points = pointsOf(axis, operation);
  const styles = armStyles([...new Set(points.map(({ arm }) => arm))]);
  const changes = points.flatMap(({ arm, at, changes }) => changes.map((text) => ({ arm, at, text })));
  const errors = points.some((point) => (point.errors ?? 0) > 0);
  const lines: Line[] = operation === null ? ["p50"] : ["p50", "p95"];
  const arms = [...styles].filter(([arm]) => isTrend(points.filter((point) => point.arm === arm), axis));
  return makeFigure({
    id,
    title,
    label: `${counted(new Set(points.map(({ run }) => run)).size, "run")}; ${
      changes.length === 0
        ? "no change of level was found"
        : changes.slice(0, 6).map(({ arm, at, text }) => `${arm} ${text} from ${at} UTC on`).join("; ")
    }${stretches.length > 1 ? `; ${counted(stretches.length - 1, "break")}` : ""}`,
    layout: "stack",
    scrolledTo: "end",
    svg: points.length === 0 ? [] : [
      ...arms.map(([arm, style], at) =>
        drawTimes(`${id}-${at}`, axis, { arm, style, operation, lines, points })
      ),
      drawRates(`${id}-throughput`, axis, { points, styles, of: "throughput", last: !errors }),
      ...errors ? [drawRates(`${id}-errors`, axis, { points, styles, of: "errors", last: true })] : [],
    ],
    legend: styleLegend(styles, "dot"),
    reading: `Each mark is one run: ${
      operation === null
        ? "its typical response time"
        : "its typical response time, p50 solid and p95 dashed"
    }, on a scale of its own for each arm. The band is what runs with nothing different stray by; a dashed rule stands ` +
      `where the level changed by more than chance. At a break machine, data set or load changed, and nothing is joined ` +
      `over it.${errors ? "" : " No request was without an answer."}`,
    table: {
      columns: [
        ...words("Run", "Arm", "Began (UTC)"),
        ...numbers("p50", "p95", "Throughput", "Errors"),
        ...words("Change"),
      ],
      rows: points.toReversed().map((point) => [
        point.run,
        point.arm,
        point.at,
        formatMs(point.p50),
        formatMs(point.p95),
        formatRate(point.throughput),
        formatShare(point.errors),
        point.changes.join(", "),
      ]),
    },
  });
}

/** A single run of another stretch shows no trend: the table has it. */
function isTrend(own: readonly Point[], { stretches }: HistoryAxis): boolean {
  const known = own.filter(({ p50 }) => p50 !== null);
  return known.length > 1 || known[0]?.stretch === stretches.length - 1;
}

type Line = "p50" | "p95";

/** Response times of one arm, with bands, levels and changes. */
function drawTimes(
  id: string,
  axis: HistoryAxis,
  { arm, style, operation, lines, points }: {
    readonly arm: string;
    readonly style: SeriesStyle;
    readonly operation: string | null;
    readonly lines: readonly Line[];
    readonly points: readonly Point[];
  },
): string {
  const own = points.filter((point) => point.arm === arm);
  const bands = axis.stretches.flatMap((stretch, at) =>
    lines.flatMap((statistic) => trendOf(stretch, { arm, operation, statistic })?.levels ?? [])
      .map((level) => ({
        ...level,
        x1: axis.place(at, level.from) - 0.5,
        x2: axis.place(at, level.to) + 0.5,
      }))
  );
  const known = bands.filter(({ low }) => low !== null);
  const values = [
    ...lines.flatMap((line) => own.flatMap((point) => point[line] ?? [])),
    ...known.flatMap(({ low, high }) => [low!, high!]),
  ];
  return draw(id, {
    ...MARGINS,
    height: lines.length > 1 ? 140 : 116,
    marginTop: 34,
    marginBottom: 10,
    x: axis.scale(null),
    y: { type: "log", axis: null, domain: roomy(values) },
    marks: [
      ...logAxis("y", nearby(values), { label: `↑ ${arm}` }),
      ...axis.breaks(true),
      Plot.rect(known, {
        x1: "x1",
        x2: "x2",
        y1: "low",
        y2: "high",
        fill: style.colour,
        fillOpacity: 0.13,
      }),
      Plot.ruleY(bands, { x1: "x1", x2: "x2", y: "value", stroke: style.colour, strokeOpacity: 0.5 }),
      ...changeMarks(own, style),
      ...lines.flatMap((line) => lineMarks(own, line, style)),
    ],
  });
}

/** Where the level of an arm changed, each run once. */
function changeMarks(own: readonly Point[], { colour }: SeriesStyle): Plot.Markish[] {
  const changed = own.filter(({ changes }) => changes.some((text) => /^p\d/.test(text)));
  return [
    Plot.ruleX(changed, { x: (point: Point) => point.x - 0.5, stroke: colour, strokeDasharray: "4 3" }),
    Plot.text(changed, {
      x: (point: Point) => point.x - 0.5,
      text: ({ changes }: Point) => changes[0]!.includes("slower") ? "▲" : "▼",
      frameAnchor: "top",
      dy: -10,
      fill: "currentColor",
    }),
  ];
}

function lineMarks(
  own: readonly Point[],
  y: Line | "throughput" | "errors",
  style: SeriesStyle,
): Plot.Markish[] {
  const known = own.filter((point) => point[y] !== null);
  const { colour: stroke, symbol } = style;
  const text = y === "throughput" || y === "errors" ? (value: number) => rateText(y, value) : formatMs;
  const dots = known.length > MOST_DOTS
    ? known.filter(({ changes }, at) => changes.length > 0 || at === known.length - 1)
    : known;
  return [
    Plot.line(known, {
      x: "x",
      y,
      z: "stretch",
      stroke,
      ...y === "p95" ? { strokeDasharray: "5 3" } : {},
    }),
    Plot.dot(dots, {
      x: "x",
      y,
      stroke,
      fill: y === "p95" ? PAPER : stroke,
      r: 2.6,
      symbol,
      title: (point: Point) =>
        [`${point.arm}, ${point.run}: ${y} ${text(point[y]!)}`, ...point.changes].join(", "),
    }),
  ];
}

function drawRates(
  id: string,
  axis: HistoryAxis,
  { points, styles, of, last }: {
    readonly points: readonly Point[];
    readonly styles: ReadonlyMap<string, SeriesStyle>;
    readonly of: "throughput" | "errors";
    /** Nothing stands below it. */
    readonly last: boolean;
  },
): string {
  const top = largest(of === "errors" ? 0.001 : 0, points.map((point) => point[of] ?? 0));
  return draw(id, {
    ...MARGINS,
    height: last ? 126 : 84,
    marginTop: 26,
    marginBottom: last ? 58 : 10,
    x: axis.scale(null),
    y: {
      label: of === "errors" ? "↑ without an answer" : "↑ answers a second",
      domain: [0, top * 1.08 || 1],
      ticks: 3,
      grid: true,
      tickFormat: (value: number) => of === "errors" ? formatShare(value) : significant(value, 3),
    },
    marks: [
      ...axis.breaks(false),
      ...[...styles].flatMap(([arm, style]) =>
        lineMarks(points.filter((point) => point.arm === arm), of, style)
      ),
      Plot.ruleY([0], { stroke: MUTED }),
      ...last ? axis.labels() : [],
    ],
  });
}

/** The domain of an axis: a little more than the values, and never so little that noise fills it. */
function roomy(values: readonly number[]): [number, number] {
  if (values.length === 0) return [1, 10];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(1.05, Math.sqrt(1.25 * low / high));
  return [low / room, high * room];
}

/** Round numbers within a factor of less than ten have few of 1-2-5. */
function nearby(values: readonly number[]): number[] {
  const ticks = logTicks(values, 5);
  return ticks.length > 1 ? ticks : evenTicks(...roomy(values));
}
