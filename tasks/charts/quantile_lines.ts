import type { LegendItem } from "./figure.ts";
import { MUTED } from "./palette.ts";

/** How the quantiles of a chart that shows several are told apart. */
export const QUANTILE_LINES = [
  { key: "p50", dash: "", width: 2 },
  { key: "p95", dash: "5 3", width: 1.5 },
  { key: "p99", dash: "1.5 2.5", width: 1.5 },
] as const;
export type QuantileLine = typeof QUANTILE_LINES[number];

/** Their entries in a chart's key. */
export function quantileLegend(lines: readonly QuantileLine[] = QUANTILE_LINES): LegendItem[] {
  return lines.map(({ key: name, dash }) => ({
    name,
    style: { colour: MUTED, dash, symbol: "circle" },
    shape: "line",
  }));
}
