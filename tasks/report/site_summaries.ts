import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RateSearch } from "../model/rate_search.ts";
import type { Run } from "../model/run.ts";
import { isRunId, SAMPLE } from "../model/run_id.ts";
import { searchOf } from "../store/searches.ts";
import { comparisonOf, type StoredComparison } from "./site_comparisons.ts";

/** Totals of an arm, or one of its operations. */
export interface StoredRow {
  readonly arm: string;
  readonly operation: string | null;
  readonly n: number;
  readonly response: Readonly<Record<string, { readonly value: number | null }>>;
}

/** What the list needs of a summary.json; other versions' files may lack some of it. */
export interface Stored {
  readonly directory: string;
  readonly schema: number;
  readonly verdict: string | null;
  readonly reasons?: readonly string[];
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

/** What has a page in the reports. */
export interface Pages {
  readonly runs: Stored[];
  readonly searches: RateSearch[];
  readonly comparisons: StoredComparison[];
}

/** Reads what the folders of a reports folder say of themselves. @param wanted whether a folder of that name is of interest */
export async function readReports(
  reports: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Pages> {
  const runs: Stored[] = [];
  const searches: RateSearch[] = [];
  const comparisons: StoredComparison[] = [];
  for await (const entry of Deno.readDir(reports)) {
    // Names become links: one such as "javascript:…" is no report's.
    if (!entry.isDirectory || !(isRunId(entry.name) || entry.name === SAMPLE) || !wanted(entry.name)) {
      continue;
    }
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
  const { schema, run, operations, verdict, reasons = [] } = (summary ?? {}) as Partial<Stored>;
  const isText = (value: unknown) => typeof value === "string";
  return schema === 1 && isText(run?.scenario) && isText(run?.label ?? "") && isText(run?.gitCommit ?? "") &&
    isText(run?.status) && isText(verdict ?? "") &&
    Array.isArray(reasons) && reasons.every(isText) && isRunId(run?.runId) &&
    !Number.isNaN(Date.parse(String(run.startedAt))) &&
    Array.isArray(operations) &&
    operations.every((row) => typeof row?.n === "number" && typeof row.response === "object");
}
