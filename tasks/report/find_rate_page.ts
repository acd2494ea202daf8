import { join } from "node:path";
import type { Config } from "../config.ts";
import { isIncomplete, type RateSearch } from "../model/rate_search.ts";
import { formatBytes, isoMinutes } from "../model/units.ts";
import { isReportPart, prepareReports, reportFolder } from "../stack/reports_folder.ts";
import { doubts, foundSentence, isWide } from "../terminal/find_rate_text.ts";
import { datasetText } from "./dataset_text.ts";
import { type Pages, templates } from "./html.ts";
import { writePdf } from "./report.ts";
import { writeSite } from "./site.ts";
import { RATE_SECTIONS, type RateSectionViews } from "./sections/rate_sections.ts";
import { type ContentsEntry, contentsOf, viewsOf } from "./sections/section.ts";
import { replaceDirectory } from "./write.ts";

/** Everything that templates/find_rate.hbs shows; nothing is computed there. */
export interface RatePageView {
  readonly title: string;
  readonly searchId: string;
  readonly label: string | null;
  readonly tone: "good" | "bad" | "unsure";
  readonly word: string;
  /** One an arm, then what makes them less certain. */
  readonly sentences: readonly string[];
  readonly provenance: readonly { readonly name: string; readonly value: string }[];
  /** Sections that have something to say, in order. */
  readonly contents: readonly ContentsEntry[];
  readonly sections: RateSectionViews;
}

/** The page's files, absolute; `warnings` says what could not be made and what to do about it. */
export interface RatePage {
  readonly html: string;
  readonly pdf: string | null;
  readonly warnings: readonly string[];
}

/**
 * Makes a search's page, `index.html`, `report.pdf` and `search.json`, in a directory of the reports named by its
 * id. Without a browser there is no PDF, which is a warning.
 * @throws {ServiceError} when it cannot be written; {InterruptedError} when `signal` aborts
 */
export async function makeRatePage(
  found: RateSearch,
  { config, pdf, signal, onStep }: {
    readonly config: Config;
    readonly pdf: boolean;
    readonly signal?: AbortSignal;
    readonly onStep?: (text: string) => void;
  },
): Promise<RatePage> {
  const view = ratePageView(found);
  const templateDirectory = join(config.root, "templates");
  prepareReports(config.reports);
  const directory = reportFolder(config.reports, found.search.id);
  const warnings: string[] = [];
  let printed: string | null = null;
  await replaceDirectory(directory, async (temporary) => {
    onStep?.("writing the page");
    await Deno.writeTextFile(join(temporary, "index.html"), await renderRatePage(view, templateDirectory));
    if (pdf) {
      onStep?.("printing the PDF");
      const render = (pages: Pages) => renderRatePage(view, templateDirectory, pages);
      const problem = await writePdf(render, config, temporary, signal);
      if (problem === null) printed = join(directory, "report.pdf");
      else warnings.push(problem);
    }
    // Relative names inside the file: it is sent along with the page, and paths of this machine are not.
    const files = { html: "index.html", pdf: printed && "report.pdf", store: "../benchbook.duckdb" };
    await Deno.writeTextFile(
      join(temporary, "search.json"),
      `${JSON.stringify({ ...found, files }, null, 1)}\n`,
    );
  }, isReportPart);
  onStep?.("listing all runs");
  await writeSite(config.reports, templateDirectory);
  return { html: join(directory, "index.html"), pdf: printed, warnings };
}

/** One HTML file with its stylesheet and figure inside. */
export async function renderRatePage(
  view: RatePageView,
  templateDirectory: string,
  pages: Pages = new Map(),
): Promise<string> {
  const render = await templates(templateDirectory);
  const css = await Deno.readTextFile(join(templateDirectory, "report.css"));
  return await render("find_rate.hbs", { ...view, css, pages, slots: {}, struck: false });
}

/** The view of a search's page; pure. */
export function ratePageView(found: RateSearch): RatePageView {
  const { search, arms } = found;
  const sections = viewsOf(RATE_SECTIONS, found);
  return {
    title: search.title,
    searchId: search.id,
    label: search.label,
    ...judged(found),
    sentences: [
      ...arms.map((arm) => `${foundSentence(arm)}.`),
      ...doubts(arms, search.resolution),
    ],
    provenance: provenance(found),
    contents: contentsOf(RATE_SECTIONS, found, sections),
    sections,
  };
}

function judged(found: RateSearch): Pick<RatePageView, "tone" | "word"> {
  const { arms, search: { resolution } } = found;
  if (arms.some(({ interval: [low, high] }) => low === null && high === null)) {
    return { tone: "bad", word: "INVALID" };
  }
  if (arms.some(({ interval: [low] }) => low === null)) return { tone: "bad", word: "FAIL" };
  if (isIncomplete(found)) return { tone: "unsure", word: "INCOMPLETE" };
  if (arms.some(({ confirmed }) => !confirmed)) return { tone: "unsure", word: "NOT CONFIRMED" };
  if (arms.some((arm) => isWide(arm, resolution))) return { tone: "unsure", word: "WIDE RANGE" };
  return { tone: "good", word: "FOUND" };
}

function provenance({ search }: RateSearch): RatePageView["provenance"] {
  const { environment, gitCommit, startedAt } = search;
  const { dataset, services } = environment;
  return [
    { name: "Scenario", value: search.scenario },
    { name: "Date", value: `${isoMinutes(startedAt)} UTC` },
    { name: "Commit", value: gitCommit ?? "—" },
    { name: "Data", value: datasetText(dataset) },
    {
      name: "Host",
      value: `${environment.cpu}, ${environment.cores} cores, ${formatBytes(environment.memoryBytes)}`,
    },
    {
      name: "Services",
      value: services.filter(({ available }) => available).map(({ name, version }) =>
        `${name} ${version ?? "(version unknown)"}`
      ).join(", "),
    },
    { name: "Benchbook", value: `${environment.benchbook}, Deno ${environment.deno}` },
    { name: "Seed", value: String(search.seed) },
  ];
}
