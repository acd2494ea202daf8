import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { isRunId, SAMPLE } from "../model/run_id.ts";
import { searchOf } from "../store/searches.ts";
import { comparisonOf, listedComparison } from "./site_comparisons.ts";
import { type KeptPages, stateOf } from "./kept_pages.ts";
import { listedRun, listedSearch } from "./site_pages.ts";
import type { ListedPage } from "./site_row.ts";
import type { Stored } from "./stored_summary.ts";

/** What a page's folder says of it stands in one of these. */
const DATA_FILES = ["search.json", "comparison.json", "summary.json"] as const;
const [SEARCH, COMPARISON, SUMMARY] = DATA_FILES;

/**
 * Reads what the folders of a reports folder say of themselves.
 * @param kept what is known of them from before; brought up to date
 */
export async function readReports(reports: string, kept: KeptPages, now = Date.now()): Promise<ListedPage[]> {
  const pages: ListedPage[] = [];
  for await (const { name, isDirectory } of Deno.readDir(reports)) {
    // Names become links: one such as "javascript:…" is no report's.
    if (!isDirectory || !(isRunId(name) || name === SAMPLE)) continue;
    const folder = join(reports, name);
    // Before they are read: what is replaced meanwhile is read again the next time.
    const state = stateOf(DATA_FILES.map((file) => join(folder, file)), now);
    const known = kept.get(name);
    const page = known !== undefined && known.state === state ? known.page : pageOf(folder, name);
    if (page !== null) pages.push(page);
    if (page === null || state === null) kept.delete(name);
    else if (page !== known?.page) kept.set(name, { state, page });
  }
  const there = new Set(pages.map(({ directory }) => directory));
  for (const name of kept.keys()) {
    if (!there.has(name)) kept.delete(name);
  }
  return pages;
}

/** What a page's folder says of it; null: it is no report, or of another version, torn or closed to us. */
function pageOf(folder: string, name: string): ListedPage | null {
  try {
    const [search, comparison] = [
      searchOf(readText(join(folder, SEARCH))),
      readText(join(folder, COMPARISON)),
    ];
    if (search !== null) return search.search.id === name ? listedSearch(search) : null;
    const compared = comparisonOf(comparison, name);
    if (compared !== null) return listedComparison(compared);
    const summary = JSON.parse(readSmallText(join(folder, SUMMARY)));
    return isSummary(summary) ? listedRun({ ...summary, directory: name }) : null;
  } catch {
    // Another program's folder is no reason not to list the others.
    return null;
  }
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
