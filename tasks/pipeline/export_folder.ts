import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { diskFault } from "../files/disk_fault.ts";
import { BenchbookError, ServiceError, UsageError } from "../model/errors.ts";

/** The files of an export. */
export const EXPORT_FILES = ["timings.parquet", "timings.csv", "summary.json", "metrics.txt"] as const;

/** An export writes into a folder of such a name in its place until its files are whole. */
const PARTS = ".export-";

/** The file in such a folder that says that it is ours, and is locked as long as the export goes on. */
const MARK = "benchbook-export.json";
const MARK_TEXT = `${JSON.stringify({ generator: "Benchbook" })}\n`;

/** What the system says of a place that is right and cannot be written to. */
const REFUSED = new Set(["EACCES", "EDQUOT", "EIO", "ENOSPC", "EPERM", "EROFS"]);

/** A folder of an export's own, for files that are not whole yet. */
export interface ExportParts extends Disposable {
  readonly path: string;
}

/**
 * Makes the folder of an export, and takes out of it what an export that was killed has left. Files of an export's names
 * may be anybody's, so none is written over.
 * @returns whether it was not there yet
 * @throws {UsageError} where it is not empty, or cannot be a folder
 * @throws {ServiceError} where it cannot be written to
 */
export function prepareFolder(place: string): boolean {
  let held: string | undefined;
  let made: boolean;
  try {
    made = mkdirSync(place, { recursive: true }) !== undefined;
    for (const name of readdirSync(place)) removeLeft(join(place, name), name);
    [held] = readdirSync(place);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const Refused = REFUSED.has(code ?? "") ? ServiceError : UsageError;
    throw new Refused(`Cannot export into ${place}: ${message}`, "Name another folder.");
  }
  if (held !== undefined) throw notEmpty(place, held);
  return made;
}

/** Makes the folder for what is not whole yet; it is gone when it is disposed of, with what is left in it. */
export function openParts(place: string): ExportParts {
  const path = mkdtempSync(join(place, PARTS));
  const mark = join(path, MARK);
  // Before it says what it is: then none takes it away.
  const lock = Deno.openSync(mark, { write: true, createNew: true });
  lock.tryLockSync(true);
  writeFileSync(mark, MARK_TEXT);
  return {
    path,
    [Symbol.dispose]() {
      removeParts(path);
      lock.close();
    },
  };
}

/** Takes such a folder away where nobody is at work in it, and it says that it is ours: anybody can give a folder that name. */
function removeLeft(path: string, name: string): void {
  if (!name.startsWith(PARTS) || !lstatSync(path).isDirectory()) return;
  const mark = join(path, MARK);
  const known = new Set<string>([...EXPORT_FILES, MARK]);
  const isOurs = lstatSync(mark, { throwIfNoEntry: false })?.isFile() &&
    readFileSync(mark, "utf8") === MARK_TEXT;
  if (!isOurs || !readdirSync(path).every((file) => known.has(file) || isSpill(file))) return;
  using lock = Deno.openSync(mark);
  if (lock.tryLockSync(true)) removeParts(path);
}

/** What DuckDB calls a file while it writes it. */
function isSpill(name: string): boolean {
  return EXPORT_FILES.some((file) => name === `tmp_${file}`);
}

/** The mark last: whoever is stopped leaves a folder that is known. */
function removeParts(path: string): void {
  for (const name of readdirSync(path)) {
    if (name !== MARK) rmSync(join(path, name), { force: true });
  }
  rmSync(join(path, MARK), { force: true });
  rmdirSync(path);
}

/** The sentence for files that cannot be written; what is one already passes through. */
export function exportProblem(place: string, error: unknown): Error {
  if (error instanceof BenchbookError && !(error.cause instanceof Error)) return error;
  // What the store's own error is about is a file of the export.
  const cause = ((error as Error).cause ?? error) as Error;
  // The store tells of a full disk in words alone.
  const full = /No space left on device|Disk quota exceeded/.test(cause.message);
  const { state, next } = diskFault(full ? { code: "ENOSPC" } : cause) ??
    { state: cause.message, next: "Free space there" };
  return new ServiceError(`Cannot export into ${place}: ${state}`, `${next}, or name another folder.`, {
    cause: error,
  });
}

/** The refusal of a folder in which something lies. */
export function notEmpty(place: string, held: string): UsageError {
  return new UsageError(
    `Cannot export into ${place}, as it must be empty: it holds ${held}`,
    "Nothing was written. Name a folder that is empty or is not there yet.",
  );
}
