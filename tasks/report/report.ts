import { join } from "node:path";
import type { Config } from "../config.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import { type BrowserOptions, launchBrowser } from "../stack/browser.ts";
import { isReportPart, prepareReports, reportFolder } from "../stack/reports_folder.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { openRun, type RunReader } from "../store/read.ts";
import { summarise } from "../summary/summarise.ts";
import { type Pages, renderHtml } from "./html.ts";
import { runNotebooks } from "./notebooks.ts";
import { printPdf } from "./pdf.ts";
import { writeSite } from "./site.ts";
import { slotsOf } from "./slots.ts";
import { buildView, VIEW_QUERIES } from "./view.ts";
import { replaceDirectory, replaceFile } from "./write.ts";

export interface ReportOptions {
  readonly config: Config;
  /** The store's file. */
  readonly db: string;
  /** An id, a unique beginning of one, a label, `latest` or `latest~N`. */
  readonly runRef: string;
  readonly pdf: boolean;
  readonly signal?: AbortSignal;
  /** Told what is being done, in a few words. */
  readonly onStep?: (text: string) => void;
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
  const measured = await summarise(reader, reader.run.runId);
  const runs = await runNotebooks(reader, { config, ...(signal && { signal }), ...(onStep && { onStep }) });
  const view = buildView(measured, slotsOf(runs), await viewRows(reader));
  const directory = reportFolder(config.reports, reader.run.runId);
  const warnings: string[] = [];
  let pdf: string | null = null;
  if (!options.pdf && await Deno.stat(join(directory, "report.pdf")).then(() => true, () => false)) {
    warnings.push(
      "Removed the earlier report.pdf, which would no longer match (--no-pdf): `deno task report` makes it again.",
    );
  }
  await replaceDirectory(directory, async (temporary) => {
    signal?.throwIfAborted();
    onStep?.("writing the page");
    await Deno.writeTextFile(join(temporary, "index.html"), await renderHtml(view, templatesOf(config)));
    if (options.pdf) {
      onStep?.("printing the PDF");
      const render = (pages: Pages) => renderHtml(view, { ...templatesOf(config), pages });
      const problem = await writePdf(render, config, temporary, signal);
      if (problem === null) pdf = join(directory, "report.pdf");
      else warnings.push(problem);
    }
    signal?.throwIfAborted();
    const files = { html: "index.html", pdf: pdf && "report.pdf", summary: "summary.json" };
    // Relative names inside the file: it is sent along with the report, and paths of this machine are not.
    const stored: RunSummary = { ...measured, files: { ...files, store: "../benchbook.duckdb" } };
    await Deno.writeTextFile(join(temporary, "summary.json"), `${JSON.stringify(stored, null, 1)}\n`);
  }, isReportPart).catch((error) => {
    throw signal?.aborted ? new InterruptedError() : error;
  });
  onStep?.("listing all runs");
  await writeSite(config.reports, templatesOf(config).templates);
  const html = join(directory, "index.html");
  const files = { html, pdf, summary: join(directory, "summary.json"), store: reader.db };
  return { html, pdf, summary: { ...measured, files }, warnings };
}

async function viewRows(reader: RunReader): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const query of VIEW_QUERIES) rows[query] = await reader.rows(query);
  return rows;
}

function templatesOf(config: Pick<Config, "root">): { readonly templates: string } {
  return { templates: join(config.root, "templates") };
}

/**
 * Prints a page as report.pdf into a directory; returns why not, where it cannot.
 * @throws {InterruptedError} when `signal` aborts
 */
export async function writePdf(
  render: (pages: Pages) => Promise<string>,
  config: Config,
  directory: string,
  signal?: AbortSignal,
): Promise<string | null> {
  // A browser that dies on a busy machine mostly lives the second time.
  return await tryPdf(render, config, directory, signal) && await tryPdf(render, config, directory, signal);
}

async function tryPdf(
  render: (pages: Pages) => Promise<string>,
  config: Config,
  directory: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const profile = temporaryFolder("benchbook-browser-");
  const printing = printWithBrowser(render, config, directory, { signal, profile: profile.path });
  // Closed in mid-work a browser is gone at once; now and then its driver waits half a minute for it.
  const aborted = Promise.withResolvers<never>();
  const abort = () => setTimeout(() => aborted.reject(new InterruptedError()), 1_000);
  signal?.addEventListener("abort", abort);
  try {
    signal?.throwIfAborted();
    await Promise.race([printing, aborted.promise]);
    return null;
  } catch (error) {
    printing.catch(() => {});
    if (signal?.aborted) throw new InterruptedError();
    if (!(error instanceof Error)) throw error;
    const next = error instanceof BenchbookError ? error.next : undefined;
    const again = next ?? "Run `deno task report` to try again; `deno task doctor` looks at the browser.";
    return `PDF not made: ${error.message.split("\n")[0]}. ${again}`;
  } finally {
    signal?.removeEventListener("abort", abort);
    profile.remove();
  }
}

async function printWithBrowser(
  render: (pages: Pages) => Promise<string>,
  config: Config,
  directory: string,
  options: BrowserOptions,
): Promise<void> {
  const browser = await launchBrowser(config, options);
  try {
    const bytes = await printPdf(browser, render, join(directory, "print.html"));
    await replaceFile(join(directory, "report.pdf"), bytes);
  } finally {
    await browser.close();
  }
}
