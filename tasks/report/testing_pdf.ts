import assert from "node:assert/strict";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { readPdf } from "./toc.ts";

/** What stands on a printed page. */
export interface PrintedPage {
  /** The head of a table that ends the page with fewer than two rows below it and goes on; null: there is none. */
  readonly lonelyHead: string | null;
  /** Its text, words separated by one space. */
  readonly text: string;
}

/** What a reader of PDFs may run, fetch, unpack or show beside the pages. */
export interface PdfBeside {
  /** Where its links lead outside of it. */
  readonly urls: readonly string[];
  /** Scripts, attached files and fields to fill in, by what they are. */
  readonly active: readonly string[];
  /** Its title and the outline's. */
  readonly titles: readonly string[];
}

/** Reads what is in a PDF beside its pages. */
export async function besidePages(bytes: Uint8Array): Promise<PdfBeside> {
  const task = getDocument({ data: bytes.slice(), verbosity: 0 });
  const pdf = await task.promise;
  try {
    const active: string[] = [];
    if (await pdf.getJSActions() !== null || await pdf.getOpenAction() !== null) active.push("an action");
    if (await pdf.getAttachments() !== null) active.push("a file");
    const urls: string[] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      if (await page.getJSActions() !== null) active.push(`an action of page ${number}`);
      for (const annotation of await page.getAnnotations()) {
        const { subtype, unsafeUrl, action, actions } = annotation;
        if (subtype !== "Link" || action || actions) active.push(subtype);
        if (unsafeUrl) urls.push(unsafeUrl);
      }
    }
    const { info } = await pdf.getMetadata() as { info: { Title?: string } };
    return { urls, active, titles: [info.Title ?? "", ...(await readPdf(bytes)).outline] };
  } finally {
    await task.destroy();
  }
}

interface TextItem {
  readonly type?: string;
  readonly id?: string;
  readonly str?: string;
  readonly hasEOL?: boolean;
}

/** A node of the tags; a leaf names the text that it stands for. */
interface TagNode {
  readonly role?: string;
  readonly id?: string;
  readonly children?: readonly TagNode[];
}

interface Read {
  readonly items: readonly TextItem[];
  readonly tables: readonly TagNode[];
}

/** Checks what any printed report must hold: no page that is largely empty, and no table's head alone at its end. */
export async function checkPdf(bytes: Uint8Array): Promise<void> {
  const { filled } = await readPdf(bytes);
  // The first page is what decides, alone; the last one ends where the text does. Printing aims higher, at a half and a
  // quarter, and takes the best that it finds: other letters break other pages.
  filled.slice(1, -1).forEach((share, index) => assert(share >= 1 / 3, `page ${index + 2}: ${share}`));
  assert(filled.at(-1)! >= 1 / 8, `last page: ${filled.at(-1)}`);
  for (const { lonelyHead } of await printedPages(bytes)) assert.equal(lonelyHead, null);
}

/** Reads the pages of a PDF, from its texts and its tags. */
export async function printedPages(bytes: Uint8Array): Promise<PrintedPage[]> {
  const task = getDocument({ data: bytes.slice(), verbosity: 0 });
  const pdf = await task.promise;
  const pages: Read[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent({ includeMarkedContent: true });
    const tags = await page.getStructTree() as TagNode | null;
    pages.push({ items: items as TextItem[], tables: tablesIn(onPage(tags ?? {})) });
  }
  await task.destroy();
  return pages.map((page, index) => ({
    lonelyHead: lonelyHead(page, pages[index + 1]),
    text: page.items.map(({ str = "", hasEOL }) => `${str}${hasEOL ? " " : ""}`).join("").replace(
      /\s+/g,
      " ",
    ),
  }));
}

/** A table that goes on over a page has its caption on the first one only. */
function lonelyHead({ tables, items }: Read, next: Read | undefined): string | null {
  const [last, following] = [tables.at(-1), next?.tables[0]];
  if (last === undefined || following === undefined || has(following, "Caption")) return null;
  const rows = last.children!.filter((row) => row.role === "TR" && has(row, "TD"));
  return rows.length < 2 ? textOf(last, items) : null;
}

/** A node that goes on over pages is told of on each of them, with all of its children: only some of these are shown. */
function onPage(node: TagNode): TagNode {
  if (node.children === undefined) return node;
  const shown = (child: TagNode): boolean => child.children?.some(shown) ?? child.id !== undefined;
  return { ...node, children: node.children.filter(shown).map(onPage) };
}

function tablesIn(node: TagNode): TagNode[] {
  return node.role === "Table" ? [node] : (node.children ?? []).flatMap(tablesIn);
}

function has({ children = [] }: TagNode, role: string): boolean {
  return children.some((child) => child.role === role || has(child, role));
}

function textOf(node: TagNode, items: readonly TextItem[]): string {
  if (node.children !== undefined) {
    return node.children.map((child) => textOf(child, items)).join(" ").replace(/\s+/g, " ").trim();
  }
  const own = items.slice(items.findIndex(({ id }) => id === node.id) + 1);
  const end = own.findIndex(({ type }) => type === "endMarkedContent");
  return own.slice(0, end).map(({ str = "" }) => str).join("");
}
