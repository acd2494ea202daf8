import * as Plot from "@observablehq/plot";
import type { Span } from "../model/prediction.ts";
import { counted, formatMs } from "../model/units.ts";
import { type Figure, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { PAPER, seriesStyle } from "./palette.ts";
import { draw, nameMargin } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** What was predicted of a change, and what users felt of it. */
export interface PredictedStall {
  /** The change and the way it was made, e.g. `backfill, naive`. */
  readonly change: string;
  /** The longest stall that was predicted; null: it could not be told. */
  readonly predicted: Span | null;
  /** The longest that there was, ms; 0: none. */
  readonly measuredMs: number;
  /** Whether the one is the other; null: it was not compared. */
  readonly outcome: string | null;
}

const PREDICTED = seriesStyle(0);
const MEASURED = seriesStyle(1);
/** Shorter ones are drawn here: a logarithmic axis has no zero. */
const SHORTEST_MS = 1;

type Known = PredictedStall & { readonly predicted: Span };

/** Predicted stall with its range, and the measured one, per change: the longest first. */
export function predictedStalls(
  rows: readonly PredictedStall[],
  { id = "predicted-stalls", title = "Stalls as predicted and as measured" } = {},
): Figure {
  const known = rows.filter((row): row is Known => row.predicted !== null)
    .toSorted((one, other) => other.measuredMs - one.measuredMs);
  const confirmed = known.filter(({ outcome }) => outcome === "confirmed").length;
  return makeFigure({
    id,
    title,
    label: known.length === 0
      ? "No stall was predicted"
      : `Of ${counted(known.length, "predicted stall")} ${confirmed} ${
        confirmed === 1 ? "is" : "are"
      } confirmed`,
    svg: known.length === 0 ? [] : drawStalls(id, known),
    legend: [
      ...styleLegend([["predicted, with its range", PREDICTED]], "dot"),
      ...styleLegend([["measured", MEASURED]], "dot"),
    ],
    reading:
      "A change is predicted well where its two marks lie close together. The axis is logarithmic: equal distances are " +
      "equal ratios. A stall shorter than 1 ms is drawn at 1 ms.",
    table: {
      columns: [
        ...words("Change"),
        ...numbers("Predicted", "At least", "At most", "Measured"),
        ...words("Outcome"),
      ],
      rows: rows.map(({ change, predicted, measuredMs, outcome }) => [
        change,
        ...(predicted === null
          ? ["—", "—", "—"]
          : [predicted.ms, predicted.lowMs, predicted.highMs].map((ms) => formatMs(ms))),
        formatMs(measuredMs),
        outcome ?? "not compared",
      ]),
    },
  });
}

function drawStalls(id: string, known: readonly Known[]): string {
  const drawn = (ms: number) => Math.max(SHORTEST_MS, ms);
  const rows = known.map(({ change, predicted, measuredMs }) => ({
    change,
    ms: drawn(predicted.ms),
    lowMs: drawn(predicted.lowMs),
    highMs: drawn(predicted.highMs),
    measuredMs: drawn(measuredMs),
    told: `${change}: predicted ${formatMs(predicted.ms)}, measured ${formatMs(measuredMs)}`,
  }));
  const dot = (x: "ms" | "measuredMs", { colour, symbol }: typeof PREDICTED, fill: string) =>
    Plot.dot(rows, { x, y: "change", symbol, fill, stroke: colour, strokeWidth: 1.5, r: 4, title: "told" });
  return draw(id, {
    height: 60 + 22 * rows.length,
    marginLeft: nameMargin(rows.map(({ change }) => change), 160),
    marginRight: 24,
    marginBottom: 42,
    x: { type: "log", axis: null },
    y: { domain: rows.map(({ change }) => change), label: null },
    marks: [
      ...logAxis(
        "x",
        logTicks(rows.flatMap(({ lowMs, highMs, measuredMs }) => [lowMs, highMs, measuredMs]), 9),
        {
          label: "longest stall →",
        },
      ),
      Plot.ruleY(rows, {
        y: "change",
        x1: "lowMs",
        x2: "highMs",
        stroke: PREDICTED.colour,
        strokeOpacity: 0.6,
      }),
      dot("ms", PREDICTED, PREDICTED.colour),
      dot("measuredMs", MEASURED, PAPER),
    ],
  });
}
