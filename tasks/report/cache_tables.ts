import type { RunSummary } from "../model/summary.ts";
import { formatCount, formatMs, formatShare } from "../model/units.ts";
import { numbers, words } from "../charts/figure.ts";
import { plain } from "./cells.ts";
import type { Table } from "./tables.ts";

/** How old the answers of each arm's cache were, and what its strategy promises. Null where no arm has one. */
export function cacheAgeTable({ caches = [] }: Pick<RunSummary, "caches">): Table | null {
  if (caches.length === 0) return null;
  return {
    id: "table-cache-age",
    caption: "Loads, and the age of answers",
    columns: [
      ...words("Arm", "Strategy"),
      ...numbers(
        "Loads",
        "In the background",
        "Age p50",
        "p99",
        "Oldest",
        "Promised",
        "Older",
        "Computed hit rate",
      ),
    ],
    groups: caches.map(({ arm, strategy, loads, backgroundLoads, age, map }) => ({
      name: arm,
      span: 1,
      rows: [{
        name: strategy,
        cells: [
          plain(formatCount(loads)),
          plain(formatCount(backgroundLoads)),
          ...[age?.p50Ms, age?.p99Ms, age?.maxMs, age?.promisedMs].map((ms) => plain(formatMs(ms ?? null))),
          plain(age === null ? "—" : formatCount(age.older)),
          plain(formatShare(map?.own.computed ?? null)),
        ],
      }],
    })),
    note:
      "Age: since the question was asked whose answer it is, so at the most as stale as that. Promised: the TTL with its jitter, " +
      "how long stale entries serve, and the slowest load. Computed: the hit rate of this cache, from its lookups alone.",
  };
}
