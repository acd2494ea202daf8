import { pointsApart } from "../model/cache_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatBytes, formatCount, formatMs, formatSeconds, formatShare } from "../model/units.ts";
import { numbers, words } from "../charts/figure.ts";
import { plain } from "./cells.ts";
import type { ReportTable } from "./tables.ts";

/** How old the answers of each arm's cache were, and what its strategy promises. Null where no arm has one. */
export function cacheAgeTable({ caches = [] }: Pick<RunSummary, "caches">): ReportTable | null {
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

/** Caches of the map that were run afterwards, beside what was computed of them. Null where none was. */
export function cacheCheckTable({ caches = [] }: Pick<RunSummary, "caches">): ReportTable | null {
  const checked = caches.flatMap(({ arm, map }) => {
    const checks = map?.checks ?? [];
    return checks.length === 0 ? [] : [{ arm, checks }];
  });
  if (checked.length === 0) return null;
  return {
    id: "table-cache-checks",
    caption: "Other caches that were run with the same lookups",
    columns: [...words("Arm", "TTL"), ...numbers("Memory", "Computed hit rate", "Measured", "Apart")],
    groups: checked.map(({ arm, checks }) => ({
      name: arm,
      span: checks.length,
      rows: checks.map((check) => ({
        name: formatSeconds(check.ttl),
        cells: [
          formatBytes(check.memory),
          formatShare(check.computed),
          formatShare(check.measured),
          pointsApart(check),
        ].map(plain),
      })),
    })),
    note: CHECKS_NOTE,
  };
}

const CHECKS_NOTE =
  "By cache-aside in a Redis with that memory, one after the other, once the run was over. A run that lasted longer " +
  "than 20 s is gone through faster, with its TTLs and the time of a load shortened in proportion; of more than 30,000 " +
  "lookups a share of the keys is taken, with that share of the memory.";
