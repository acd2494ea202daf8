import * as Plot from "@observablehq/plot";
import { formatMs } from "../model/units.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles, PAPER, type SeriesStyle } from "./palette.ts";
import { draw, nameMargin } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** Quantiles of one operation over one arm, milliseconds. */
export interface OperationQuantiles {
  /** The arm's name, e.g. `sql+cache`. */
  readonly arm: string;
  /** The operation's name, e.g. `customer-orders`. */
  readonly operation: string;
  /** Median response time; null where it falls among the never answered, and where too few requests cannot tell it. */
  readonly p50: number | null;
  /** 95th percentile of the response time; null likewise. */
  readonly p95: number | null;
}

/** p50 (filled) and p95 (hollow) per operation and arm, slowest operation first. */
export function operationDots(
  rows: readonly OperationQuantiles[],
  { id = "operations", title = "Operations by arm" } = {},
): Figure {
  const styles = armStyles(rows.map((row) => row.arm));
  const slowest = new Map<string, number>();
  for (const row of rows) {
    slowest.set(row.operation, Math.max(slowest.get(row.operation) ?? 0, row.p50 ?? 0));
  }
  const operations = [...slowest].sort((a, b) => b[1] - a[1]).map(([operation]) => operation);
  return makeFigure({
    id,
    title,
    label: operations.length === 0
      ? "No operation was answered"
      : `Slowest by median is ${operations[0]}, fastest ${operations[operations.length - 1]}`,
    svg: drawDots(id, styles, operations, rows),
    legend: styleLegend(styles, "dot"),
    reading:
      "The filled mark is the median response time and the hollow one p95, so the line between them is " +
      "the spread that users feel; with too few requests to estimate p95 there is none. The axis is logarithmic: equal " +
      "distances are equal ratios.",
    table: {
      columns: [...words("Operation", "Arm"), ...numbers("p50", "p95")],
      rows: rows.map((row) => [row.operation, row.arm, formatMs(row.p50), formatMs(row.p95)]),
    },
  });
}

function drawDots(
  id: string,
  styles: ReadonlyMap<string, SeriesStyle>,
  operations: readonly string[],
  rows: readonly OperationQuantiles[],
): string {
  const place = { fy: "operation", y: "arm" } as const;
  return draw(id, {
    height: 60 + operations.length * (16 + 12 * Math.max(1, styles.size)),
    marginLeft: nameMargin(operations),
    marginRight: 24,
    marginBottom: 42,
    x: { type: "log", axis: null },
    y: { domain: [...styles.keys()], axis: null },
    fy: { domain: operations, label: null, padding: 0.12, axis: "left" },
    marks: [
      ...logAxis("x", logTicks(rows.flatMap((row) => [row.p50, row.p95]), 9), { label: "response time →" }),
      ...[...styles].flatMap(([arm, { colour, symbol }]) => {
        const own = rows.filter((row) => row.arm === arm);
        const dot = (key: "p50" | "p95", fill: string) =>
          Plot.dot(own.filter((row) => (row[key] ?? 0) > 0), {
            ...place,
            x: key,
            symbol,
            fill,
            stroke: colour,
            strokeWidth: 1.5,
            r: 4,
            title: (row: OperationQuantiles) => `${row.operation}, ${arm}: ${key} ${formatMs(row[key])}`,
          });
        return [
          Plot.ruleY(own.filter((row) => (row.p50 ?? 0) > 0 && row.p95 !== null), {
            ...place,
            x1: "p50",
            x2: "p95",
            stroke: colour,
            strokeOpacity: 0.6,
          }),
          dot("p50", colour),
          dot("p95", PAPER),
        ];
      }),
    ],
  });
}
