import type { Browser, Page } from "puppeteer";
import { pathToFileURL } from "node:url";
import type { Pages } from "./html.ts";
import { readPdf } from "./toc.ts";

/**
 * Prints the report. It is rendered twice: the first print tells on which page each section begins, the
 * second carries those numbers in its contents. They take the place of nothing, so no page shifts; if one
 * does, the numbers are corrected once more.
 *
 * @param render the page's HTML for given page numbers.
 * @param file where the HTML may be put for the browser; removed afterwards.
 * @returns the PDF's bytes: A4, tagged, with an outline.
 */
export async function printPdf(
  browser: Browser,
  render: (pages: Pages) => Promise<string>,
  file: string,
): Promise<Uint8Array> {
  const page = await browser.newPage();
  try {
    await page.setJavaScriptEnabled(false);
    let pages: Pages = new Map();
    for (let round = 0; round < 2; round++) {
      const bytes = await print(page, await render(pages), file);
      const { destinations } = await readPdf(bytes);
      if (round > 0 && same(pages, destinations)) return bytes;
      pages = destinations;
    }
    return await print(page, await render(pages), file);
  } finally {
    await page.close();
    await Deno.remove(file).catch(() => {});
  }
}

async function print(page: Page, html: string, file: string): Promise<Uint8Array> {
  await Deno.writeTextFile(file, html);
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  return await page.pdf({ preferCSSPageSize: true, printBackground: true, outline: true, tagged: true });
}

function same(a: Pages, b: Pages): boolean {
  return a.size === b.size && [...a].every(([name, page]) => b.get(name) === page);
}
