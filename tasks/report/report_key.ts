import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { RateSearch } from "../model/rate_search.ts";
import { hashSources } from "../notebook/cache.ts";
import { NOTEBOOK_SOURCES } from "./notebooks.ts";

/** What a page is made of apart from data, its templates, notebooks and charts among them. */
const SOURCES = ["templates", "notebooks", "tasks/report", "tasks/terminal", ...NOTEBOOK_SOURCES];

const KEY = /<!-- made from ([0-9a-f]{32}) -->\n$/;
const TAIL_BYTES = 64;

/** Changes whenever what pages are made of does, apart from their data. @param root of the checkout */
export async function pageSources(root: string): Promise<string> {
  return await hashSources(root, SOURCES);
}

/** Changes whenever a page made anew would be another: 32 hex digits. @param data changes whenever its data does */
export function pageKey(sources: string, data: string): string {
  return createHash("sha256").update(JSON.stringify([sources, data])).digest("hex").slice(0, 32);
}

/** Changes when what a search found does. */
export function searchKey({ files: _, ...found }: RateSearch): string {
  return JSON.stringify(found);
}

/** A page that says at its end from what it was made. */
export function withKey(html: string, key: string): string {
  return `${html.trimEnd()}\n<!-- made from ${key} -->\n`;
}

/** From what a page says that it was made; null: it does not say, or there is none. */
export function keyOf(file: string): string | null {
  let open: number;
  try {
    open = openSync(file, "r");
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(open);
    if (!stat.isFile()) return null;
    const tail = new Uint8Array(TAIL_BYTES);
    const read = readSync(open, tail, 0, TAIL_BYTES, Math.max(0, stat.size - TAIL_BYTES));
    return KEY.exec(new TextDecoder().decode(tail.subarray(0, read)))?.[1] ?? null;
  } finally {
    closeSync(open);
  }
}
