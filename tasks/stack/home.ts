import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { diskFault } from "../files/disk_fault.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { namesIn, type Shape, shapeOf } from "./home_entries.ts";

/** The file that says whose a folder is. Without it nothing in a folder is written to or removed. */
export const HOME_MARK = ".benchbook-home";

const FORMAT = 1;
const WORDS = `benchbook-home ${FORMAT}
This folder is kept by Benchbook: clusters, caches, logs and spools. \`deno task clean\` empties it.
`;

const STORE = "benchbook.duckdb";
const CHECKOUT = resolve(import.meta.dirname!, "../..");
const ANOTHER = "Set BENCHBOOK_HOME to a new or an empty folder.";

/**
 * Looks whether a folder may be Benchbook's home, and changes nothing: absent, empty, marked as ours, or holding
 * nothing but entries of a version that did not mark its homes yet.
 * @throws {UsageError} for anything else, such as a folder of the user's.
 * @throws {ServiceError} when it cannot be looked at.
 */
export function checkHome(home: string): void {
  const real = realPath(home);
  if (real === null) return;
  refuseByName(home, real);
  if (!statSync(real).isDirectory()) throw refused(home, "it is not a folder", ANOTHER);
  checkFolder(home, (name) => {
    const shape = shapeOf(home, name, "follow");
    // BENCHBOOK_REPORTS may lie in the home; that alone makes it none.
    return shape === "foreign" && existsSync(join(home, name, STORE)) ? "unsure" : shape;
  });
}

/**
 * The same, and makes it ours: an absent folder is made, mode 0711, so that the unprivileged user of the database
 * server passes through but cannot list it; the mark is written.
 * @throws as `checkHome`, and {ServiceError} when it cannot be written.
 */
export function claimHome(home: string): void {
  checkHome(home);
  try {
    mkdirSync(home, { recursive: true, mode: 0o711 });
    // Between the look and the making another program may have put something there.
    checkHome(home);
    writeMark(home);
  } catch (error) {
    throw writeProblem(error, home);
  }
}

/**
 * Claims a folder of ours outside of the home in the same way.
 * @param shape judges an entry of a folder that bears no mark yet
 */
export function claimFolder(folder: string, shape: (name: string) => Shape): void {
  checkFolder(folder, shape);
  writeMark(folder);
}

/** Whether a folder could be claimed by `claimFolder`. */
export function isOurs(folder: string, shape: (name: string) => Shape): boolean {
  try {
    checkFolder(folder, shape);
    return true;
  } catch {
    return false;
  }
}

/** A failed write to the home as a sentence; what is one already passes through. */
export function writeProblem(error: unknown, home: string): Error {
  if (error instanceof ServiceError || error instanceof UsageError) return error;
  const owner = ownerOf(home);
  const { state, next } = diskFault(error) ?? {
    state: owner === null || owner === Deno.uid()
      ? (error as Error).message
      : `it belongs to user id ${owner}`,
    next: "Run as the user it belongs to",
  };
  return new ServiceError(
    `Cannot write to ${home}: ${state}`,
    `${next}, or set BENCHBOOK_HOME to another folder.`,
    { cause: error },
  );
}

/** Folders that nobody means, however empty or marked: what is cleaned there would be everything. */
function refuseByName(home: string, real: string): void {
  const fault = real === "/"
    ? "it is the root of the file system"
    : real === realPath(homedir())
    ? "it is your home folder"
    : isWithin(CHECKOUT, real)
    ? `it holds the checkout, ${CHECKOUT}`
    : null;
  if (fault !== null) throw refused(home, fault, "Set BENCHBOOK_HOME to a folder of its own.");
}

function checkFolder(folder: string, shape: (name: string) => Shape): void {
  let names: string[];
  try {
    if (readMark(folder) !== null) return;
    names = namesIn(folder);
  } catch (error) {
    throw writeProblem(error, folder);
  }
  if (names.length === 0) return;
  const shapes = names.map((name) => ({ name, shape: shape(name) }));
  const foreign = shapes.filter(({ shape }) => shape === "foreign").map(({ name }) => name);
  if (foreign.length === 0 && shapes.some(({ shape }) => shape === "ours")) return;
  const found = foreign.length === 0 ? names : foreign;
  const some = `${found.slice(0, 3).join(", ")}${found.length > 3 ? ` and ${found.length - 3} more` : ""}`;
  throw refused(
    folder,
    `it is not empty and bears no mark of Benchbook's (it holds ${some})`,
    shapes.some(({ shape }) => shape === "ours")
      ? `Move what is not Benchbook's out of it, or set BENCHBOOK_HOME to a new or an empty folder.`
      : ANOTHER,
  );
}

/** The mark's text; null where there is none. @throws {UsageError} for one that is not ours to read */
function readMark(folder: string): string | null {
  const file = join(folder, HOME_MARK);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const text = stat.isFile() && stat.size < 10_000 ? readFileSync(file, "utf8") : "";
  // A beginning of it is one that is being written, or that a full disk cut short.
  if (stat.isFile() && WORDS.startsWith(text)) return text;
  const version = Number(/^benchbook-home (\d+)$/m.exec(text)?.[1] ?? NaN);
  if (version === FORMAT) return text;
  if (version > FORMAT) {
    throw refused(
      folder,
      `a newer Benchbook made it (format ${version})`,
      "Use that version, or another folder.",
    );
  }
  throw refused(folder, `its ${HOME_MARK} is not Benchbook's`, ANOTHER);
}

function writeMark(folder: string): void {
  const mark = readMark(folder);
  // Not renamed into place: beside a part of it the folder would look like somebody else's.
  if (mark === null) {
    try {
      writeFileSync(join(folder, HOME_MARK), WORDS, { flag: "wx", mode: 0o644 });
    } catch (error) {
      // Another task was faster.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  } else if (mark.length < WORDS.length && WORDS.startsWith(mark)) {
    writeFileSync(join(folder, HOME_MARK), WORDS);
  }
}

function refused(home: string, state: string, next: string): UsageError {
  return new UsageError(`Cannot use ${home} as Benchbook's home: ${state}`, next);
}

/** Without links; null where nothing is. */
function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw writeProblem(error, path);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    throw refused(path, "it is a link that leads nowhere", ANOTHER);
  }
}

/** The user id that owns a path, or null when there is no such path. */
export function ownerOf(path: string): number | null {
  try {
    return statSync(path).uid;
  } catch {
    return null;
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || !way.startsWith("..");
}
