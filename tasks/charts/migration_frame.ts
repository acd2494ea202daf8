import * as Plot from "@observablehq/plot";
import { formatMs } from "../model/units.ts";
import type { MigrationRun, SwitchSpan } from "./migration_rows.ts";
import { colour, MUTED, type SeriesStyle, seriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";

/** What runs that stand side by side share, so that equal heights mean equal values. */
export interface Scales {
  readonly paths: ReadonlyMap<string, SeriesStyle>;
  readonly modes: ReadonlyMap<string, SeriesStyle>;
  /** All response times, ms. */
  readonly p95: readonly number[];
  /** The most answers a second that are drawn. */
  readonly answers: number;
  /** The most sessions that waited for one mode; 0: nobody did. */
  readonly waiting: number;
  /** The most errors in a bin; 0: none. */
  readonly errors: number;
  readonly hasCache: boolean;
  /** The most bytes of log that another server was behind; 0: nothing was replicated. */
  readonly lag: number;
  /** The most steps. */
  readonly steps: number;
  /** Of a drawing, in its own units. */
  readonly width: number;
}

export const STALL_STYLE: SeriesStyle = { colour: colour("coral"), dash: "", symbol: "square" };

/** A statement that runs, and one that waits for its lock: they differ in lightness. */
export const STEP_STYLES: readonly (readonly [string, SeriesStyle])[] = [
  ["statement runs", { colour: colour("sky"), dash: "", symbol: "square" }],
  ["statement waits for a lock", { colour: "currentColor", dash: "", symbol: "square" }],
];

/** After the colours of the paths, so that no mode looks like one. */
const FIRST_OF_MODES = 6;

/** Styles of lock modes, in order of first appearance. */
export function modeStyles(modes: readonly string[]): Map<string, SeriesStyle> {
  return new Map([...new Set(modes)].map((mode, index) => [mode, seriesStyle(FIRST_OF_MODES + index)]));
}

/** What is common to all panels of one run. */
export interface Frame {
  readonly id: string;
  readonly run: MigrationRun;
  readonly scales: Scales;
  /** Where the time axis begins and ends, seconds from the run's start. */
  readonly from: number;
  readonly end: number;
}

/** Room beside the frame, in a drawing's own units. */
const MARGINS = { marginLeft: 54, marginRight: 12 };
const LETTER = 6.6;

/** How much of the time axis a text takes, s. */
export function secondsOf(
  text: string,
  { from, end, scales }: Pick<Frame, "from" | "end" | "scales">,
): number {
  const room = scales.width - MARGINS.marginLeft - MARGINS.marginRight;
  return text.length * LETTER / room * (end - from);
}

/** A panel with its title, over the same time as the others. */
export function panel(
  { id, run, scales, from, end }: Frame,
  { name, title, height, y, marks, top = 26, isLast = false }: {
    readonly name: string;
    readonly title: string;
    readonly height: number;
    readonly y: Plot.ScaleOptions;
    readonly marks: Plot.Markish[];
    readonly top?: number;
    readonly isLast?: boolean;
  },
): string {
  return draw(`${id}-${name}`, {
    width: scales.width,
    height: height + top + (isLast ? 44 : 8),
    marginTop: top,
    marginBottom: isLast ? 44 : 8,
    ...MARGINS,
    x: {
      domain: [from, end],
      ...isLast
        ? { label: "seconds from the run's start →", labelOffset: 36, ticks: scales.width > 400 ? 10 : 5 }
        : { axis: null },
    },
    y,
    marks: [
      ...bands(run),
      // Above the frame, which for the first panel begins below the names of the segments.
      Plot.text([title], {
        frameAnchor: "top-left",
        textAnchor: "start",
        lineAnchor: "bottom",
        dx: -50,
        dy: -8,
        fontWeight: 600,
      }),
      ...marks,
    ],
  });
}

/** The time of the migration and its longest stall, behind everything else. */
function bands({ segments, stall, switches = [] }: MigrationRun): Plot.Markish[] {
  const place = { x1: (span: Span) => span.startUs / 1e6, x2: (span: Span) => span.endUs / 1e6 };
  const edges = segments.slice(1).map(({ startUs }) => startUs / 1e6);
  const stalls = stall === null ? [] : [{ startUs: stall.fromUs, endUs: stall.untilUs }];
  return [
    Plot.rect(segments.filter(({ changing }) => changing), {
      ...place,
      fill: MUTED,
      fillOpacity: 0.13,
    }),
    Plot.rect(stalls, {
      ...place,
      fill: STALL_STYLE.colour,
      fillOpacity: 0.3,
      stroke: STALL_STYLE.colour,
      title: () => stallText(stall!),
    }),
    Plot.ruleX(edges, { stroke: MUTED, strokeOpacity: 0.6, strokeDasharray: "2 2" }),
    Plot.ruleX(switches, {
      x: ({ endUs }: SwitchSpan) => endUs / 1e6,
      stroke: "currentColor",
      strokeWidth: 1.3,
      title: ({ to }: SwitchSpan) => `clients go on at the ${to}`,
    }),
  ];
}

export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

function stallText({ ms, lock }: NonNullable<MigrationRun["stall"]>): string {
  return `stall ${formatMs(ms)}${lock === null ? "" : `: ${lock}`}`;
}
