import * as Plot from "@observablehq/plot";
import { counted, formatBytes, formatCount, formatMs, formatSeconds, formatShare } from "../model/units.ts";
import { largest } from "./extremes.ts";
import { type Frame, panel, secondsOf, type Span } from "./migration_frame.ts";
import type { LagPoint, PathSecond } from "./migration_rows.ts";
import { stepsPanel } from "./migration_steps_panel.ts";
import { MUTED, PAPER, type SeriesStyle } from "./palette.ts";
import { logAxis, logTicks } from "./ticks.ts";
import { type WaitingCount, waitingSessions } from "./waiting_sessions.ts";

/** The panels of one run from top to bottom, each a drawing with the same time axis. */
export function drawRun(frame: Frame): string[] {
  const { scales } = frame;
  return [
    latencyPanel(frame),
    stepsPanel(frame),
    ...scales.lag > 0 ? [lagPanel(frame)] : [],
    ...scales.waiting > 0 ? [waitingPanel(frame)] : [],
    answersPanel(frame, scales.errors === 0 && !scales.hasCache),
    ...scales.errors > 0 ? [errorsPanel(frame, !scales.hasCache)] : [],
    ...scales.hasCache ? [hitPanel(frame)] : [],
  ];
}

function latencyPanel(frame: Frame): string {
  const { run, scales } = frame;
  const ticks = logTicks(scales.p95, 5);
  const positive = run.seconds.filter(({ p95 }) => p95 !== null && p95 > 0);
  return panel(frame, {
    name: "latency",
    title: "p95 response time, cache hits left out",
    height: 130,
    top: 58,
    y: {
      type: "log",
      axis: null,
      ...scales.p95.length > 0 && { domain: [Math.min(...scales.p95) * 0.9, largest(scales.p95) * 1.1] },
    },
    marks: [
      ...segmentNames(frame),
      ...logAxis("y", ticks, { label: null }),
      ...lines(
        scales.paths,
        positive,
        "p95",
        ({ path, second, p95 }) => `${path}, second ${second}: p95 ${formatMs(p95)}`,
      ),
    ],
  });
}

/** Over the first panel: those of the times beside the migration, and over these its own and the stall's. */
function segmentNames(frame: Frame): Plot.Markish[] {
  const { run: { segments, stall }, from, end } = frame;
  const fitting = segments.filter(({ segment, changing, startUs, endUs }) =>
    !changing && (endUs - startUs) / 1e6 > secondsOf(segment, frame)
  );
  const name = { lineAnchor: "bottom", fill: "currentColor" } as const;
  const own = segments.filter(({ changing }) => changing).map(({ segment, startUs, endUs }) => ({
    text: stall === null ? segment : `${segment}, stall ${formatMs(stall.ms)}`,
    startUs,
    endUs,
  }));
  const middle = ({ startUs, endUs }: Span) => (startUs + endUs) / 2e6;
  return [
    Plot.text(fitting, {
      ...name,
      x: middle,
      frameAnchor: "top",
      dy: -24,
      text: "segment",
      fillOpacity: 0.8,
    }),
    ...own.map((span) => {
      // Held within the frame, where the migration is short and near an end of it.
      const half = secondsOf(span.text, frame) / 2;
      const x = Math.min(Math.max(middle(span), from + half), Math.max(from + half, end - half));
      return Plot.text([span.text], { ...name, x: [x], frameAnchor: "top", dy: -38, fontWeight: 600 });
    }),
  ];
}

/** A line with marks for each path, told apart by colour, dash and shape. */
function lines(
  styles: ReadonlyMap<string, SeriesStyle>,
  rows: readonly PathSecond[],
  y: "p95" | "hitRate",
  title: (row: PathSecond) => string,
): Plot.Markish[] {
  return [...styles].flatMap(([path, { colour: stroke, dash, symbol }]) => {
    const own = rows.filter((row) => row.path === path && row[y] !== null);
    const x = ({ second, bin }: PathSecond) => second + bin / 2;
    // A second without a value ends its piece.
    let piece = 0;
    const pieces = own.map(({ second }, index) => {
      const before = own[index - 1];
      return before !== undefined && second > before.second + before.bin ? ++piece : piece;
    });
    return [
      Plot.line(own, { x, y, z: pieces, stroke, strokeWidth: 1.7, strokeDasharray: dash }),
      Plot.dot(own, { x, y, r: 1.9, symbol, fill: stroke, title }),
    ];
  });
}

