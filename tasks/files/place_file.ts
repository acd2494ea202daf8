import { constants, copyFileSync, linkSync, rmSync } from "node:fs";

/** Where no second name of a file is to be had: another file system, or one without links. */
const NO_LINK = new Set(["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK"]);

/**
 * Puts a file that is complete in its place, where nothing may be yet: unlike a rename this replaces no file that somebody
 * has put there meanwhile.
 * @throws the system's error: EEXIST where something is there
 */
export function placeFile(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (error) {
    if (!NO_LINK.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    copyWhole(part, path);
  }
  rmSync(part);
}

function copyWhole(part: string, path: string): void {
  try {
    copyFileSync(part, path, constants.COPYFILE_EXCL);
  } catch (error) {
    // What was there before is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") rmSync(path, { force: true });
    throw error;
  }
}
