import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { diskFault } from "../files/disk_fault.ts";
import { readSmallText } from "../files/small_file.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import { formatRoom } from "../model/units.ts";
import { freeBytes } from "./places.ts";

/** The list of all runs in a reports folder. */
export const INDEX = "index.html";

/** What the list's page begins with since it is marked, and what it was titled before. */
const OUR_INDEX = /<meta name="generator" content="Benchbook">|<title>Benchbook: all runs<\/title>/;
const INDEX_HEAD_BYTES = 2000;

/** What a report consists of, and is made by. */
const PARTS =
  /^(index\.html|report\.pdf|summary\.json|search\.json|comparison\.json|history\.json|print\.html|\.[0-9a-f-]{36})$/;

/** Several reports' worth: below that many free bytes a run would be measured and then not be rendered. */
const MIN_FREE_BYTES = 50_000_000;

/** The other way out of what lies in the way. */
export const ANOTHER = "or set BENCHBOOK_REPORTS to another folder.";

/**
 * Makes sure that reports can be written, before anything is measured for them.
 * @throws {UsageError} where a page of the user's lies in the place of the list of runs.
 * @throws {ServiceError} where nothing can be written, or the disk is nearly full.
 */
export function prepareReports(reports: string, minFreeBytes = MIN_FREE_BYTES): void {
  try {
    mkdirSync(reports, { recursive: true });
    rmdirSync(mkdtempSync(join(reports, ".report-")));
  } catch (error) {
    throw cannotWrite(reports, error);
  }
  const free = freeBytes(reports);
  if (free < minFreeBytes) {
    throw new ServiceError(
      `Cannot write reports to ${reports}: ${formatRoom(free, "MB")} are free there, ${
        formatRoom(minFreeBytes, "MB")
      } are needed`,
      `Free some space, ${ANOTHER}`,
    );
  }
  refuseForeignIndex(reports);
}

/** @throws {UsageError} where a page of the user's lies in the place of the list of runs */
export function refuseForeignIndex(reports: string): void {
  const path = join(reports, INDEX);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined || isOurIndex(reports)) return;
  throw new UsageError(
    `Cannot write the list of runs to ${path}: a page lies there that is not Benchbook's`,
    `Move it away, ${ANOTHER}`,
  );
}

/** The sentence for a reports folder that cannot be written to. */
export function cannotWrite(path: string, error: unknown): ServiceError {
  const { code, message } = error as NodeJS.ErrnoException;
  const { state, next } = diskFault(error) ??
    {
      state: code === "EACCES" || code === "EPERM" ? "permission denied" : message,
      next: "Make it writable",
    };
  return new ServiceError(
    `Cannot write reports to ${path}: ${state}`,
    `${next}, ${ANOTHER}`,
    { cause: error },
  );
}

/**
 * The folder of a run's or a search's report, free or with an earlier report of the same one.
 * @throws {UsageError} where something else lies there.
 */
export function reportFolder(reports: string, id: string): string {
  const { folder, holds } = lookAt(reports, id);
  if (holds !== "something else") return folder;
  throw new UsageError(
    `Cannot write the report to ${folder}: what lies there is not the report of ${id}`,
    `Move it away, ${ANOTHER}`,
  );
}

/** Whether an entry of a report folder is one that a report consists of. */
export function isReportPart({ name, isFile }: { readonly name: string; readonly isFile: boolean }): boolean {
  return isFile && PARTS.test(name);
}

/** The files of a report folder that are the report's, and what else lies there. */
export function reportContent(folder: string): { own: string[]; foreign: string[] } {
  const entries = readdirSync(folder, { withFileTypes: true });
  const isOwn = (entry: typeof entries[number]) => isReportPart({ name: entry.name, isFile: entry.isFile() });
  const named = (list: typeof entries) => list.map(({ name }) => name).sort();
  return { own: named(entries.filter(isOwn)), foreign: named(entries.filter((entry) => !isOwn(entry))) };
}

/** What stayed of a report's folder when the report was removed: files of the user's, by name. */
export function leftInFolder(reports: string, id: string): string[] {
  const { folder, holds } = lookAt(reports, id);
  return holds === "nothing" || holds === "a link" ? [] : reportContent(folder).foreign;
}

/**
 * Removes a run's report: its files, and the folder where nothing else lies in it; or the link in its place and not
 * what it leads to.
 * @returns whether there was one; null where something else lies there, which stays.
 * @throws {ServiceError} when it cannot be removed.
 */
export function removeReport(reports: string, id: string): boolean | null {
  const { folder, holds } = lookAt(reports, id);
  if (holds === "something else") return null;
  if (holds === "nothing") return false;
  try {
    if (holds === "a link") rmSync(folder);
    else {
      const { own, foreign } = reportContent(folder);
      for (const name of own) rmSync(join(folder, name));
      if (foreign.length === 0) rmdirSync(folder);
    }
    return true;
  } catch (error) {
    throw new ServiceError(
      `Cannot remove the report ${folder}: ${(error as Error).message}`,
      "The run stays in the store. Make the folder writable, and try again.",
      { cause: error },
    );
  }
}

function lookAt(reports: string, id: string) {
  // Checked where ids are read; a path is not made of one that slipped through.
  if (!isRunId(id)) throw new UsageError(`Cannot use ${JSON.stringify(id)} as the name of a report's folder`);
  const folder = join(reports, id);
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  const holds = stat === undefined
    ? "nothing"
    : stat.isSymbolicLink()
    ? "a link"
    : isReport(folder) || (stat.isDirectory() && readdirSync(folder).length === 0)
    ? "a report"
    : "something else";
  return { folder, holds } as const;
}

/**
 * Whether the list of runs may be written to or removed: a reports folder may be a folder of the user's, with a
 * page of theirs.
 */
export function isOurIndex(reports: string): boolean {
  const path = join(reports, INDEX);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const head = new Uint8Array(INDEX_HEAD_BYTES);
  using file = Deno.openSync(path);
  return OUR_INDEX.test(new TextDecoder().decode(head.subarray(0, file.readSync(head) ?? 0)));
}

/** Whether a folder is the report of the run, search or comparison that it is named after, by what it says of itself. */
export function isReport(folder: string): boolean {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const name = basename(folder);
  if (!isRunId(name)) return false;
  const summary = readJson(join(folder, "summary.json")) as { run?: { runId?: unknown } } | null;
  if (summary?.run?.runId === name) return true;
  const search = readJson(join(folder, "search.json")) as { search?: { id?: unknown } } | null;
  if (search?.search?.id === name) return true;
  const comparison = readJson(join(folder, "comparison.json")) as { id?: unknown } | null;
  return comparison?.id === name;
}

/** Folders of a reports folder that are reports, by name. */
export function reportFolders(reports: string): string[] {
  if (!lstatSync(reports, { throwIfNoEntry: false })) return [];
  return readdirSync(reports).filter((name) => isReport(join(reports, name))).sort();
}

/** Folders in which a report was being made when its task was killed, by name. */
export function leftReports(reports: string): string[] {
  if (!lstatSync(reports, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(reports, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\.report-\w+(-old)?$/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(reports, name)).every((file) => PARTS.test(file)))
    .sort();
}

/** A small file of JSON; null where there is none that can be read. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readSmallText(path));
  } catch {
    return null;
  }
}
