import { createHash, randomBytes } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, renameSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { isFolder } from "../files/entry.ts";
import { readSmallText } from "../files/small_file.ts";
import { ServiceError } from "../model/errors.ts";
import { formatRoom } from "../model/units.ts";
import { claimFolder, claimHome, HOME_MARK, ownerOf, writeProblem } from "./home.ts";
import { namesIn, type Shape, shapeOf } from "./home_entries.ts";

/** A user to run a service as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Below this many free bytes a start is refused: a full disk in mid-run loses measurements. */
export const MIN_FREE_BYTES = 1_000_000_000;

/**
 * Makes BENCHBOOK_HOME usable: it exists, it is ours, and its disk has room.
 * @throws {UsageError} when it is a folder of somebody else's.
 * @throws {ServiceError} when it cannot be written to or the disk is nearly full.
 */
export function prepareHome(home: string, minFreeBytes = MIN_FREE_BYTES): void {
  claimHome(home);
  try {
    const probe = join(home, `.probe-${randomBytes(4).toString("hex")}`);
    writeFileSync(probe, "");
    Deno.removeSync(probe);
  } catch (error) {
    throw writeProblem(error, home);
  }
  refuseForeignParts(home);
  const free = freeBytes(home);
  if (free < minFreeBytes) throw diskFull(home, free);
}

/** Root may use anyone's home; what it then leaves there is closed to the one it belongs to. */
function refuseForeignParts(home: string): void {
  const us = process.getuid?.();
  if (us === undefined || us === 0) return;
  for (const name of namesIn(home).filter((name) => shapeOf(home, name, "follow") !== "foreign")) {
    const owner = ownerOf(join(home, name));
    if (owner === null || owner === us) continue;
    throw new ServiceError(
      `Cannot use ${join(home, name)}: it belongs to user id ${owner}`,
      `Hand it over (\`sudo chown -R ${us} ${home}\`), or set BENCHBOOK_HOME to another folder.`,
    );
  }
}

/** Bytes that an ordinary user may still write on the disk that holds `path`. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** The path itself, or what of it is there: it is made when it is written to. */
export function existingPart(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** Whether two paths that are there lie on one disk. */
export function onOneDisk(one: string, other: string): boolean {
  return statSync(one).dev === statSync(other).dev;
}

/** Replaces a file in one step: a reader sees the old content or the new, never a part. */
export function writeAtomically(path: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${randomBytes(4).toString("hex")}`;
  // On the disk before it is renamed: a power cut leaves no empty file of that name.
  writeFileSync(part, content, { mode, flush: true });
  try {
    renameSync(part, path);
  } catch (error) {
    if (!isFolder(path)) throw error;
    moveAside(path);
    renameSync(part, path);
  }
}

/** Moves what stands in the place of a file of ours out of the way; nothing of it is removed. */
export function moveAside(path: string): void {
  renameSync(path, `${path}.${randomBytes(4).toString("hex")}`);
}

/** A secret kept in a 0600 file: read, or made at random and written the first time. */
export function keptSecret(path: string): string {
  try {
    const secret = readSmallText(path).trim();
    if (secret !== "") return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  // Hex: needs no escaping in a URL, a configuration file or a connection string.
  const secret = randomBytes(24).toString("hex");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeAtomically(path, `${secret}\n`);
  return secret;
}

/** True when `user` can walk down to `path` and read it, judged by owner, group and mode bits. */
export function reachableBy(path: string, user: User): boolean {
  for (let at = path;; at = dirname(at)) {
    let stat;
    try {
      stat = statSync(at);
    } catch {
      return false;
    }
    const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0;
    const bits = stat.mode >> shift;
    const needed = at === path && !stat.isDirectory() ? 4 : 1;
    if ((bits & needed) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * The folder, outside BENCHBOOK_HOME, for what an unprivileged user must reach when root's own folders are
 * closed to it. Named after the home, so that each home has one.
 */
export function reachableDir(home: string): string {
  return join("/var/tmp", `benchbook-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`);
}

/**
 * Makes `reachableDir`. /var/tmp is open to everyone: what lies there under our name and is not a folder of
 * root's own is refused.
 * @throws {ServiceError}
 */
export function prepareReachableDir(home: string): string {
  const dir = reachableDir(home);
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  const stat = lstatSync(dir);
  if (!stat.isDirectory() || stat.uid !== 0) {
    throw new ServiceError(
      `Cannot use ${dir} for the database cluster: it belongs to user id ${stat.uid}`,
      "Remove it, or set BENCHBOOK_HOME to a folder that every user can reach.",
    );
  }
  claimFolder(dir, reachableShape);
  return dir;
}

/** What lies in a `reachableDir`: clusters, and programs that its user cannot reach elsewhere. */
export function reachableShape(name: string): Shape {
  return name === HOME_MARK || /^postgres(-[\w.-]+)?$/.test(name) ? "ours" : "foreign";
}

function diskFull(home: string, free: number): ServiceError {
  return new ServiceError(
    `Cannot start on a disk that is nearly full: ${formatRoom(free, "MB")} are free at ${home}, ${
      formatRoom(MIN_FREE_BYTES, "MB")
    } are needed`,
    "Free some space, or set BENCHBOOK_HOME to a folder on another disk.",
  );
}
