import * as Plot from "@observablehq/plot";
import { significant } from "../model/units.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { armStyles, MUTED, type SeriesStyle } from "./palette.ts";
import { drawRatios, PLACE, ratioText } from "./ratio_drawing.ts";
import { nearTicks } from "./ratio_ticks.ts";
import { ratioTicks } from "./ratios.ts";

/** A candidate against its base in one respect; below 1 it is faster. */
export interface ComparedRatio {
  /** The arm; null: all together. */
  readonly arm: string | null;
  /** The operation; null: all together. */
  readonly operation: string | null;
  /** What of the response time is compared, `p50` or `p95`; each has a column of its own. */
  readonly statistic: string;
  /** Candidate ÷ base; null rows stand in the table only. */
  readonly ratio: number | null;
  /** Lower end of its interval. */
  readonly low: number | null;
  /** Upper end of its interval. */
  readonly high: number | null;
  /** The noise floor as a ratio above 1; null: not known. */
  readonly floor: number | null;
  /** `improved`, `regressed`, `equivalent` or `inconclusive`, which is drawn hollow. */
  readonly verdict: string;
}

type Known = ComparedRatio & { readonly ratio: number; readonly row: string; readonly who: string };

const ALL = "all operations";
const EVERY = "all arms";
const EVERY_STYLE: SeriesStyle = { colour: MUTED, dash: "", symbol: "star" };

/** Dot and interval per operation and arm over the noise floor of each: all together first, then the largest change. */
export function comparedRatios(
  given: readonly ComparedRatio[],
  { id = "compared-ratios", title = "Candidate against base" } = {},
): Figure {
  const known = given.flatMap((row): Known[] =>
    row.ratio === null ? [] : [{ ...row, ratio: row.ratio, row: row.operation ?? ALL, who: row.arm ?? EVERY }]
  );
  const arms = armStyles(known.map(({ who }) => who).filter((who) => who !== EVERY));
  const every: [string, SeriesStyle][] = known.some(({ who }) => who === EVERY) ? [[EVERY, EVERY_STYLE]] : [];
  const styles = [...every, ...arms];
  const count = (verdict: string) => known.filter((row) => row.verdict === verdict).length;
  return makeFigure({
    id,
    title,
    label: known.length === 0
      ? "No ratio could be estimated"
      : `Of ${known.length} ratios ${count("regressed")} are regressed, ${count("improved")} improved, ${
        count("equivalent")
      } equivalent and ${count("inconclusive")} inconclusive`,
    svg: drawn(id, known, styles),
    legend: styles.map(([name, style]) => ({ name, style, shape: "dot" })),
    reading:
      "A mark left of the rule is faster than the base and right of it slower, with its 95 % interval. The bar behind " +
      "it is the noise floor: with nothing changed a ratio lies within it in 95 of 100 comparisons; no bar: it is not " +
      "known. Hollow marks are inconclusive.",
    table: {
      columns: [
        ...words("Operation", "Arm", "Statistic"),
        ...numbers("Ratio and interval", "Noise floor"),
        ...words("Verdict"),
      ],
      rows: given.map((row) => [
        row.operation ?? ALL,
        row.arm ?? EVERY,
        row.statistic,
        ratioText(row),
        row.floor === null ? "not known" : `${significant(row.floor, 3)}×`,
        row.verdict,
      ]),
    },
  });
}

function drawn(
  id: string,
  known: readonly Known[],
  styles: readonly (readonly [string, SeriesStyle])[],
): string {
  const values = known.flatMap(({ ratio, low, high }) => [ratio, low ?? ratio, high ?? ratio]);
  const low = Math.max(0.05, Math.min(0.8, ...values)) / 1.06;
  const high = Math.min(20, Math.max(1.25, ...values)) * 1.06;
  return drawRatios(id, known, {
    styles,
    first: ALL,
    weight: (ratio) => Math.abs(Math.log(ratio)),
    rowHeight: 16,
    ends: [low, high],
    ticks: nearTicks(low, high) ?? ratioTicks(low, high),
    label: "faster ← candidate ÷ base → slower",
    behind: [
      Plot.barX(known.filter(({ floor }) => floor !== null), {
        ...PLACE,
        x1: (row: Known) => 1 / row.floor!,
        x2: "floor",
        fill: MUTED,
        fillOpacity: 0.22,
        insetTop: 1,
        insetBottom: 1,
      }),
      Plot.ruleX([1], { stroke: MUTED, strokeDasharray: "3 3" }),
    ],
    title: (row) => `${row.row} ${row.statistic}, ${row.who}: ${ratioText(row)} (${row.verdict})`,
  });
}
