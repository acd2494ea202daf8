import * as Plot from "@observablehq/plot";
import { formatCount, formatShare } from "../model/units.ts";
import { isCrowded } from "./crowded.ts";
import { largest } from "./extremes.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { colour, MUTED, type SeriesStyle } from "./palette.ts";
import { armRows, draw, rowMargins, timeAxis } from "./plot.ts";

/** Requests of one second that met the cache in this state. */
export interface CacheSecond {
  /** The arm whose cache was asked, e.g. `sql+cache`. */
  readonly arm: string;
  /** Whole seconds from the run's start, the beginning of the second in which they were due. */
  readonly second: number;
  /** Width of the bin in seconds; 1 when left out. */
  readonly seconds?: number;
  /** What the cache answered; `bypass`: it failed and was stepped around. */
  readonly state: "hit" | "miss" | "stale" | "bypass";
  /** How many requests. */
  readonly n: number;
}

/** Order of the stack, from the bottom. */
const STATES: readonly { state: CacheSecond["state"]; style: SeriesStyle }[] = [
  { state: "hit", style: { colour: colour("green"), dash: "", symbol: "circle" } },
  { state: "stale", style: { colour: colour("amber"), dash: "", symbol: "circle" } },
  { state: "miss", style: { colour: colour("brown"), dash: "", symbol: "circle" } },
  { state: "bypass", style: { colour: MUTED, dash: "", symbol: "circle" } },
];

/** Share of cache answers by state, second by second, one row per arm that has a cache. */
export function cacheStates(
  seconds: readonly CacheSecond[],
  { id = "cache-states", title = "What the cache answered" } = {},
): Figure {
  const arms = [...new Set(seconds.map((row) => row.arm))];
  const totals = new Map<string, number>();
  const at = (row: CacheSecond) => `${row.arm}/${row.second}`;
  for (const row of seconds) totals.set(at(row), (totals.get(at(row)) ?? 0) + row.n);
  const stacked = stack(seconds, (row) => totals.get(at(row))!);
  const end = largest(1, seconds.map((row) => row.second + (row.seconds ?? 1)));
  const svg = draw(id, {
    height: 60 + 100 * Math.max(1, arms.length),
    ...rowMargins(arms),
    x: timeAxis(end),
    y: { domain: [0, 1], ticks: 4, tickFormat: (share: number) => formatShare(share), label: "↑ share" },
    fy: armRows(arms),
    marks: [
      ...STATES.map(({ state, style }) =>
        Plot.rect(stacked.filter((row) => row.state === state), {
          x1: "second",
          x2: (row: CacheSecond) => row.second + (row.seconds ?? 1),
          y1: "from",
          y2: "to",
          fy: "arm",
          fill: style.colour,
          insetLeft: 0.3,
          insetRight: 0.3,
          ...!isCrowded(stacked) && {
            title: (row: CacheSecond) =>
              `${row.arm}, second ${row.second}: ${formatCount(row.n)} of ${
                formatCount(totals.get(at(row))!)
              } ${row.state}`,
          },
        })
      ),
      Plot.ruleY([0]),
    ],
  });
  const sum = (arm: string, state?: string) =>
    seconds.filter((row) => row.arm === arm && (state === undefined || row.state === state))
      .reduce((total, row) => total + row.n, 0);
  const present = STATES.filter(({ state }) => seconds.some((row) => row.state === state && row.n > 0));
  return makeFigure({
    id,
    title,
    label: arms.map((arm) => `${arm}: ${formatShare(sum(arm, "hit") / sum(arm))} hits`).join("; ") ||
      "No request met a cache",
    svg,
    legend: present.map(({ state, style }) => ({ name: state, style, shape: "area" })),
    reading:
      "Each bar is one second of cacheable requests, divided by what the cache answered, hits at the " +
      "bottom. A hit share that still climbs means that the cache was not yet warm when measuring began.",
    table: {
      columns: [...numbers("Second"), ...words("Arm", "State"), ...numbers("Requests")],
      rows: seconds.map((row) => [String(row.second), row.arm, row.state, formatCount(row.n)]),
    },
  });
}

/** Shares laid on one another in the order of `STATES`, from 0 to 1 in each second. */
function stack(rows: readonly CacheSecond[], total: (row: CacheSecond) => number) {
  const tops = new Map<string, number>();
  return STATES.flatMap(({ state }) => rows.filter((row) => row.state === state && row.n > 0)).map((row) => {
    const key = `${row.arm}/${row.second}`;
    const from = tops.get(key) ?? 0;
    const to = from + row.n / total(row);
    tops.set(key, to);
    return { ...row, from, to };
  });
}
