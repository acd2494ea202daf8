import { sparkline } from "../charts/sparkline.ts";
import { isIncomplete, type RateSearch } from "../model/rate_search.ts";
import { type Run, verdictText } from "../model/run.ts";
import { SAMPLE } from "../model/run_id.ts";
import { measuredRequests } from "../model/summary.ts";
import { formatCount, isoMinutes, measuredMs } from "../model/units.ts";
import { whatRan } from "../model/what_ran.ts";
import { fingerprintOf } from "../summary/fingerprint.ts";
import { foundText } from "../terminal/find_rate_text.ts";
import { singleLine } from "../terminal/safe_text.ts";
import { comparisonRow, type StoredComparison } from "./site_comparisons.ts";
import type { SiteRow } from "./site_row.ts";
import type { Stored } from "./site_summaries.ts";

/** How much of a name stands in the list. */
const NAME_COLUMNS = 80;

/** The list's rows from the summaries, searches and comparisons, newest first; pure. */
export function siteRows(
  summaries: readonly Stored[],
  searches: readonly RateSearch[] = [],
  comparisons: readonly StoredComparison[] = [],
): SiteRow[] {
  return [...runRows(summaries), ...searches.map(searchRow), ...comparisons.map(comparisonRow)].sort((a, b) =>
    a.date === b.date ? (a.runId < b.runId ? 1 : -1) : a.date < b.date ? 1 : -1
  );
}

/** A search is a line, whatever the number of its probes. */
function searchRow(found: RateSearch): SiteRow {
  const { search, arms } = found;
  const { id, label, scenario, startedAt, gitCommit } = search;
  const verdict = foundText(found);
  const known = arms.length > 0 && arms.every(({ interval: [low] }) => low !== null) && !isIncomplete(found);
  const requests = arms.flatMap(({ probes }) => probes).reduce((sum, probe) => sum + probe.requests, 0);
  return {
    kind: "search",
    href: `${id}/index.html`,
    runId: id,
    label: shortName(label),
    scenario: `${shortName(scenario)} (find-rate)`,
    startedAt,
    date: `${isoMinutes(startedAt)} UTC`,
    commit: gitCommit?.slice(0, 10) ?? "—",
    verdict,
    reasons: [],
    tone: known ? "good" : "unsure",
    remark: "",
    requests: formatCount(requests),
    p95: "—",
    sample: false,
    trend: "",
    trendText: "",
  };
}

function runRows(summaries: readonly Stored[]): SiteRow[] {
  const oldest = [...summaries].sort((a, b) => a.run.startedAt < b.run.startedAt ? -1 : 1);
  const trends = new Map<string, number[]>();
  return oldest.map((summary) => {
    const { run } = summary;
    const totals = summary.operations.filter((row) => row.operation === null);
    // Of a migration a p95 would be that of its baseline; its verdict and its stall stand for it.
    const p95 = run.kind === "migrate" ? null : totals[0]?.response["0.95"]?.value ?? null;
    // Numbers of a part of a run, or of a generator that was the limit, are no step of a trend.
    const kind = kindOf(summary);
    const counts = p95 !== null && kind !== null && run.status === "complete" &&
      summary.verdict !== "invalid";
    const trend = trends.get(kind ?? "") ?? [];
    trends.set(kind ?? "", trend);
    if (counts) trend.push(p95);
    const recent = counts ? trend.slice(-20) : [];
    return {
      kind: "run",
      href: `${summary.directory}/index.html`,
      runId: run.runId,
      label: shortName(run.label),
      scenario: shortName(whatRan(run)),
      startedAt: new Date(run.startedAt),
      date: `${isoMinutes(new Date(run.startedAt))} UTC`,
      commit: run.gitCommit?.slice(0, 10) ?? "—",
      ...verdict(summary),
      reasons: summary.reasons ?? [],
      remark: stallText(summary),
      requests: formatCount(measuredRequests(summary)),
      p95: p95 === null ? "—" : `${measuredMs(p95)} (${totals[0]!.arm})`,
      sample: summary.directory === SAMPLE,
      trend: sparkline(recent),
      trendText: !counts
        ? ""
        : recent.length < 2
        ? "the first run of this scenario, load, data and machine"
        : `p95 of the last ${recent.length} runs: from ${measuredMs(recent[0]!)} to ${
          measuredMs(recent.at(-1)!)
        }`,
    };
  });
}

/**
 * Runs whose numbers may stand in one line: of one fingerprint, which is machine, servers, data with their scale, and
 * load with its loop; and the same arm first. Null: that cannot be told of a run of another version.
 */
function kindOf({ run, operations }: Stored): string | null {
  try {
    return `${fingerprintOf(run as Pick<Run, "scenario" | "config" | "environment">).hash} ${
      operations[0]?.arm
    }`;
  } catch {
    return null;
  }
}

/** A name as a list shows it: one line of visible characters. */
export function shortName<T extends string | null>(name: T): T {
  return (name === null ? null : singleLine(name, NAME_COLUMNS)) as T;
}

/** How long a migration kept its users waiting. */
function stallText({ migration }: Stored): string {
  const { stall } = migration ?? {};
  return stall ? `stall ${measuredMs(stall.ms)}` : "";
}

function verdict({ run, verdict }: Stored): Pick<SiteRow, "verdict" | "tone"> {
  if (run.status !== "complete") return { verdict: `✗ ${run.status}`, tone: "bad" };
  switch (verdict) {
    case "pass":
    case "zero-downtime":
      return { verdict: `✓ ${verdict}`, tone: "good" };
    case "brief-pause": {
      const allowed = run.config?.migration?.allow?.includes(verdict) ?? false;
      return { verdict: `${allowed ? "✓" : "✗"} ${verdictText(verdict)}`, tone: allowed ? "good" : "bad" };
    }
    case "fail":
    case "invalid":
      return { verdict: `✗ ${verdict}`, tone: "bad" };
    case null:
      return { verdict: "measured", tone: "neutral" };
    default:
      return { verdict: `? ${singleLine(verdict, NAME_COLUMNS)}`, tone: "unsure" };
  }
}
