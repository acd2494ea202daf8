import { statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { isFile } from "../../files/entry.ts";
import { INDEX } from "../../stack/reports_folder.ts";
import { historyName } from "../../stack/history_folder.ts";
import { historyLink, renderIndex } from "../site.ts";
import { listedPages, type ListPlaces } from "../listed_pages.ts";
import type { ListedPage } from "../site_row.ts";
import { siteRows } from "../site_rows.ts";
import { FEED, feed } from "./feed.ts";
import type { SiteFolder } from "./site_folder.ts";
import { type SiteFile, writeSite, type Written } from "./write_site.ts";

/** What of a page's folder is published; anything else in it is not ours to show. */
const PAGE_FILES = [
  "index.html",
  "report.pdf",
  "summary.json",
  "search.json",
  "comparison.json",
  "history.json",
] as const;

/** The pages that the reports folder has of stored runs, and of comparisons between them. */
export async function storedPages(
  places: ListPlaces,
  stored: ReadonlySet<string>,
): Promise<ListedPage[]> {
  return (await listedPages(places)).filter(({ directory, row, sides }) =>
    row.kind === "comparison"
      ? sides.every((ids) => ids.some((id) => stored.has(id)))
      // A copy of a report's folder is not the run's.
      : stored.has(directory) && directory === row.runId
  );
}

/**
 * Writes the site of these pages: the list of all, its feed, and each page with its PDF and its data.
 * @param url where the site will be, with a slash at its end; null: links in the feed are relative
 */
export async function publishPages(
  site: SiteFolder,
  { listed, histories }: {
    readonly listed: readonly ListedPage[];
    /** Scenarios with a page of their history. */
    readonly histories: readonly string[];
  },
  { config, title, url, signal }: {
    readonly config: Pick<Config, "root" | "reports">;
    /** What the list is called. */
    readonly title: string;
    readonly url: string | null;
    readonly signal?: AbortSignal;
  },
): Promise<Written & { readonly pages: number }> {
  const rows = siteRows(listed);
  const index = await renderIndex(rows, join(config.root, "templates"), {
    title,
    feed: FEED,
    histories: histories.map(historyLink),
  });
  const pages = [...rows.map(({ runId }) => runId), ...histories.map(historyName)];
  const files: SiteFile[] = [
    ...pages.flatMap((page) => pageFiles(config.reports, page)),
    { path: FEED, text: feed(rows, { title, url }) },
    { path: INDEX, text: index },
  ];
  return { ...writeSite(site, files, signal), pages: pages.length };
}

function pageFiles(reports: string, page: string): SiteFile[] {
  return PAGE_FILES.map((name) => ({ path: `${page}/${name}`, from: join(reports, page, name) }))
    .filter(({ from }) => isFile(from) && statSync(from).size > 0);
}