function lagPanel(frame: Frame): string {
  const { run: { lag = [], switches = [] }, scales } = frame;
  const own = lag.filter(({ bytes }) => bytes !== null);
  const line = { x: "second", y: "bytes" } as const;
  return panel(frame, {
    name: "lag",
    title: "Log that the other server does not have yet",
    height: 64,
    y: { ...fromZero(scales.lag), ticks: byteTicks(scales.lag), tickFormat: formatBytes },
    marks: [
      Plot.areaY(own, { ...line, fill: MUTED, fillOpacity: 0.25 }),
      Plot.line(own, { ...line, stroke: MUTED, strokeWidth: 1.6 }),
      Plot.dot(own, {
        ...line,
        r: 1.6,
        fill: MUTED,
        title: ({ second, bytes, ms }: LagPoint) =>
          `at ${formatSeconds(second)}: ${formatBytes(bytes!)}${
            ms === null ? "" : `, ${formatMs(ms)}`
          } behind`,
      }),
      ...switches.map(({ to, endUs }, nth) => {
        const second = endUs / 1e6;
        const text = `→ ${to}`;
        // Of two the first stands before its line: they may be near each other.
        const isAfter = nth === switches.length - 1 && frame.end - second > secondsOf(text, frame);
        return Plot.text([text], {
          x: [second],
          frameAnchor: "top",
          textAnchor: isAfter ? "start" : "end",
          lineAnchor: "top",
          dx: isAfter ? 5 : -5,
          dy: 2,
          fontWeight: 600,
          stroke: PAPER,
          strokeWidth: 3,
          fill: "currentColor",
        });
      }),
    ],
  });
}

function waitingPanel(frame: Frame): string {
  const { run, scales } = frame;
  const counts = waitingSessions(run.waits);
  return panel(frame, {
    name: "waiting",
    title: "Sessions that wait for a lock, by its mode",
    height: 64,
    y: { ...fromZero(scales.waiting), tickFormat: wholeNumber },
    marks: [...scales.modes].flatMap(([mode, { colour: stroke, dash }]) => {
      const own = counts.filter((row) => row.mode === mode);
      const line = { x: "second", y: "n", curve: "step-after" } as const;
      return [
        Plot.areaY(own, { ...line, fill: stroke, fillOpacity: 0.25 }),
        Plot.line(own, {
          ...line,
          stroke,
          strokeWidth: 1.6,
          strokeDasharray: dash,
          title: ({ n }: WaitingCount) => `${mode}: ${n}`,
        }),
      ];
    }),
  });
}

function answersPanel(frame: Frame, isLast: boolean): string {
  const { run, scales } = frame;
  return panel(frame, {
    name: "answers",
    title: "Answers a second, cache hits left out",
    height: 64,
    y: { ...fromZero(scales.answers), tickFormat: formatCount },
    isLast,
    marks: [
      Plot.rectY(run.answers, {
        x1: "second",
        x2: ({ second, width }) => second + width,
        y: ({ ok, width }) => ok / width,
        clip: true,
        fill: MUTED,
        // No light between bars, which are narrower than a pixel's edges.
        insetLeft: -0.25,
        insetRight: -0.25,
        title: ({ second, ok, width }) => `from ${formatSeconds(second)} on: ${formatCount(ok / width)}/s`,
      }),
      Plot.ruleY([0]),
    ],
  });
}

function errorsPanel(frame: Frame, isLast: boolean): string {
  const { run, scales } = frame;
  return panel(frame, {
    name: "errors",
    title: "Errors",
    height: 46,
    y: { ...fromZero(scales.errors), tickFormat: wholeNumber },
    isLast,
    marks: [
      Plot.rectY(run.answers.filter(({ errors }) => errors > 0), {
        x1: "second",
        x2: ({ second, width }) => second + width,
        y: "errors",
        fill: "currentColor",
        title: ({ second, errors }) => `from ${formatSeconds(second)} on: ${counted(errors, "error")}`,
      }),
      Plot.ruleY([0]),
    ],
  });
}

function hitPanel(frame: Frame): string {
  const { run, scales } = frame;
  return panel(frame, {
    name: "hits",
    title: "Hit rate of the cache",
    height: 56,
    y: { domain: [0, 1], ticks: 2, grid: true, label: null, tickFormat: formatShare },
    isLast: true,
    marks: [
      ...lines(
        scales.paths,
        run.seconds,
        "hitRate",
        ({ path, second, hitRate }) => `${path}, second ${second}: ${formatShare(hitRate)} hits`,
      ),
      Plot.ruleY([0]),
    ],
  });
}

function fromZero(top: number) {
  return { domain: [0, Math.max(1, top) * 1.05], ticks: 3, grid: true, label: null };
}

/** Two ticks above 0 that are short in bytes: powers of two. */
function byteTicks(top: number): number[] {
  const step = 2 ** Math.floor(Math.log2(Math.max(2, top) / 2));
  return [0, step, 2 * step].filter((tick) => tick <= top);
}

const wholeNumber = (value: number) => Number.isInteger(value) ? formatCount(value) : "";
