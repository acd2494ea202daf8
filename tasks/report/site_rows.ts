import { sparkline } from "../charts/sparkline.ts";
import { measuredMs } from "../model/units.ts";
import type { ListedPage, SiteRow } from "./site_row.ts";

/** The list's rows from its pages, newest first; pure. */
export function siteRows(pages: readonly ListedPage[]): SiteRow[] {
  const oldest = [...pages].sort((a, b) => a.row.startedAt < b.row.startedAt ? -1 : 1);
  const trends = new Map<string, number[]>();
  const rows = oldest.map(({ row, step }): SiteRow => {
    if (step === null) return { ...row, trend: "", trendText: "" };
    const trend = trends.get(step.of) ?? [];
    trends.set(step.of, trend);
    trend.push(step.ms);
    return { ...row, ...drawn(trend.slice(-20)) };
  });
  return rows.sort((a, b) => a.date === b.date ? (a.runId < b.runId ? 1 : -1) : a.date < b.date ? 1 : -1);
}

function drawn(recent: readonly number[]): Pick<SiteRow, "trend" | "trendText"> {
  const trendText = recent.length < 2
    ? "the first run of this scenario, load, data and machine"
    : `p95 of the last ${recent.length} runs: from ${measuredMs(recent[0]!)} to ${
      measuredMs(recent.at(-1)!)
    }`;
  return { trend: sparkline(recent), trendText };
}
