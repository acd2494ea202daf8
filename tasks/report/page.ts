import { join, relative } from "node:path";
import type { Config } from "../config.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { type BrowserOptions, launchBrowser } from "../stack/browser.ts";
import { isReportPart, prepareReports } from "../stack/reports_folder.ts";
import { temporaryFolder } from "../files/temporary.ts";
import type { Pages } from "./html.ts";
import { printPdf } from "./pdf.ts";
import { withKey } from "./report_key.ts";
import { writeSite } from "./site.ts";
import { replaceDirectory, replaceFile } from "./write.ts";

export interface PageOptions {
  readonly config: Config;
  readonly pdf: boolean;
  /** Whether the list of all runs is written too (default); not where many pages are made. */
  readonly list?: boolean;
  readonly signal?: AbortSignal;
  /** Told what is being done, in a few words. */
  readonly onStep?: (text: string) => void;
}

/** A page's files, absolute; `warnings` says what could not be made and what to do about it. */
export interface WrittenPage {
  readonly html: string;
  readonly pdf: string | null;
  readonly data: string;
  readonly warnings: readonly string[];
}

export interface PageContent {
  /** Its directory in the reports; see `reportFolder`. */
  readonly directory: string;
  /** From what it is made, see `pageKey`; absent: nobody asks. */
  readonly key?: string;
  /** The command that makes it again. */
  readonly again: string;
  /** @param pages printed page numbers for the contents, once they are known */
  readonly render: (pages?: Pages) => Promise<string>;
  /** The name of the file for programs beside the page. */
  readonly data: string;
  /** What stands in it. Names are relative: it is sent along with the page, and paths of this machine are not. */
  readonly dataOf: (files: { html: string; pdf: string | null; store: string }) => object;
}

/**
 * Writes index.html, report.pdf and a file for programs into a directory of the reports, and the list of all runs
 * beside it. All of it is made before anything is replaced, so that a page that fails leaves the previous one as it
 * was. Without a browser there is no PDF, which is a warning.
 * @throws {ServiceError} when nothing can be written; {InterruptedError} when `signal` aborts
 */
export async function writePage(
  options: PageOptions,
  { directory, key, again, render, data, dataOf }: PageContent,
): Promise<WrittenPage> {
  const { config, signal, onStep } = options;
  prepareReports(config.reports);
  const warnings: string[] = [];
  let pdf: string | null = null;
  await replaceDirectory(directory, async (temporary) => {
    signal?.throwIfAborted();
    onStep?.("writing the page");
    const html = await render();
    await Deno.writeTextFile(join(temporary, "index.html"), key === undefined ? html : withKey(html, key));
    if (options.pdf) {
      onStep?.("printing the PDF");
      const problem = await writePdf({ render, again }, config, temporary, signal);
      if (problem === null) pdf = join(directory, "report.pdf");
      else warnings.push(problem);
    }
    signal?.throwIfAborted();
    const files = {
      html: "index.html",
      pdf: pdf && "report.pdf",
      store: `${relative(directory, config.reports)}/benchbook.duckdb`,
    };
    await Deno.writeTextFile(join(temporary, data), `${JSON.stringify(dataOf(files), null, 1)}\n`);
  }, { own: isReportPart, again }).catch((error) => {
    throw signal?.aborted ? new InterruptedError() : error;
  });
  if (options.list ?? true) {
    onStep?.("listing all runs");
    await writeSite(config);
  }
  return { html: join(directory, "index.html"), pdf, data: join(directory, data), warnings };
}

/**
 * Prints a page as report.pdf into a directory; returns why not, where it cannot.
 * @throws {InterruptedError} when `signal` aborts
 */
async function writePdf(
  content: Pick<PageContent, "render" | "again">,
  config: Config,
  directory: string,
  signal?: AbortSignal,
): Promise<string | null> {
  // A browser that dies on a busy machine mostly lives the second time.
  return await tryPdf(content, config, directory, signal) && await tryPdf(content, config, directory, signal);
}

async function tryPdf(
  { render, again }: Pick<PageContent, "render" | "again">,
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
    const what = next ?? `Run \`${again}\` to try again; \`deno task doctor\` looks at the browser.`;
    return `PDF not made: ${error.message.split("\n")[0]}. ${what}`;
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
  await using browser = await launchBrowser(config, options);
  const file = join(directory, "print.html");
  const bytes = await printPdf(browser, { render, paper: config.paper, file });
  await replaceFile(join(directory, "report.pdf"), bytes);
}
