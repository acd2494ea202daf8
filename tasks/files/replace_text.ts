import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { ownFile, removeOwn } from "./own_file.ts";

/** Where a file may be written, and no other be put in its place: a folder that is closed to us, or one file of a disk. */
const IN_PLACE = new Set(["EACCES", "ENAMETOOLONG", "EBUSY", "EPERM", "EROFS", "EXDEV"]);

/**
 * Writes a text file of the user's as a whole: where it cannot be written, as on a full disk, what stood in it stays. A link
 * stays one, owner and mode stay, and other names of the file have the text too. What appears in the place of a new file
 * meanwhile is not written over.
 * @throws the system's error
 */
export function replaceText(path: string, text: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return create(endOfLinks(path), text);
  const target = realpathSync(path);
  if (!stat.isFile()) return writeFileSync(target, text);
  // Another file in its place would part it from its other names.
  if (stat.nlink > 1) return overwrite(target, text);
  const part = `${target}.${randomBytes(4).toString("hex")}`;
  try {
    create(part, text, 0o600, () => {
      makeAlike(part, stat);
      renameSync(part, target);
    });
  } catch (error) {
    if (!IN_PLACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    overwrite(target, text);
  }
}

function makeAlike(part: string, { uid, gid, mode }: Stats): void {
  const own = statSync(part);
  if (own.uid !== uid || own.gid !== gid) chownSync(part, uid, gid);
  chmodSync(part, mode & 0o7777);
}

/** Makes a file and then goes on; where either fails it is removed again. */
function create(path: string, text: string, mode = 0o666, goOn = () => {}): void {
  const file = openSync(path, "wx", mode);
  const own = ownFile(path, fstatSync(file));
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    goOn();
  } catch (error) {
    removeOwn(own);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Where a link leads whose end is not there yet. */
function endOfLinks(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? endOfLinks(resolve(realpathSync(dirname(path)), readlinkSync(path))) : path;
}

/** What is longer than before is written first: where there is no room for it, nothing was written over yet. */
function overwrite(path: string, text: string): void {
  const [before, after] = [readFileSync(path), new TextEncoder().encode(text)];
  const file = openSync(path, "r+");
  try {
    writeAll(file, after.subarray(before.length), before.length);
    writeAll(file, after.subarray(0, before.length), 0);
    ftruncateSync(file, after.length);
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, before.length);
    writeAll(file, before, 0);
    throw error;
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, at + done);
  }
}
