import { isIncomplete, type RateSearch } from "../model/rate_search.ts";
import { type Environment, type Run, verdictText } from "../model/run.ts";
import { SAMPLE } from "../model/run_id.ts";
import { measuredRequests } from "../model/summary.ts";
import { formatCount, isoMinutes, measuredMs } from "../model/units.ts";
import { whatRan } from "../model/what_ran.ts";
import { fingerprintOf } from "../summary/fingerprint.ts";
import { foundText } from "../terminal/find_rate_text.ts";
import { singleLine } from "../terminal/safe_text.ts";
import type { ListedPage, SiteRow } from "./site_row.ts";
import type { Stored } from "./stored_summary.ts";

/** How much of a name stands in the list. */
const NAME_COLUMNS = 80;
/** Of what a run missed: the whole sentence stands in its report. */
const REMARK_COLUMNS = 100;

/** A search is a line, whatever the number of its probes. */
export function listedSearch(found: RateSearch): ListedPage {
  const { search, arms } = found;
  const { id, label, scenario, gitCommit } = search;
  const startedAt = new Date(search.startedAt);
  const known = arms.length > 0 && arms.every(({ interval: [low] }) => low !== null) && !isIncomplete(found);
  const requests = arms.flatMap(({ probes }) => probes).reduce((sum, probe) => sum + probe.requests, 0);
  return {
    directory: id,
    row: {
      kind: "search",
      href: `${id}/index.html`,
      runId: id,
      label: shortName(label),
      scenario: `${shortName(scenario)} (find-rate)`,
      data: dataOf(search.environment),
      startedAt: startedAt.toISOString(),
      date: `${isoMinutes(startedAt)} UTC`,
      commit: gitCommit?.slice(0, 10) ?? "—",
      verdict: foundText(found),
      reasons: [],
      tone: known ? "good" : "unsure",
      remark: "",
      requests: formatCount(requests),
      p95: "—",
      struck: false,
      sample: false,
    },
    step: null,
    sides: [],
  };
}

/** A run's line in the list. */
export function listedRun(summary: Stored): ListedPage {
  const { run, directory } = summary;
  const totals = summary.operations.filter((row) => row.operation === null);
  // Of a migration a p95 would be that of its baseline; its verdict and its stall stand for it.
  const p95 = run.kind === "migrate" ? null : totals[0]?.response["0.95"]?.value ?? null;
  // Numbers of a part of a run, or of a generator that was the limit, are no step of a trend.
  const of = kindOf(summary);
  const counts = p95 !== null && of !== null && run.status === "complete" && summary.verdict !== "invalid";
  const startedAt = new Date(run.startedAt);
  return {
    directory,
    row: {
      kind: "run",
      href: `${directory}/index.html`,
      runId: run.runId,
      label: shortName(run.label),
      scenario: shortName(whatRan(run)),
      data: dataOf(run.environment),
      startedAt: startedAt.toISOString(),
      date: `${isoMinutes(startedAt)} UTC`,
      commit: run.gitCommit?.slice(0, 10) ?? "—",
      ...verdict(summary),
      reasons: summary.reasons ?? [],
      remark: remarkOf(summary),
      requests: formatCount(measuredRequests(summary)),
      p95: p95 === null ? "—" : `${measuredMs(p95)} (${totals[0]!.arm})`,
      struck: summary.verdict === "invalid",
      sample: directory === SAMPLE,
    },
    step: counts ? { of, ms: p95 } : null,
    sides: [],
  };
}

/** Data set and scale; other versions' files may lack them, and others' programs write what they like. */
function dataOf(environment: Partial<Environment> | undefined): string {
  const { name, scale } = (environment?.dataset ?? {}) as Partial<Record<"name" | "scale", unknown>>;
  if (typeof name !== "string") return "";
  const told = scale === "own" ? "own tables" : scale;
  return shortName(typeof told === "string" ? `${name} ${told}` : name);
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

/** A migration's stall; of a run that failed what it missed, as the p95 beside it is the first arm's. */
function remarkOf({ migration, verdict, reasons }: Stored): string {
  const { stall } = migration ?? {};
  if (stall) return `stall ${measuredMs(stall.ms)}`;
  return verdict === "fail" ? singleLine(reasons?.[0] ?? "", REMARK_COLUMNS) : "";
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
