import type { Browser, Page } from "puppeteer";
import { pathToFileURL } from "node:url";
import type { Paper } from "../config.ts";
import { BROWSER_MS } from "../stack/browser.ts";
import type { Pages } from "./html.ts";
import { type PdfFacts, readPdf } from "./toc.ts";

/** Sizes of text and figures, the largest first, among which a report is fitted to its pages. */
const FITS = [1, 0.97, 0.94, 0.91, 0.88];

/** What a page has to be filled to, and the last one. */
const [LEAST_FILLED, LEAST_LAST] = [0.5, 0.25];

/** What is printed, and on what. */
export interface Printed {
  /** The page's HTML for given page numbers. */
  readonly render: (pages: Pages) => Promise<string>;
  readonly paper: Paper;
  /** Where the HTML may be put for the browser; removed afterwards. */
  readonly file: string;
}

/**
 * Prints the report. No figure is cut by a page, so a tall one may leave much of the page before it empty, and a few
 * lines may be left over for a last page: then it is printed a little smaller, until no page is largely empty.
 * The prints tell on which page each section begins; another carries those numbers in its contents. They take
 * the place of nothing, so no page shifts; if one does, the numbers are corrected once more.
 *
 * @returns the PDF's bytes: tagged, with an outline.
 */
export async function printPdf(browser: Browser, { render, paper, file }: Printed): Promise<Uint8Array> {
  const page = await browser.newPage();
  try {
    await page.setJavaScriptEnabled(false);
    const print = async (pages: Pages, fit: number, whole: boolean) => {
      const bytes = await printAt(page, forPaper(sized(await render(pages), fit)), { file, paper, whole });
      return { bytes, fit, facts: await readPdf(bytes) };
    };
    // Tags and outline move nothing, and take a fifth of a print.
    let best = await print(new Map(), FITS[0]!, false);
    for (const fit of FITS.slice(1)) {
      if (fullness(best.facts) >= 1) break;
      const other = await print(new Map(), fit, false);
      if (fullness(other.facts) > fullness(best.facts)) best = other;
    }
    for (let round = 0; round < 2; round++) {
      const { destinations } = best.facts;
      best = await print(destinations, best.fit, true);
      if (same(destinations, best.facts.destinations)) break;
    }
    return best.bytes;
  } finally {
    await page.close();
    await Deno.remove(file).catch(() => {});
  }
}

/** At least 1 where every page is filled as it has to be. Page one stands for itself: what decides, and nothing else. */
function fullness({ filled }: PdfFacts): number {
  const shares = filled.slice(1).map((share, index, { length }) =>
    share / (index === length - 1 ? LEAST_LAST : LEAST_FILLED)
  );
  return shares.reduce((least, share) => Math.min(least, share), Infinity);
}

/** What a browser tags by names that PDF 1.7 does not have, and what looks the same and is tagged as text. */
const PLAIN_ELEMENTS: Readonly<Record<string, string>> = { strong: "b", em: "i" };

/**
 * The page as it is printed. It has no links to files beside it: a PDF would lead by this machine's paths to where they lie
 * now, and goes on leading there when they are removed or it is sent. Links within it, and to the web, stay.
 */
export function forPaper(html: string): string {
  return html.replaceAll(/<a href="(?!#|https?:\/\/)[^"]*"[^>]*>([\s\S]*?)<\/a>/g, "$1")
    .replaceAll(/(<\/?)(strong|em)(?=[\s>])/g, (_, open, name) => `${open}${PLAIN_ELEMENTS[name]}`);
}

/** The page with its text and figures at a size; templates/report.css reads it. */
function sized(html: string, fit: number): string {
  return html.replace("<html ", `<html style="--fit: ${fit}" `);
}

/** Prints a page as it is. @param page without scripts */
export async function printAt(
  page: Page,
  html: string,
  { file, paper, whole }: Pick<Printed, "file" | "paper"> & { readonly whole: boolean },
): Promise<Uint8Array> {
  await Deno.writeTextFile(file, html);
  await page.goto(pathToFileURL(file).href, { waitUntil: "load", timeout: BROWSER_MS });
  return await page.pdf({
    format: paper,
    printBackground: true,
    outline: whole,
    tagged: whole,
    timeout: BROWSER_MS,
  });
}

function same(a: Pages, b: Pages): boolean {
  return a.size === b.size && [...a].every(([name, page]) => b.get(name) === page);
}
