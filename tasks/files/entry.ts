import { lstatSync, statSync } from "node:fs";

/** Whether anything stands there, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  return statOf(() => lstatSync(path)) !== null;
}

/** Whether a file stands there, or a link to one; what cannot be looked at is none. */
export function isFile(path: string): boolean {
  return statOf(() => statSync(path))?.isFile() ?? false;
}

/** The same of a folder. */
export function isFolder(path: string): boolean {
  return statOf(() => statSync(path))?.isDirectory() ?? false;
}

function statOf(look: () => ReturnType<typeof statSync>) {
  try {
    return look() ?? null;
  } catch {
    return null;
  }
}
