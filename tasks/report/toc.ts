import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Pages } from "./html.ts";

/** What a reader of a PDF can tell about it. */
export interface PdfFacts {
  readonly pages: number;
  /** Of each page, how far down its lowest text stands, as a share of the height between the margins. */
  readonly filled: readonly number[];
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
    const filled: number[] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      filled.push(await filledShare(await pdf.getPage(number)));
    }
    return {
      pages: pdf.numPages,
      filled,
      destinations,
      outline: titles(outline ?? []),
      tagged: mark?.Marked === true,
    };
  } finally {
    await task.destroy();
  }
}

/** The margins of templates/report.css, in points. */
const [TOP, BOTTOM] = [19, 18].map((mm) => mm * 72 / 25.4) as [number, number];

type PdfDocument = Awaited<ReturnType<typeof getDocument>["promise"]>;
type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;

async function filledShare(page: PdfPage): Promise<number> {
  const height = page.view[3]!;
  const { items } = await page.getTextContent();
  const bottoms = items.flatMap((item) =>
    "str" in item && item.str.trim() !== "" ? [item.transform[5] as number] : []
  );
  const own = bottoms.filter((y) => y > BOTTOM && y < height - TOP);
  return (height - TOP - own.reduce((lowest, y) => Math.min(lowest, y), height - TOP)) /
    (height - TOP - BOTTOM);
}

interface OutlineItem {
  readonly title: string;
  readonly items: readonly OutlineItem[];
}

function titles(items: readonly OutlineItem[]): string[] {
  return items.flatMap(({ title, items }) => [title, ...titles(items)]);
}
