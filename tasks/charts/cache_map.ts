import * as Plot from "@observablehq/plot";
import type { CacheSummary } from "../model/cache_summary.ts";
import { formatBytes, formatSeconds, formatShare } from "../model/units.ts";
import { type Figure, makeFigure, numbers, words } from "./figure.ts";
import { colour } from "./palette.ts";
import { draw, rowMargins } from "./plot.ts";

/** The hit rate that a cache of this TTL and memory would have had. */
export interface CacheMapCell {
  /** The arm whose requests it is computed from, e.g. `sql+cache`. */
  readonly arm: string;
  /** How long an entry would live, s. */
  readonly ttl: number;
  /** Room for entries, bytes. */
  readonly memory: number;
  /** 0 to 1. */
  readonly hitRate: number;
  /** Whether it is the cache of the run. */
  readonly own: boolean;
  /** What such a cache came to that was run afterwards; absent where none was. */
  readonly measured?: number;
}

/** The cells of all maps that a run's summary has. */
export function cacheMapCells(caches: readonly Pick<CacheSummary, "arm" | "map">[]): CacheMapCell[] {
  return caches.flatMap(({ arm, map }) =>
    map === null ? [] : map.ttls.flatMap((ttl, row) =>
      map.memories.map((memory, column) => {
        const check = map.checks?.find((each) => each.ttl === ttl && each.memory === memory);
        return {
          arm,
          ttl,
          memory,
          hitRate: map.hitRates[row]![column]!,
          own: ttl === map.own.ttl && column === map.memories.length - 1,
          ...check !== undefined && { measured: check.measured },
        };
      })
    )
  );
}

/** The hit rate for every TTL and memory, one map above the other where several arms have a cache. */
export function cacheMap(
  cells: readonly CacheMapCell[],
  { id = "cache-map", title = "The hit rate of other caches" } = {},
): Figure {
  const own = cells.filter((cell) => cell.own);
  const checked = cells.some(({ measured }) => measured !== undefined);
  return makeFigure({
    id,
    title,
    label: own.map(({ arm, hitRate }) =>
      `${arm}: ${formatShare(hitRate)} with the run's TTL and room for all`
    ).join("; ") ||
      "No request met a cache",
    svg: drawMap(id, cells),
    reading:
      "Each cell is a cache that could have stood there: the share of the same lookups that it would have answered " +
      "with entries that live so long, in so much memory, as LRU and cache-aside have it. The framed one is the run's." +
      (checked
        ? " In brackets: what such a cache came to that was run afterwards with the same lookups."
        : ""),
    table: {
      columns: [...words("Arm"), ...numbers("TTL", "Memory", "Hit rate", ...checked ? ["As run"] : [])],
      rows: cells.map(({ arm, ttl, memory, hitRate, measured }) => [
        arm,
        formatSeconds(ttl),
        formatBytes(memory),
        formatShare(hitRate),
        ...checked ? [formatShare(measured ?? null)] : [],
      ]),
    },
  });
}

function drawMap(id: string, cells: readonly CacheMapCell[]): string {
  const arms = [...new Set(cells.map(({ arm }) => arm))];
  const domain = (of: (cell: CacheMapCell) => number) => [...new Set(cells.map(of))].sort((a, b) => a - b);
  const [ttls, memories] = [domain(({ ttl }) => ttl), domain(({ memory }) => memory)];
  return draw(id, {
    height: 60 + arms.length * (30 + 26 * Math.max(1, ttls.length)),
    ...rowMargins(arms),
    marginLeft: 72,
    x: {
      type: "band",
      domain: memories,
      label: "memory →",
      labelOffset: 36,
      tickFormat: (bytes: number) => formatBytes(bytes),
    },
    y: {
      type: "band",
      domain: [...ttls].reverse(),
      label: "↑ TTL",
      tickFormat: (seconds: number) => formatSeconds(seconds),
    },
    fy: { domain: arms, label: null, padding: 0.12, axis: "right" },
    marks: [
      Plot.cell(cells, {
        x: "memory",
        y: "ttl",
        fy: "arm",
        fill: colour("green"),
        fillOpacity: (cell: CacheMapCell) => 0.08 + 0.62 * cell.hitRate,
        stroke: (cell: CacheMapCell) => cell.own ? "currentColor" : "none",
        strokeWidth: 2,
        inset: 1,
      }),
      Plot.text(cells, {
        x: "memory",
        y: "ttl",
        fy: "arm",
        text: ({ hitRate, measured }: CacheMapCell) =>
          `${formatShare(hitRate)}${measured === undefined ? "" : ` (${formatShare(measured)})`}`,
        fill: "currentColor",
      }),
    ],
  });
}
