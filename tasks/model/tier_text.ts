import type { TierArmSummary, TierSummary, UpkeepEffect } from "./tier_summary.ts";
import {
  capital,
  formatBytes,
  formatCount,
  formatMs,
  formatSeconds,
  formatShare,
  significant,
} from "./units.ts";

/** What the columns of a row of `tierRow` are called. */
export const TIER_COLUMNS = [
  "kept",
  "stale p95",
  "longest",
  "promised",
  "hits",
  "database/read",
  "over tables",
  "saved",
  "on disk",
] as const;

/** What `promised` is made of, in the words of docs/tiers.md. */
export const PROMISED: string =
  "the interval, the longest refresh, and how late one began, 0.1 s at the least; where upkeep is off by turns, the time off; and with a " +
  "cache the longer of its two TTLs with its jitter, how long stale entries serve, and the time that a load may take.";

/** An arm over a tier, in the columns of `TIER_COLUMNS`. */
export function tierRow({ upkeep, bytes }: TierSummary, arm: TierArmSummary): string[] {
  const { staleness, hitRate, databaseMs, tablesMs } = arm;
  const saved = databaseMs === null || tablesMs === null || tablesMs <= 0 ? null : 1 - databaseMs / tablesMs;
  return [
    upkeep === null ? "by writers" : `each ${formatSeconds(upkeep.everySeconds)}`,
    staleness === null ? "—" : formatMs(staleness.p95Ms),
    staleness === null ? "—" : formatMs(staleness.longestMs),
    staleness === null ? "—" : formatMs(staleness.promisedMs),
    formatShare(hitRate),
    formatMs(databaseMs),
    formatMs(tablesMs),
    saved === null ? "—" : saved < 0 ? `−${formatShare(-saved)}` : formatShare(saved),
    bytes === null ? "—" : formatBytes(bytes),
  ];
}

/** What runs that bring a tier up to date are called. */
const UPKEEP_NAMES = { fold: "batches", refresh: "refreshes" } as const;

/** What keeping a tier up took, and what that did to others, a sentence each. */
export function upkeepText({ tier, upkeep, writes }: TierSummary): string[] {
  const dearer = writes.map(({ operation, ms, tablesMs }) =>
    `${operation} ${formatMs(ms)} (${formatMs(tablesMs)})`
  );
  // Writers have nothing to do with a view that is refreshed: what differs there is chance, or the refresh.
  const written = dearer.length === 0 || upkeep?.kind === "refresh"
    ? []
    : [`What a write takes in PostgreSQL over ${tier}, and over the tables: ${dearer.join(", ")}.`];
  if (upkeep === null) return written;
  const { kind, outcomes, medianMs, longestMs, disturbance, inTurn } = upkeep;
  const others = (["skipped", "blocked", "failed"] as const).flatMap((outcome) =>
    outcomes[outcome] === undefined ? [] : [`, ${formatCount(outcomes[outcome])} ${outcome}`]
  );
  const felt = disturbance === null ? [] : [
    `Reads of all arms while ${tier} was brought up to date, against those between: ${
      feltText(disturbance)
    }.`,
  ];
  const { seconds, ...turns } = inTurn ?? { seconds: 0 };
  const byTurns = Object.entries(turns as Record<string, UpkeepEffect | null>).flatMap(([asked, found]) =>
    found === null ? [] : [
      `${capital(asked)} of all arms with what keeps tiers up on for ${
        formatSeconds(seconds)
      }, against it off: ${feltText(found)}.`,
    ]
  );
  return [
    `${tier}: ${formatCount(outcomes.ok ?? 0)} ${UPKEEP_NAMES[kind]}, median ${formatMs(medianMs)}, longest ${
      formatMs(longestMs)
    }${others.join("")}.`,
    ...felt,
    ...byTurns,
    ...written,
  ];
}

function feltText({ ratio, low, high, pairs, verdict }: UpkeepEffect): string {
  const interval = low === null || high === null
    ? ""
    : ` (${significant(low, 3)} to ${significant(high, 3)})`;
  return `${significant(ratio, 3)}×${interval}, ${verdict}${
    verdict === "too few pairs" ? ` (${pairs} of 8)` : ""
  }`;
}

/** Where a tier breaks even, as a sentence; null: too little was measured. */
export function breakEvenText({ tier, upkeep, breakEven, readsPerSecond }: TierSummary): string | null {
  if (breakEven === null) return null;
  const { value, low, high, unit } = breakEven;
  const shown = (each: number | null) =>
    each === null ? "∞" : unit === "seconds" ? formatSeconds(each) : significant(each, 3);
  const at = unit === "seconds"
    ? `a ${upkeep?.kind === "fold" ? "batch" : "refresh"} every ${shown(value)}`
    : `${shown(value)} writes/s`;
  const left = upkeep?.kind === "fold" ? " What writers pay to note changes is not in this." : "";
  return `Break-even of ${tier} at ${significant(readsPerSecond, 3)} reads/s: ${at} (95 % interval ${
    shown(low)
  } to ${shown(high)}).${left}`;
}
