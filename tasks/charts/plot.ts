import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { largest } from "./extremes.ts";

/** Width of a chart in its own units; CSS scales it to the page. */
export const WIDTH = 720;

/** What linkedom's window holds; its types assume those of a browser, which Deno does not load. */
interface DomWindow {
  readonly document: NonNullable<Plot.PlotOptions["document"]>;
}

/** Room around charts with a row for each arm, whose names stand at the right; a wide face takes 0.65 of 12 px a letter. */
export function rowMargins(arms: readonly string[]) {
  return {
    marginLeft: 56,
    // Of a name that would leave no room for the chart the beginning is shown.
    marginRight: Math.min(240, largest(90, arms.map((arm) => 12 + 7.8 * arm.length))),
    marginBottom: 42,
  };
}

/** Room for names at the left of a chart; of one that would leave no room for the chart the end is shown. */
export function nameMargin(names: readonly string[], atLeast = 136): number {
  return Math.min(240, largest(atLeast, names.map((name) => 8 + 7.5 * name.length)));
}

/** The rows of such a chart. */
export function armRows(arms: readonly string[], padding = 0.12) {
  return { domain: [...arms], label: null, padding, axis: "right" } as const;
}

/** The axis of a chart over time. @param end of it, seconds from the run's start */
export function timeAxis(end: number) {
  return { domain: [0, end], label: "seconds from the run's start →", labelOffset: 36, ticks: 10 };
}

const GEOMETRY = /\b(d|transform|x|y|x1|x2|y1|y2|cx|cy|r|width|height|viewBox)="([^"]*)"/g;

/**
 * Draws a plot without a browser.
 *
 * A document of our own is passed to Plot explicitly, since a page made on a server has none. Plot
 * numbers its clip paths per process, so two charts of two kernels would carry the same ids in one page:
 * they are renumbered and prefixed with the chart's `id`. Coordinates are cut to two decimals, which no
 * eye can tell and which halves the file.
 *
 * @returns an `<svg>` element as text, hidden from assistive technology: the figure around it speaks.
 */
export function draw(id: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as DomWindow;
  const svg = Plot.plot({
    width: WIDTH,
    marginTop: 24,
    style: { fontSize: "12px", overflow: "visible" },
    ...options,
    className: "bb-plot",
    document,
  });
  const clips = new Map<string, string>();
  return (svg as unknown as { outerHTML: string }).outerHTML
    .replace(/<style>[\s\S]*?<\/style>/, "")
    // Names of marks on nameless groups are no use to a reader and are not allowed by ARIA.
    .replace(/ aria-(label|hidden)="[^"]*"/g, "")
    .replace(/plot-clip-\d+/g, (name) => {
      if (!clips.has(name)) clips.set(name, `${id}-clip-${clips.size + 1}`);
      return clips.get(name)!;
    })
    .replace(
      GEOMETRY,
      (_, name, value) => `${name}="${value.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, shorten)}"`,
    )
    .replace(/^<svg /, `<svg aria-hidden="true" focusable="false" `);
}

function shorten(digits: string): string {
  return String(Math.round(Number(digits) * 100) / 100);
}
