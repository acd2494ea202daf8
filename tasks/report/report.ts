import { join } from "node:path";
import type { RunSummary } from "../model/summary.ts";
import { prepareReports, reportFolder } from "../stack/reports_folder.ts";
import { openRun, type RunReader } from "../store/read.ts";
import { runNoise } from "../summary/run_noise.ts";
import { summarise } from "../summary/summarise.ts";
import { renderHtml } from "./html.ts";
import { contentKey, runNotebooks } from "./notebooks.ts";
import { type PageOptions, writePage } from "./page.ts";
import { pageKey, pageSources } from "./report_key.ts";
import { slotsOf } from "./slots.ts";
import { reportKind } from "./sections/section.ts";
import { buildView, viewQueries } from "./view.ts";

export interface ReportOptions extends PageOptions {
  /** The store's file. */
  readonly db: string;
  /** An id, a unique beginning of one, a label, `latest` or `latest~N`. */
  readonly runRef: string;
}

export interface Report {
  /** Absolute paths. */
  readonly html: string;
  readonly pdf: string | null;
  /** With the paths of this report in `files`. */
  readonly summary: RunSummary;
  /** What could not be made and what to do about it, in whole sentences. */
  readonly warnings: readonly string[];
}

/**
 * Makes a stored run's report: index.html, report.pdf and summary.json in a directory named by its id, and the
 * list of all runs beside it. All of it is made before anything is replaced, so that a notebook or a page that
 * fails leaves the previous report as it was. Without a browser there is no PDF, which is a warning.
 *
 * @throws {UsageError} when there is no such run; {ServiceError} when a notebook fails or nothing can be
 * written; {InterruptedError} when `signal` aborts.
 */
export async function makeReport(options: ReportOptions): Promise<Report> {
  const { config, signal, onStep } = options;
  const reader = await openRun(options.runRef, { db: options.db });
  prepareReports(config.reports);
  onStep?.("summarising the run");
  const summary = await summarise(reader, reader.run.runId);
  const measured = await withNoise(summary, reader);
  const data = await contentKey(reader);
  const runs = await runNotebooks({ reader, summary, data }, {
    config,
    ...(signal && { signal }),
    ...(onStep && { onStep }),
  });
  const view = buildView(measured, slotsOf(runs), await viewRows(reader));
  const warnings: string[] = [];
  const directory = reportFolder(config.reports, reader.run.runId);
  const earlier = join(directory, "report.pdf");
  if (!options.pdf && await Deno.stat(earlier).then(() => true, () => false)) {
    warnings.push(
      "Removed the earlier report.pdf, which would no longer match (--no-pdf): `deno task report` makes it again.",
    );
  }
  const templates = join(config.root, "templates");
  const written = await writePage(options, {
    directory,
    key: pageKey(await pageSources(config.root), data),
    again: `deno task report ${measured.run.runId}`,
    render: (pages) => renderHtml(view, { templates, pages }),
    data: "summary.json",
    dataOf: ({ html, pdf, store }): RunSummary => ({
      ...measured,
      files: { html, pdf, summary: "summary.json", store },
    }),
  });
  const { html, pdf } = written;
  const files = { html, pdf, summary: written.data, store: reader.db };
  return { html, pdf, summary: { ...measured, files }, warnings: [...warnings, ...written.warnings] };
}

/** What a bench could be compared with is of interest where its numbers are shown. */
async function withNoise(summary: RunSummary, reader: RunReader): Promise<RunSummary> {
  return reportKind(reader.run) === "bench"
    ? { ...summary, noise: await runNoise(reader, reader.run) }
    : summary;
}

async function viewRows(reader: RunReader): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const query of viewQueries(reportKind(reader.run))) rows[query] = await reader.rows(query);
  return rows;
}
