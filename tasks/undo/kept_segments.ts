import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { isFolder } from "../files/entry.ts";
import { syncEntry } from "../files/own_record.ts";

/**
 * Keeps what a run's spool tells of its requests, before the spool is loaded and removed. Links take no room; what cannot
 * be linked is copied.
 * @param dir the spool
 * @param folder called like the run: a segment knows its run by its folder's name
 * @throws where it cannot be kept: then the spool must stay
 */
export function keepSegments(dir: string, folder: string): void {
  // What stands in the place of a spool tells of nothing.
  if (!isFolder(dir)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, isFile } of Deno.readDirSync(dir)) {
    if (isFile && /^timing-\d+\.seg$/.test(name)) keepFile(join(dir, name), join(folder, name));
  }
  syncEntry(folder);
}

/** Replaces `to`: whole, or not at all. */
function keepFile(from: string, to: string): void {
  const part = `${to}.part`;
  rmSync(part, { recursive: true, force: true });
  try {
    try {
      linkSync(from, part);
    } catch {
      // On another file system, or on one without links.
      copyFileSync(from, part, constants.COPYFILE_EXCL);
      // It tells when the run ended.
      const { atime, mtime } = statSync(from);
      utimesSync(part, atime, mtime);
      syncEntry(part);
    }
    renameSync(part, to);
  } finally {
    // Renaming one link of a file to another of it does nothing.
    rmSync(part, { force: true });
  }
}
