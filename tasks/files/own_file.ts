import { lstatSync, rmSync } from "node:fs";

/** A file that this process has made: known by its inode, since another may have its name by now. */
export interface OwnFile {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

/** @param stat of the file as it was made */
export function ownFile(path: string, { dev, ino }: Pick<OwnFile, "dev" | "ino">): OwnFile {
  return { path, dev, ino };
}

/** Removes it, where it is still there; what somebody has put in its place stays. */
export function removeOwn({ path, dev, ino }: OwnFile): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.dev === dev && there.ino === ino) rmSync(path);
}
