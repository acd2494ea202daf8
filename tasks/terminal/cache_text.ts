import { pointsApart } from "../model/cache_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatBytes, formatSeconds, formatShare } from "../model/units.ts";
import { formatTable, type TextColumn } from "./table.ts";

const COLUMNS: readonly TextColumn[] = [
  { title: "arm", align: "left" },
  { title: "TTL", align: "right" },
  { title: "memory", align: "right" },
  { title: "computed", align: "right" },
  { title: "measured", align: "right" },
  { title: "apart", align: "right", drop: 1 },
];

/** Other caches that were run afterwards, beside what was computed of them; empty where none was. */
export function cacheChecksText({ caches = [] }: Pick<RunSummary, "caches">, width: number): string {
  const rows = caches.flatMap(({ arm, map }) =>
    (map?.checks ?? []).map((check) => [
      arm,
      formatSeconds(check.ttl),
      formatBytes(check.memory),
      formatShare(check.computed),
      formatShare(check.measured),
      pointsApart(check),
    ])
  );
  return rows.length === 0
    ? ""
    : `Hit rates of other caches, run with the same lookups:\n${formatTable(COLUMNS, rows, width)}`;
}
