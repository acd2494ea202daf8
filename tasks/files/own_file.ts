import { lstatSync, rmSync } from "node:fs";

/**
 * A file that this process has made: known by its inode, since another may have its name by now, and by when it was made,
 * since an inode is soon used again.
 */
export interface OwnFile {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  /** 0: the file system does not tell. */
  readonly birthtimeMs: number;
}

/** @param stat of the file as it was made */
export function ownFile(
  path: string,
  { dev, ino, birthtimeMs }: Pick<OwnFile, "dev" | "ino" | "birthtimeMs">,
): OwnFile {
  return { path, dev, ino, birthtimeMs };
}

/** Removes it, where it is still there; what somebody has put in its place stays. */
export function removeOwn(own: OwnFile): void {
  const there = lstatSync(own.path, { throwIfNoEntry: false });
  if (there !== undefined && isSame(own, there)) rmSync(own.path);
}

function isSame(own: OwnFile, { dev, ino, birthtimeMs }: Omit<OwnFile, "path">): boolean {
  const isKnown = own.birthtimeMs > 0 && birthtimeMs > 0;
  return own.dev === dev && own.ino === ino && (!isKnown || own.birthtimeMs === birthtimeMs);
}
