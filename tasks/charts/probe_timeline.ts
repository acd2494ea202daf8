import * as Plot from "@observablehq/plot";
import { counted, formatCount, formatMs, formatSeconds } from "../model/units.ts";
import { largest } from "./extremes.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { colour, MUTED, type SeriesStyle, stylesOf } from "./palette.ts";
import { draw, timeAxis } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** Reads or writes of a probe within some time. */
export interface ProbeBin {
  /** `reads` or `writes`. */
  readonly series: string;
  /** The bin's beginning, seconds from the run's start. */
  readonly second: number;
  /** In seconds. */
  readonly width: number;
  /** Requests that were due in it. */
  readonly n: number;
  /** Those of them that succeeded. */
  readonly ok: number;
  /** Those that failed, or were given up. */
  readonly errors: number;
  /** Median response time, ms; null where none was answered. */
  readonly p50: number | null;
  /** The longest response time, ms; null likewise. */
  readonly slowest: number | null;
}

/** What a probe saw beside its requests; times are µs from the run's start. */
export interface ProbeMarks {
  /** When no request succeeded. */
  readonly pauses: readonly { readonly fromUs: number; readonly untilUs: number }[];
  /** When another server answered, or none. */
  readonly changes: readonly { readonly atUs: number; readonly text: string }[];
}

/** In the key of the figure. */
const PAUSE: SeriesStyle = { colour: colour("amber"), dash: "", symbol: "square" };
const CHANGE: SeriesStyle = { colour: MUTED, dash: "4 3", symbol: "square" };
const MARGINS = { marginLeft: 56, marginRight: 12 };

/** Response times of a probe's reads and writes, answers and errors, with its pauses and changes of the server. */
export function probeTimeline(
  bins: readonly ProbeBin[],
  { pauses, changes }: ProbeMarks,
  { id = "probe-timeline", title = "What clients felt, and which server answered" } = {},
): Figure {
  const styles = stylesOf(bins.map(({ series }) => series));
  const end = largest(1, bins.map(({ second, width }) => second + width));
  // The first is how it was before.
  const marks = { pauses, changes: changes.slice(1) };
  const errors = bins.reduce((sum, bin) => sum + bin.errors, 0);
  const longest = largest(0, pauses.map(({ fromUs, untilUs }) => (untilUs - fromUs) / 1e6));
  return makeFigure({
    id,
    title,
    label: `${formatSeconds(end)} with ${counted(pauses.length, "pause")}${
      pauses.length === 0 ? "" : `, the longest ${formatSeconds(longest)}`
    }, ${errors === 0 ? "no errors" : counted(errors, "error")} and ${
      counted(marks.changes.length, "change")
    } of the server`,
    layout: "stack",
    svg: [
      latency(`${id}-latency`, bins, styles, end, marks),
      rates(`${id}-ok`, bins, styles, end, marks, { of: "ok", label: "↑ answered a second" }),
      ...errors === 0
        ? []
        : [rates(`${id}-errors`, bins, styles, end, marks, { of: "errors", label: "↑ errors" })],
    ],
    legend: [
      ...styleLegend(styles, "line"),
      ...pauses.length === 0 ? [] : styleLegend([["pause", PAUSE]], "area"),
      ...marks.changes.length === 0 ? [] : styleLegend([["server changed, away or back", CHANGE]], "line"),
    ],
    reading:
      "Above, each line is the slowest request that was due in a bin, so one that waited out a pause stands where it was due. " +
      "A band is a pause: requests were due, and none succeeded. A server is noticed up to half a second after connections reach it.",
    table: {
      columns: [
        ...numbers("Second"),
        ...words("Requests"),
        ...numbers("Due", "Answered", "Errors", "p50", "Slowest"),
      ],
      rows: bins.map(({ second, series, n, ok, errors, p50, slowest }) => [
        String(second),
        series,
        formatCount(n),
        formatCount(ok),
        formatCount(errors),
        formatMs(p50),
        formatMs(slowest),
      ]),
    },
  });
}

type Styles = ReadonlyMap<string, SeriesStyle>;

function latency(
  id: string,
  bins: readonly ProbeBin[],
  styles: Styles,
  end: number,
  marks: ProbeMarks,
): string {
  const positive = bins.filter(({ slowest }) => (slowest ?? 0) > 0);
  return draw(id, {
    height: 190,
    ...MARGINS,
    x: { ...timeAxis(end), label: null },
    y: { type: "log", axis: null },
    marks: [
      ...logAxis("y", logTicks(positive.map(({ slowest }) => slowest), 5), { label: "↑ slowest request" }),
      ...background(marks),
      ...[...styles].map(([series, { colour: stroke, dash }]) =>
        Plot.line(positive.filter((bin) => bin.series === series), {
          x: middle,
          y: "slowest",
          stroke,
          strokeDasharray: dash,
        })
      ),
    ],
  });
}

function rates(
  id: string,
  bins: readonly ProbeBin[],
  styles: Styles,
  end: number,
  marks: ProbeMarks,
  { of, label }: { readonly of: "ok" | "errors"; readonly label: string },
): string {
  const height = (bin: ProbeBin) => of === "ok" ? bin.ok / bin.width : bin.errors;
  const axis = of === "errors" || bins.every(({ errors }) => errors === 0);
  return draw(id, {
    height: axis ? 124 : 108,
    ...MARGINS,
    marginBottom: axis ? 42 : 24,
    x: { ...timeAxis(end), ...!axis && { label: null } },
    y: { label, ticks: 3, grid: true },
    marks: [
      ...background(marks),
      Plot.rectY(
        bins,
        Plot.stackY({
          x1: "second",
          x2: (bin: ProbeBin) => bin.second + bin.width,
          y: height,
          fill: (bin: ProbeBin) => styles.get(bin.series)!.colour,
          insetLeft: 0.2,
          insetRight: 0.2,
          title: (bin: ProbeBin) => `from ${bin.second} s on, ${bin.series}: ${bin[of]} ${of}`,
        }),
      ),
      Plot.ruleY([0]),
    ],
  });
}

function background({ pauses, changes }: ProbeMarks): Plot.Markish[] {
  return [
    Plot.rect(pauses, {
      x1: ({ fromUs }: ProbeMarks["pauses"][number]) => fromUs / 1e6,
      x2: ({ untilUs }: ProbeMarks["pauses"][number]) => untilUs / 1e6,
      fill: PAUSE.colour,
      fillOpacity: 0.4,
      title: ({ fromUs, untilUs }: ProbeMarks["pauses"][number]) =>
        `pause of ${formatMs((untilUs - fromUs) / 1000)}`,
    }),
    Plot.ruleX(changes, {
      x: ({ atUs }: ProbeMarks["changes"][number]) => atUs / 1e6,
      stroke: CHANGE.colour,
      strokeDasharray: CHANGE.dash,
      title: "text",
    }),
  ];
}

function middle({ second, width }: ProbeBin): number {
  return second + width / 2;
}
