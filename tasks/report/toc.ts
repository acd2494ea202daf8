import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Pages } from "./html.ts";

/** What a reader of a PDF can tell about it. */
export interface PdfFacts {
  readonly pages: number;
  /** 1-based page of every named destination, i.e. of every anchor that some link of the page points to. */
  readonly destinations: Pages;
  /** Titles of the outline, in order, all levels. */
  readonly outline: readonly string[];
  readonly tagged: boolean;
}

/**
 * Reads the pages to which a PDF's named destinations lead. CSS has `target-counter()` for tables of
 * contents, but Chromium paints nothing for it: so the PDF is made, read and made again with the numbers.
 */
export async function readPdf(bytes: Uint8Array): Promise<PdfFacts> {
  // pdf.js takes over the buffer that it is given.
  const task = getDocument({ data: bytes.slice(), useSystemFonts: true, verbosity: 0 });
  const pdf = await task.promise;
  try {
    const found = await pdf.getDestinations() as unknown;
    const entries: [string, unknown][] = found instanceof Map ? [...found] : Object.entries(found as object);
    const destinations = new Map<string, number>();
    for (const [name, target] of entries) {
      if (Array.isArray(target) && target[0] !== null && typeof target[0] === "object") {
        destinations.set(decodeURIComponent(name), await pdf.getPageIndex(target[0]) + 1);
      }
    }
    const outline = await pdf.getOutline() as OutlineItem[] | null;
    const mark = await pdf.getMarkInfo() as { Marked?: boolean } | null;
    return {
      pages: pdf.numPages,
      destinations,
      outline: titles(outline ?? []),
      tagged: mark?.Marked === true,
    };
  } finally {
    await task.destroy();
  }
}

interface OutlineItem {
  readonly title: string;
  readonly items: readonly OutlineItem[];
}

function titles(items: readonly OutlineItem[]): string[] {
  return items.flatMap(({ title, items }) => [title, ...titles(items)]);
}
