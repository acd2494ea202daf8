import { type ArmRate, byRate, type RateProbe, type RateSearch } from "../model/rate_search.ts";
import { fixed, formatCount, formatMs, formatShare, significant } from "../model/units.ts";
import { paragraph, singleLine } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/** The end of a search as a person reads it: all probes, and what each arm holds. */
export function findRateText(
  { arms, unavailable, search }: RateSearch,
  columns = widthOf().columns,
): string {
  const parts = [
    ...(arms.some(({ probes }) => probes.length > 0) ? [probeTable(arms, columns)] : []),
    arms.map((arm) => paragraph(foundSentence(arm), "  ")).join("\n"),
    [
      ...unavailable.map(({ arm, reason }) => `• ${paragraph(`Arm ${arm} not available: ${reason}`, "  ")}`),
      ...arms.flatMap(({ arm, stopped }) =>
        typeof stopped === "string"
          ? [`• ${paragraph(`${arm}: the search ended early. ${stopped}`, "  ")}`]
          : []
      ),
      ...(search.unproven ?? []).map((arm) =>
        `• The results of ${singleLine(arm)} were not compared with those of the others (--no-prove).`
      ),
      ...doubts(arms, search.resolution).map((text) => `• ${paragraph(text, "  ")}`),
    ].join("\n"),
    `Search ${search.id}${search.label === null ? "" : ` (${singleLine(search.label, 40)})`}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** `sql: the highest rate that meets p95<200ms,errors<1% is between 1,180 and 1,240 requests/s (confirmed …)`. */
export function foundSentence(
  { arm, slo, interval: [low, high], confirmed, limitedBy, probes, stopped }: ArmRate,
): string {
  const sure = confirmed ? "confirmed by longer probes" : "not confirmed";
  if (low === null && high === null) {
    return probes.length === 0
      ? `${arm} was not probed`
      : `${arm}: no result, because the load generator, not the system, was the limit in every probe`;
  }
  if (low === null) return `${arm} misses ${slo} even at ${rateText(high!)} requests/s (${sure})`;
  if (high === null) {
    return `${arm} meets ${slo} up to at least ${rateText(low)} requests/s (${sure}); ` +
      (typeof stopped === "string"
        ? "the search ended before any higher rate failed"
        : limitedBy === "generator"
        ? "above that the load generator, not the system, was the limit"
        : "above that repeated probes disagreed: use a longer --duration or a quieter machine");
  }
  return `${arm}: the highest rate that meets ${slo} is between ${rateText(low)} and ${
    rateText(high)
  } requests/s ` +
    `(${sure})`;
}

/** Whether the ends of an arm's answer lie further apart than was asked for. */
export function isWide({ interval: [low, high] }: Pick<ArmRate, "interval">, resolution: number): boolean {
  return low !== null && high !== null && high / low >= (1 + resolution) * 1.01;
}

/** Why the ends of an arm's answer could not be brought closer together. */
function wideBecause({ interval: [low, high], probes }: ArmRate): string {
  const inside = probes.filter(({ rate }) => low! < rate && rate < high!);
  // As far as a search came that was interrupted.
  if (inside.length === 0) return "no rate between them was probed";
  return inside.every(({ outcome }) => outcome === "invalid")
    ? "the probes between them were invalid"
    : "repeated probes between them disagreed";
}

/**
 * What each arm holds, in a cell: `sql 1,200–1,253/s, sql+cache ≥ 4,800/s`; `—` where none is known. An arm that was
 * asked for and not there is named too.
 */
export function foundText({ arms, unavailable }: Pick<RateSearch, "arms" | "unavailable">): string {
  const missing = unavailable.filter(({ asked }) => asked).map(({ arm }) => `${arm} not available`);
  const found = arms.map(({ arm, interval: [low, high] }) => {
    if (low === null) return high === null ? `${arm} ?` : `${arm} < ${rateText(high)}/s`;
    return high === null ? `${arm} ≥ ${rateText(low)}/s` : `${arm} ${rateText(low)}–${rateText(high)}/s`;
  });
  return [...found, ...missing].join(", ") || "—";
}

/** A probe's end in a few words, for the line that it leaves behind: `holds, p95 12.1 ms, 1,190/s answered`. */
export function probeText({ outcome, p95Ms, achieved, reason }: RateProbe): string {
  const figures = `p95 ${formatMs(p95Ms)}, ${significant(achieved, 4)}/s answered`;
  return reason === null ? `${outcome}, ${figures}` : `${outcome}, ${figures}: ${reason}`;
}

/** A rate as it was offered, with no more digits than it has. */
export function rateText(rate: number): string {
  return rate >= 100 ? formatCount(rate) : significant(rate, 4);
}

const COLUMNS: readonly TextColumn[] = [
  { title: "arm", align: "left", heads: true },
  { title: "offered/s", align: "right" },
  { title: "ok/s", align: "right", drop: 3 },
  { title: "p50", align: "right", drop: 2 },
  { title: "p95", align: "right" },
  { title: "p99", align: "right", drop: 1 },
  { title: "errors", align: "right" },
  { title: "verdict", align: "left", least: 24 },
];

/** A probe's outcome with a sign. */
export const PROBE_SIGNS = { holds: "✓ holds", fails: "✗ fails", invalid: "– invalid" } as const;

function probeTable(arms: readonly ArmRate[], columns: number): string {
  const rows = arms.flatMap(({ arm, probes }) =>
    byRate(probes).map((probe, index) => [
      index === 0 ? arm : "",
      rateText(probe.rate),
      fixed(probe.achieved, 3),
      formatMs(probe.p50Ms),
      formatMs(probe.p95Ms),
      formatMs(probe.p99Ms),
      formatShare(probe.errors),
      probe.confirmation ? `${PROBE_SIGNS[probe.outcome]} (confirmation)` : PROBE_SIGNS[probe.outcome],
    ])
  );
  return `Response time by rate, every probe:\n${formatTable(COLUMNS, rows, columns)}`;
}

/** What makes the answer of a search less certain, or wider, than was asked for; sentences. */
export function doubts(arms: readonly ArmRate[], resolution: number): string[] {
  return arms.flatMap((found) => {
    const { arm, interval: [low, high], confirmed, probes, stopped } = found;
    const invalid = probes.filter(({ outcome }) => outcome === "invalid");
    return [
      ...(invalid.length === 0 ? [] : [
        `${arm}: ${invalid.length} of ${probes.length} probes were invalid. ${invalid.at(-1)!.reason}`,
      ]),
      ...(typeof stopped === "string" || !isWide(found, resolution) ? [] : [
        `${arm}: the two rates are ${formatShare(high! / low! - 1)} apart instead of ${
          formatShare(resolution)
        }, ` +
        `because ${wideBecause(found)}. A longer --duration helps.`,
      ]),
      ...(confirmed || (low === null && high === null) ? [] : [`${arm}: ${unconfirmedBecause(probes)}`]),
    ];
  });
}

function unconfirmedBecause(probes: readonly RateProbe[]): string {
  return probes.some(({ confirmation, outcome }) => confirmation && outcome === "invalid")
    ? "not confirmed, because confirming probes were invalid. Try again on a quieter machine."
    : "not confirmed, because repeated probes disagreed. Use a longer --duration.";
}
