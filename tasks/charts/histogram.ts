import * as Plot from "@observablehq/plot";
import { formatCount, formatMs, formatShare } from "../model/units.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { armStyles } from "./palette.ts";
import { armRows, draw, rowMargins } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** Requests of one arm whose response time lay in [lowMs, highMs); bins of equal width on a log axis. */
export interface HistogramBin {
  /** The arm's name, e.g. `sql+cache`. */
  readonly arm: string;
  /** Least response time of the bin, milliseconds; bins at 0 are not drawn, the axis is logarithmic. */
  readonly lowMs: number;
  /** Where the next bin begins, milliseconds. */
  readonly highMs: number;
  /** How many requests; drawn as a share of all requests of the arm's bins. */
  readonly n: number;
}

/** Of an arm, px: many of them, as with the segments of a migration, still go onto half a page. */
function rowHeight(arms: number): number {
  return arms > 6 ? 42 : 84;
}

/** Distribution of response times, one row an arm, on a common log axis. */
export function latencyHistogram(
  bins: readonly HistogramBin[],
  { id = "latency-histogram", title = "Distribution of response times" } = {},
): Figure {
  const styles = armStyles(bins.map((bin) => bin.arm));
  const totals = new Map<string, number>();
  for (const bin of bins) totals.set(bin.arm, (totals.get(bin.arm) ?? 0) + bin.n);
  const rows = bins.filter((bin) => bin.n > 0 && bin.lowMs > 0)
    .map((bin) => ({ ...bin, share: bin.n / totals.get(bin.arm)! }));
  const arms = [...styles.keys()];
  const range = (bin: HistogramBin) => `${formatMs(bin.lowMs)} to ${formatMs(bin.highMs)}`;
  const svg = draw(id, {
    height: 60 + rowHeight(arms.length) * Math.max(1, arms.length),
    ...rowMargins(arms),
    x: { type: "log", axis: null },
    y: { label: null, ticks: 3, tickFormat: (share: number) => formatShare(share), grid: true },
    fy: armRows(arms, 0.18),
    marks: [
      ...logAxis("x", logTicks(rows.flatMap((bin) => [bin.lowMs, bin.highMs]), 10), {
        label: "response time →",
      }),
      Plot.ruleY([0], { stroke: "currentColor" }),
      ...arms.map((arm) =>
        Plot.rectY(rows.filter((bin) => bin.arm === arm), {
          x1: "lowMs",
          x2: "highMs",
          y: "share",
          fy: "arm",
          fill: styles.get(arm)!.colour,
          inset: 0.4,
          title: (bin: HistogramBin & { share: number }) =>
            `${bin.arm}, ${range(bin)}: ${formatCount(bin.n)} requests (${formatShare(bin.share)})`,
        })
      ),
    ],
  });
  const mode = (arm: string) =>
    rows.filter((bin) => bin.arm === arm).reduce<typeof rows[number] | null>(
      (best, bin) => best === null || bin.n > best.n ? bin : best,
      null,
    );
  return makeFigure({
    id,
    title,
    label: arms.map((arm) => {
      const most = mode(arm);
      return most === null ? `${arm}: no answered request` : `${arm}: most often ${range(most)}`;
    }).join("; "),
    svg,
    reading: "The height is the share of an arm's answered requests in that bin, and bins grow with the " +
      "response time, so equal distances are equal ratios. Two humps mean two kinds of answer, such as cache " +
      "hits and misses or light and heavy operations.",
    table: {
      columns: [...words("Response time", "Arm"), ...numbers("Requests", "Share")],
      rows: rows.map((bin) => [range(bin), bin.arm, formatCount(bin.n), formatShare(bin.share)]),
    },
  });
}
