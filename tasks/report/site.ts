import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { counted, listed } from "../model/units.ts";
import { historyFolders, historyName } from "../stack/history_folder.ts";
import { INDEX, refuseForeignIndex } from "../stack/reports_folder.ts";
import { templates } from "./html.ts";
import type { SiteRow } from "./site_row.ts";
import { listedPages, type ListPlaces } from "./listed_pages.ts";
import { shortName } from "./site_pages.ts";
import { siteRows } from "./site_rows.ts";
import { replaceFile } from "./write.ts";

/** Writes `reports/index.html`, the list of all runs that have a report, newest first. */
export async function writeSite(config: ListPlaces): Promise<string> {
  const { root, reports } = config;
  const pages = await listedPages(config);
  const histories = historyFolders(reports).map((folder) => ({
    name: basename(folder),
    href: `${folder}/${INDEX}`,
  }));
  const html = await renderIndex(siteRows(pages), join(root, "templates"), { histories });
  refuseForeignIndex(reports);
  const file = join(reports, INDEX);
  await replaceFile(file, html);
  return file;
}

/** What the list of runs is called and leads to beside their pages; links are relative to it. */
export interface SiteLinks {
  readonly title?: string;
  /** Its feed, where it is published. */
  readonly feed?: string;
  /** A scenario each. */
  readonly histories?: readonly { readonly name: string; readonly href: string }[];
}

/** The link to the page of a scenario's history. */
export function historyLink(scenario: string): { name: string; href: string } {
  return { name: shortName(scenario), href: `${historyName(scenario)}/${INDEX}` };
}

/** The list of runs as a page: a table, which a script that is small and inline helps to search. */
export async function renderIndex(
  rows: readonly SiteRow[],
  templateDirectory: string,
  { title = "All runs", feed, histories = [] }: SiteLinks = {},
): Promise<string> {
  const render = await templates(templateDirectory);
  const css = await Deno.readTextFile(join(templateDirectory, "report.css"));
  const script = await Deno.readTextFile(join(templateDirectory, "site.js"));
  return await render("site.hbs", {
    rows,
    css,
    script,
    // The page's policy allows this one script, and none that text from outside may bring.
    scriptHash: createHash("sha256").update(`\n${script}`).digest("base64"),
    title: shortName(title),
    feed,
    histories,
    count: countText(rows),
    struck: false,
    // Without a second run of any kind the column would be empty.
    trends: rows.some(({ trend }) => trend !== ""),
  });
}

/** What the list holds: `12 runs, 1 search and 2 comparisons`. */
function countText(rows: readonly SiteRow[]): string {
  const of = (kind: SiteRow["kind"]) => rows.filter((row) => row.kind === kind).length;
  const [searches, comparisons] = [of("search"), of("comparison")];
  return listed([
    counted(of("run"), "run"),
    ...searches === 0 ? [] : [counted(searches, "search", "searches")],
    ...comparisons === 0 ? [] : [counted(comparisons, "comparison")],
  ]);
}
