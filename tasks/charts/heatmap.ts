import * as Plot from "@observablehq/plot";
import { formatCount, formatMs } from "../model/units.ts";
import { largest, least } from "./extremes.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { armStyles, type SeriesStyle } from "./palette.ts";
import { armRows, draw, rowMargins, timeAxis } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** Requests of an arm intended in [second, second + seconds) with a response time in [lowMs, highMs). */
export interface HeatmapBin {
  /** The arm's name, e.g. `sql+cache`. */
  readonly arm: string;
  /** Seconds from the run's start, the beginning of the bin. */
  readonly second: number;
  /** Width of the bin; 1 when left out. */
  readonly seconds?: number;
  /** Least response time of the bin, milliseconds; bins at 0 are not drawn, the axis is logarithmic. */
  readonly lowMs: number;
  /** Where the next bin begins, milliseconds. */
  readonly highMs: number;
  /** How many requests. */
  readonly n: number;
}

/** Response time against time, binned: the darker a cell, the more requests. */
export function latencyHeatmap(
  bins: readonly HeatmapBin[],
  { id = "latency-heatmap", title = "Response times through the run" } = {},
): Figure {
  const rows = coarsen(bins.filter((bin) => bin.n > 0 && bin.lowMs > 0));
  const slowest = rows.reduce<HeatmapBin | null>(
    (top, bin) => top === null || bin.highMs > top.highMs ? bin : top,
    null,
  );
  return makeFigure({
    id,
    title,
    label: slowest === null
      ? "No answered request"
      : `The slowest cell lies at second ${slowest.second} (${slowest.arm}, up to ${
        formatMs(slowest.highMs)
      })`,
    svg: drawCells(id, armStyles(bins.map((bin) => bin.arm)), rows),
    reading: "Each cell counts the requests of a moment by their response time, and darker cells have more " +
      "requests. Two bands are two populations; a column that reaches high is a moment at which everything " +
      "was slow.",
    table: {
      columns: [...numbers("Second"), ...words("Arm"), ...numbers("From", "To", "Requests")],
      rows: rows.map((bin) => [
        String(bin.second),
        bin.arm,
        formatMs(bin.lowMs),
        formatMs(bin.highMs),
        formatCount(bin.n),
      ]),
    },
  });
}

function drawCells(
  id: string,
  styles: ReadonlyMap<string, SeriesStyle>,
  rows: readonly HeatmapBin[],
): string {
  const arms = [...styles.keys()];
  const most = largest(1, rows.map((bin) => bin.n));
  const end = largest(1, rows.map((bin) => bin.second + (bin.seconds ?? 1)));
  return draw(id, {
    height: 60 + 110 * Math.max(1, arms.length),
    ...rowMargins(arms),
    x: timeAxis(end),
    y: { type: "log", axis: null },
    fy: armRows(arms),
    // Opacity instead of a colour scale: it reads as "more ink" on light and on dark paper alike.
    opacity: { type: "log", domain: [1, Math.max(2, most)], range: [0.16, 1] },
    marks: [
      ...logAxis("y", logTicks(rows.flatMap((bin) => [bin.lowMs, bin.highMs]), 5), {
        label: "↑ response time",
      }),
      // A mark for each arm: its colour is then written once, not in every cell.
      ...arms.map((arm) =>
        Plot.rect(rows.filter((bin) => bin.arm === arm), {
          x1: "second",
          x2: (bin: HeatmapBin) => bin.second + (bin.seconds ?? 1),
          y1: "lowMs",
          y2: "highMs",
          fy: "arm",
          fill: styles.get(arm)!.colour,
          fillOpacity: "n",
          inset: 0.15,
          title: (bin: HeatmapBin) =>
            `${arm}, second ${bin.second}, ${formatMs(bin.lowMs)} to ${formatMs(bin.highMs)}: ` +
            formatCount(bin.n),
        })
      ),
    ],
  });
}

/** Cells that a chart of this size can show side by side and above one another. */
const COLUMNS = 120;
const ROWS = 24;

/** Adds neighbouring bins up until they can be told apart: several seconds, or several steps of latency. */
function coarsen(bins: readonly HeatmapBin[]): HeatmapBin[] {
  const end = largest(0, bins.map((bin) => bin.second + (bin.seconds ?? 1)));
  const finest = largest(1, bins.map((bin) => bin.seconds ?? 1));
  // Whole bins, so that none lies across two columns.
  const width = Math.ceil(Math.max(1, Math.ceil(end / COLUMNS)) / finest) * finest;
  const octaves = Math.log2(
    largest(bins.map((bin) => bin.highMs)) / least(bins.map((bin) => bin.lowMs)),
  );
  // Bins keep to powers of two and their parts, so that finer bins fall into coarser ones without a rest.
  const parts = [4, 2, 1].find((parts) => octaves * parts <= ROWS) ?? 0.5;
  const cells = new Map<string, HeatmapBin>();
  for (const bin of bins) {
    const second = Math.floor(bin.second / width) * width;
    const seconds = Math.max(width, bin.seconds ?? 1);
    const step = Math.floor(Math.log2(bin.lowMs) * parts + 1e-9);
    // A bin that is wider than a step already stays as it is.
    const keep = bin.highMs / bin.lowMs >= 2 ** (1 / parts) * 0.999;
    const [lowMs, highMs] = keep ? [bin.lowMs, bin.highMs] : [2 ** (step / parts), 2 ** ((step + 1) / parts)];
    const key = `${bin.arm}/${second}/${lowMs}`;
    cells.set(key, { arm: bin.arm, second, seconds, lowMs, highMs, n: bin.n + (cells.get(key)?.n ?? 0) });
  }
  return [...cells.values()];
}
