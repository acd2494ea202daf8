import { createHash } from "node:crypto";
import { type BigIntStats, statSync } from "node:fs";
import type { ListedPage } from "./site_row.ts";

/**
 * What the list of runs shows of each page, by the folder's name: a thousand summaries are 125 MB to read, of which the
 * list takes a hundredth.
 */
export type KeptPages = Map<string, { readonly state: string; readonly page: ListedPage }>;

/** A file that changed so short a time ago may change once more without its times telling: they are in whole seconds. */
const SETTLED_MS = 2_000;

/**
 * What changes whenever one of these files does, whoever writes it: a change leaves another inode, size or time, and of
 * these the time of the last change can be set by nobody.
 * @returns null where that is not yet certain, or cannot be told
 */
export function stateOf(files: readonly string[], now = Date.now()): string | null {
  const states: string[] = [];
  for (const file of files) {
    let stat: BigIntStats | undefined;
    try {
      stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    } catch {
      return null;
    }
    if (stat !== undefined && Number(stat.ctimeMs) > now - SETTLED_MS) return null;
    states.push(stat === undefined ? "" : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`);
  }
  return states.join("|");
}

/** Pages as they are kept; a text that somebody edited, or that was cut short, is no longer what it says at its beginning. */
export function keptText(sources: string, pages: KeptPages): string {
  const text = JSON.stringify([sources, [...pages]]);
  return `${digest(text)}\n${text}\n`;
}

/** What was kept; nothing where it is damaged, or was made by other code than now would make it. */
export function keptPages(sources: string, text: string): KeptPages {
  const [first, content = ""] = text.split("\n", 2) as [string, string?];
  if (digest(content) !== first) return new Map();
  const [madeBy, pages] = JSON.parse(content) as [string, [string, { state: string; page: ListedPage }][]];
  return new Map(madeBy === sources ? pages : []);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
