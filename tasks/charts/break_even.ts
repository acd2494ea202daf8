import * as Plot from "@observablehq/plot";
import { formatSeconds, formatShare, significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { armStyles, MUTED, type SeriesStyle } from "./palette.ts";
import { draw } from "./plot.ts";
import { logAxis, logTicks } from "./ticks.ts";

/** Where a tier breaks even, with a 95 % interval; null: infinite, or not known. */
export interface BreakEvenRow {
  /** The tier's name, which is its path's. */
  readonly tier: string;
  /** Of what something keeps up the interval in seconds, of what writers keep the writes a second. */
  readonly unit: "seconds" | "writes per second";
  /** The best guess. */
  readonly value: number | null;
  /** The lower end of the interval. */
  readonly low: number | null;
  /** Its upper end. */
  readonly high: number | null;
  /** What it was in the run, in that unit; null: not known. */
  readonly at: number | null;
}

type Known = BreakEvenRow & { readonly value: number };

/** What a tier saves its readers less what its upkeep costs, over its interval or the rate of writes; below zero it costs more. */
export function breakEvenChart(rows: readonly BreakEvenRow[], { id = "break-even" } = {}): Figure {
  const known = rows.filter((row): row is Known => row.value !== null && row.value > 0);
  const styles = armStyles(rows.map(({ tier }) => tier));
  return makeFigure({
    id,
    title: "Net saving of a tier",
    label: known.length === 0
      ? "No tier has a known break-even point"
      : known.map((row) => `${row.tier} breaks even at ${pointText(row, row.value)}`).join("; "),
    svg: known.length === 0
      ? draw(id, { height: 60, marks: [] })
      : known.map((row) => drawOne(`${id}-${row.tier}`, row, styles.get(row.tier)!)),
    layout: "stack",
    reading:
      "The line is what the reads save at the database less what keeping the tier up costs there, as a share of what they " +
      "save; the band is its 95 % interval. Where it crosses zero the tier breaks even" +
      (known.some(({ at }) => isShown(at))
        ? "; the mark is the run's own point, drawn at −100 % also where it costs more than twice what it saves."
        : "."),
    table: {
      columns: [...words("Tier", "Of"), ...numbers("Break-even", "Low", "High", "In the run")],
      rows: rows.map((row) => [
        row.tier,
        row.unit,
        ...[row.value, row.low, row.high, row.at].map((value) => pointText(row, value)),
      ]),
    },
  });
}

function drawOne(id: string, row: Known, { colour: stroke, dash, symbol }: SeriesStyle): string {
  const { value, low, high, at, unit, tier } = row;
  const ends = [value, low, high, at].filter((end) => end !== null && end > 0) as number[];
  const [from, to] = [Math.min(...ends) / 3, Math.max(...ends) * 3];
  const points = Array.from({ length: 61 }, (_, n) => from * (to / from) ** (n / 60)).map((x) => ({
    x,
    left: leftAt(unit, value, x),
    // Which end of the interval is worse depends on the unit.
    ends: [low ?? 0, high ?? Infinity].map((end) => leftAt(unit, end, x)).sort((a, b) => a - b),
  }));
  return draw(id, {
    height: 220,
    marginLeft: 60,
    // Half of the last tick's words.
    marginRight: 44,
    marginBottom: 42,
    x: { type: "log", domain: [from, to], axis: null },
    y: {
      domain: [-1, 1],
      label: `↑ net saving, ${tier}`,
      tickFormat: (share: number) => `${Math.round(100 * share)} %`,
    },
    marks: [
      ...logAxis("x", logTicks([from, to]), {
        label: unit === "seconds" ? "time between refreshes →" : "writes per second →",
        format: (x: number) => pointText(row, x),
      }),
      Plot.areaY(points, {
        x: "x",
        y1: (point) => point.ends[0],
        y2: (point) => point.ends[1],
        fill: MUTED,
        fillOpacity: 0.2,
      }),
      Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.7 }),
      Plot.line(points, { x: "x", y: "left", stroke, strokeDasharray: dash, strokeWidth: 1.8 }),
      Plot.dot(!isShown(at) ? [] : [{ x: at, left: leftAt(unit, value, at) }], {
        x: "x",
        y: "left",
        stroke,
        fill: stroke,
        symbol,
        r: 4,
        title: (point) => `${tier} in the run, at ${pointText(row, point.x)}: ${savingText(point.left)}`,
      }),
    ],
  });
}

/** Whether the run's own point has a place on an axis of logarithms. */
function isShown(at: number | null): at is number {
  return at !== null && at > 0;
}

function savingText(share: number): string {
  return share > 0
    ? `saves ${formatShare(share)}`
    : share <= -1
    ? "costs twice what it saves, or more"
    : "costs as much as it saves, or more";
}

/** The net saving, from −1, below which nobody needs to see how much it is. */
function leftAt(unit: BreakEvenRow["unit"], breakEven: number, at: number): number {
  const cost = unit === "seconds" ? breakEven / at : breakEven === 0 ? Infinity : at / breakEven;
  return Math.max(-1, 1 - cost);
}

function pointText({ unit }: Pick<BreakEvenRow, "unit">, value: number | null): string {
  if (value === null) return "—";
  return unit === "seconds" ? formatSeconds(value) : `${significant(value, 3)} writes/s`;
}
