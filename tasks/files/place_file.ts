import { closeSync, fstatSync, linkSync, lstatSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { type OwnFile, ownFile, removeOwn } from "./own_file.ts";

/** Where no second name of a file is to be had: another file system, or one without links. */
const NO_LINK = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK"]);
const CHUNK_BYTES = 1 << 20;

/**
 * Puts a file that is complete in its place, where nothing may be yet: unlike a rename this replaces no file that somebody
 * has put there meanwhile.
 * @returns it, for who may have to remove it again
 * @throws the system's error: EEXIST where something is there
 */
export function placeFile(part: string, path: string): OwnFile {
  const placed = linked(part, path) ?? copied(part, path);
  rmSync(part);
  return placed;
}

function linked(part: string, path: string): OwnFile | null {
  const own = ownFile(path, lstatSync(part));
  try {
    linkSync(part, path);
    return own;
  } catch (error) {
    if (!NO_LINK.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return null;
  }
}

/** Opened for itself alone: a copy by the runtime looks first whether there is a file, and one may come between. */
function copied(part: string, path: string): OwnFile {
  const from = openSync(part, "r");
  try {
    const to = openSync(path, "wx");
    const own = ownFile(path, fstatSync(to));
    try {
      copyAll(from, to);
    } catch (error) {
      removeOwn(own);
      throw error;
    } finally {
      closeSync(to);
    }
    return own;
  } finally {
    closeSync(from);
  }
}

function copyAll(from: number, to: number): void {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let read; (read = readSync(from, chunk)) > 0;) {
    for (let done = 0; done < read;) done += writeSync(to, chunk, done, read - done);
  }
}
