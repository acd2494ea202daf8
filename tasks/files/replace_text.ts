import { randomBytes } from "node:crypto";
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** Where a file may be written, and no other be put in its place: a folder that is closed to us, or one file of a disk. */
const IN_PLACE = new Set(["EACCES", "ENAMETOOLONG", "EBUSY", "EPERM", "EROFS", "EXDEV"]);

/**
 * Writes a text file of the user's as a whole: where it cannot be written, as on a full disk, what stood in it stays. A link
 * stays one.
 * @throws the system's error
 */
export function replaceText(path: string, text: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  // What is new has nothing to lose.
  if (mode === undefined) return writeFileSync(path, text);
  const target = realpathSync(path);
  const part = `${target}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(part, text, { mode, flag: "wx", flush: true });
    renameSync(part, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    // One that was there before is somebody else's.
    if (code !== "EEXIST") rmSync(part, { force: true });
    if (!IN_PLACE.has(code)) throw error;
    writeFileSync(target, text);
  }
}
