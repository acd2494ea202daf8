import { join } from "node:path";
import { isIncomplete, type RateSearch } from "../model/rate_search.ts";
import { formatBytes, isoMinutes } from "../model/units.ts";
import { doubts, foundSentence, isWide } from "../terminal/find_rate_text.ts";
import { datasetText } from "./dataset_text.ts";
import { type Pages, templates } from "./html.ts";
import { reportFolder } from "../stack/reports_folder.ts";
import { serviceName } from "./provenance.ts";
import { type PageOptions, writePage, type WrittenPage } from "./page.ts";
import { RATE_SECTIONS, type RateSectionViews } from "./sections/rate_sections.ts";
import { pageKey, pageSources, searchKey } from "./report_key.ts";
import { type ContentsEntry, contentsOf, viewsOf } from "./sections/section.ts";

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

/**
 * Makes a search's page, `index.html`, `report.pdf` and `search.json`, in a directory of the reports named by its
 * id. Without a browser there is no PDF, which is a warning.
 * @throws {ServiceError} when it cannot be written; {InterruptedError} when `signal` aborts
 */
export async function makeRatePage(found: RateSearch, options: PageOptions): Promise<WrittenPage> {
  const view = ratePageView(found);
  const templateDirectory = join(options.config.root, "templates");
  return await writePage(options, {
    directory: reportFolder(options.config.reports, found.search.id),
    key: pageKey(await pageSources(options.config.root), searchKey(found)),
    again: `deno task report ${found.search.id}`,
    render: (pages) => renderRatePage(view, templateDirectory, pages),
    data: "search.json",
    dataOf: (files) => ({ ...found, files }),
  });
}

/** One HTML file with its stylesheet and figure inside. */
export async function renderRatePage(
  view: RatePageView,
  templateDirectory: string,
  pages: Pages = new Map(),
): Promise<string> {
  const render = await templates(templateDirectory);
  return await render("find_rate.hbs", { ...view, pages, slots: {}, struck: false });
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
    { name: "Commit", value: gitCommit?.slice(0, 12) ?? "not in a Git checkout" },
    { name: "Data", value: datasetText(dataset) },
    {
      name: "Host",
      value: `${environment.cpu}, ${environment.cores} cores, ${formatBytes(environment.memoryBytes)}`,
    },
    {
      name: "Services",
      value: services.filter(({ available }) => available).map((service) =>
        `${serviceName(service, services)} ${service.version ?? "of unknown version"} (${service.origin})`
      ).join(", "),
    },
    { name: "Benchbook", value: `${environment.benchbook}, Deno ${environment.deno}` },
    { name: "Seed", value: String(search.seed) },
  ];
}
