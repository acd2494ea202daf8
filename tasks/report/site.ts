import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { sparkline } from "../charts/sparkline.ts";
import { formatCount, isoMinutes, measuredMs } from "../model/units.ts";
import { isIncomplete, type RateSearch } from "../model/rate_search.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import { type Run, verdictText } from "../model/run.ts";
import { whatRan } from "../model/what_ran.ts";
import { measuredRequests } from "../model/summary.ts";
import { isRunId, SAMPLE } from "../model/run_id.ts";
import { INDEX, refuseForeignIndex } from "../stack/reports_folder.ts";
import { searchOf } from "../store/searches.ts";
import { foundText } from "../terminal/find_rate_text.ts";
import { templates } from "./html.ts";
import type { SiteRow } from "./site_row.ts";
import { comparisonOf, comparisonRow, type StoredComparison } from "./site_comparisons.ts";
import { replaceFile } from "./write.ts";

interface StoredRow {
  readonly arm: string;
  readonly operation: string | null;
  readonly n: number;
  readonly response: Readonly<Record<string, { readonly value: number | null }>>;
}

/** What the list needs of a summary.json; other versions' files may lack some of it. */
interface Stored {
  readonly directory: string;
  readonly schema: number;
  readonly verdict: string | null;
  readonly run: {
    readonly runId: string;
    readonly label: string | null;
    readonly scenario: string;
    readonly kind?: string;
    readonly status: string;
    readonly startedAt: string;
    readonly gitCommit: string | null;
    readonly config?: Partial<Run["config"]>;
    readonly environment?: Partial<Run["environment"]>;
  };
  readonly operations: readonly StoredRow[];
  readonly segments?: readonly { readonly operations: readonly StoredRow[] }[];
  readonly migration?: Partial<MigrationSummary>;
}

/** Writes `reports/index.html`, the list of all runs that have a report, newest first. */
export async function writeSite(reports: string, templateDirectory: string): Promise<string> {
  const { runs, searches, comparisons } = await readReports(reports);
  const rows = siteRows(runs, searches, comparisons);
  const render = await templates(templateDirectory);
  const css = await Deno.readTextFile(join(templateDirectory, "report.css"));
  refuseForeignIndex(reports);
  const file = join(reports, INDEX);
  await replaceFile(
    file,
    await render("site.hbs", {
      rows,
      css,
      count: formatCount(rows.length),
      struck: false,
      // Without a second run of any kind the column would be empty.
      trends: rows.some(({ trend }) => trend !== ""),
    }),
  );
  return file;
}

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
  const known = arms.length > 0 && arms.every(({ interval: [low] }) => low !== null) && !isIncomplete(found);
  const requests = arms.flatMap(({ probes }) => probes).reduce((sum, probe) => sum + probe.requests, 0);
  return {
    href: `${id}/index.html`,
    runId: id,
    label,
    scenario: `${scenario} (find-rate)`,
    date: `${isoMinutes(startedAt)} UTC`,
    commit: gitCommit?.slice(0, 10) ?? "—",
    verdict: foundText(found),
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
  return oldest.map((summary, index) => {
    const { run } = summary;
    const totals = summary.operations.filter((row) => row.operation === null);
    // Of a migration a p95 would be that of its baseline; its verdict and its stall stand for it.
    const p95 = run.kind === "migrate" ? null : totals[0]?.response["0.95"]?.value ?? null;
    // Numbers of a part of a run, or of a generator that was the limit, are no step of a trend.
    const counts = p95 !== null && run.status === "complete" && summary.verdict !== "invalid";
    const kind = kindOf(summary);
    const trend = trends.get(kind) ?? [];
    trends.set(kind, trend);
    if (counts) trend.push(p95);
    const recent = counts ? trend.slice(-20) : [];
    return {
      href: `${summary.directory}/index.html`,
      runId: run.runId,
      label: run.label,
      scenario: whatRan(run),
      date: `${isoMinutes(new Date(run.startedAt))} UTC`,
      commit: run.gitCommit?.slice(0, 10) ?? "—",
      ...verdict(summary),
      remark: stallText(summary),
      requests: formatCount(measuredRequests(summary)),
      p95: p95 === null ? "—" : `${measuredMs(p95)} (${totals[0]!.arm})`,
      sample: summary.directory === SAMPLE,
      trend: sparkline(`trend-${index}`, recent),
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

/** Runs whose numbers may stand in one line: the same question, load, data and machine. */
function kindOf({ run, operations }: Stored): string {
  const { config = {}, environment = {} } = run;
  const { loop, ratePerSecond, concurrency, scale, arms, settings } = config;
  const { hostname, cpu, cores, dataset } = environment;
  const load = [loop, ratePerSecond, concurrency, arms, settings, operations[0]?.arm];
  return JSON.stringify([run.scenario, load, scale, dataset?.hash, hostname, cpu, cores]);
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
      return { verdict: `? ${verdict}`, tone: "unsure" };
  }
}

/** What has a page in the reports. */
interface Pages {
  readonly runs: Stored[];
  readonly searches: RateSearch[];
  readonly comparisons: StoredComparison[];
}

async function readReports(reports: string): Promise<Pages> {
  const runs: Stored[] = [];
  const searches: RateSearch[] = [];
  const comparisons: StoredComparison[] = [];
  for await (const entry of Deno.readDir(reports)) {
    // Names become links: one such as "javascript:…" is no report's.
    if (!entry.isDirectory || !(isRunId(entry.name) || entry.name === SAMPLE)) continue;
    try {
      const search = searchOf(readText(join(reports, entry.name, "search.json")));
      if (search !== null) {
        if (search.search.id === entry.name) searches.push(search);
        continue;
      }
      const comparison = comparisonOf(readText(join(reports, entry.name, "comparison.json")), entry.name);
      if (comparison !== null) {
        comparisons.push(comparison);
        continue;
      }
      const summary = JSON.parse(readSmallText(join(reports, entry.name, "summary.json")));
      if (isSummary(summary)) runs.push({ ...summary, directory: entry.name });
    } catch {
      // A report of another version, one that is torn or closed to us, or another program's folder is no reason not
      // to list the others.
    }
  }
  return { runs, searches, comparisons };
}

function readText(path: string): string | null {
  try {
    return readSmallText(path);
  } catch {
    return null;
  }
}

/** Whether it has all that the list needs. */
function isSummary(summary: unknown): summary is Omit<Stored, "directory"> {
  const { schema, run, operations } = (summary ?? {}) as Partial<Stored>;
  return schema === 1 && isRunId(run?.runId) && !Number.isNaN(Date.parse(String(run.startedAt))) &&
    Array.isArray(operations) &&
    operations.every((row) => typeof row?.n === "number" && typeof row.response === "object");
}
