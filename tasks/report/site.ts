import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatCount } from "../model/units.ts";
import { INDEX, refuseForeignIndex } from "../stack/reports_folder.ts";
import { templates } from "./html.ts";
import type { SiteRow } from "./site_row.ts";
import { siteRows } from "./site_rows.ts";
import { readReports } from "./site_summaries.ts";
import { replaceFile } from "./write.ts";

/** Writes `reports/index.html`, the list of all runs that have a report, newest first. */
export async function writeSite(reports: string, templateDirectory: string): Promise<string> {
  const { runs, searches, comparisons } = await readReports(reports);
  const html = await renderIndex(siteRows(runs, searches, comparisons), templateDirectory);
  refuseForeignIndex(reports);
  const file = join(reports, INDEX);
  await replaceFile(file, html);
  return file;
}

/** The list of runs as a page: a table, which a script that is small and inline helps to search. */
export async function renderIndex(
  rows: readonly SiteRow[],
  templateDirectory: string,
  /** Of a published site, whose pages lie beside it. */
  published: { readonly feed: string } | null = null,
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
    published,
    count: formatCount(rows.length),
    struck: false,
    // Without a second run of any kind the column would be empty.
    trends: rows.some(({ trend }) => trend !== ""),
  });
}
