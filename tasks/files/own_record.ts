import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readSmall } from "./small_file.ts";

/** Writes a file so that it outlives a kill and a power cut; an earlier one is replaced, whole or not at all. */
export function writeDurably(path: string, text: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  // Opened with its mode: writeFileSync would set it only once the file is there for others to open.
  const file = openSync(part, "w", 0o600);
  try {
    writeFileSync(file, text, { flush: true });
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  syncEntry(folder);
}

/** Makes sure that a file, or the names in a folder, outlive a power cut. */
export function syncEntry(path: string): void {
  using entry = Deno.openSync(path);
  entry.syncSync();
}

/**
 * Reads a file that is acted upon, so that nobody else may have written it.
 * @returns `refused`: why it must not be, as the end of a sentence; null where it cannot be read
 */
export function readOwned(
  path: string,
  most: number,
): { readonly text: string; readonly refused: string | null } | null {
  try {
    const { text, uid, mode } = readSmall(path, { follow: false, most });
    if (uid !== Deno.uid() && uid !== 0) return { text, refused: `belongs to user id ${uid}` };
    if ((mode & 0o022) !== 0) return { text, refused: "may be written by other users" };
    return { text, refused: null };
  } catch {
    return null;
  }
}
