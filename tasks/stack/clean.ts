import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Config } from "../config.ts";
import { isThere } from "../files/entry.ts";
import { down } from "./down.ts";
import { fileProblem } from "../store/duckdb_file.ts";
import { checkHome, HOME_MARK, isOurs, ownerOf } from "./home.ts";
import { contentOf, describeEntry, namesIn, shapeOf } from "./home_entries.ts";
import { acquireLock } from "./lock.ts";
import { reachableDir, reachableShape } from "./places.ts";
import { HISTORIES, historyFolders } from "./history_folder.ts";
import { INDEX, isOurIndex, leftReports, reportContent, reportFolders } from "./reports_folder.ts";

/** One thing that `clean` would remove. */
export interface CleanTarget {
  readonly path: string;
  /** What it is, as a person would say it. */
  readonly what: string;
  readonly bytes: number;
}

type Places = Pick<Config, "home" | "reports">;

/**
 * Everything local that Benchbook made: its own entries of BENCHBOOK_HOME, the cluster outside of it where
 * there is one, and of the reports only the store, the runs' folders and their index. `sample` and whatever
 * else lies there is not ours to remove, and neither is what a link in the home leads to.
 * @throws {UsageError} when the home is a folder of somebody else's.
 */
export function planClean(config: Places): CleanTarget[] {
  const { home, reports } = config;
  checkHome(home);
  const targets: CleanTarget[] = [];
  const add = (path: string, what: string) => {
    if (isThere(path)) targets.push({ path, what, bytes: sizeOf(path) });
  };
  for (const name of existsSync(home) ? namesIn(home) : []) {
    if (shapeOf(home, name, "stay") === "foreign") continue;
    const content = contentOf(home, name);
    if (content === null || content.foreign.length === 0) add(join(home, name), describeEntry(name));
    else for (const path of content.own) add(path, describeEntry(name));
  }
  const outside = reachableDir(home);
  if (process.getuid?.() === 0 && ownerOf(outside) === 0 && isOurs(outside, reachableShape)) {
    add(outside, "database cluster outside the home");
  }
  const store = join(reports, "benchbook.duckdb");
  if (isStore(store)) {
    add(store, "store with the timings of all runs");
    add(`${store}.wal`, "log of the store");
  }
  const histories = historyFolders(reports);
  for (const name of [...reportFolders(reports), ...histories]) {
    const folder = join(reports, name);
    const { own, foreign } = reportContent(folder);
    const what = histories.includes(name)
      ? "history of a scenario"
      : own.includes("search.json")
      ? "report of a search"
      : "report of a run";
    if (foreign.length === 0) add(folder, what);
    else for (const file of own) add(join(folder, file), what);
  }
  for (const place of [reports, join(reports, HISTORIES)]) {
    for (const name of leftReports(place)) add(join(place, name), "part of a report, left by a kill");
  }
  if (isOurIndex(reports)) add(join(reports, INDEX), "index of the runs");
  return targets;
}

/**
 * Stops the stack and removes what `planClean` listed; asking is the caller's part. Returns what else lies in
 * the home, or beside a report, and was left there.
 * @throws {ServiceError} while a bench is using the home.
 */
export async function clean(config: Places, targets: readonly CleanTarget[]): Promise<{ left: string[] }> {
  const { home, reports } = config;
  await down(config);
  const lock = existsSync(home) ? acquireLock(home, "clean") : null;
  for (const { path } of targets) rmSync(path, { recursive: true, force: true });
  const kept = keptBeside(targets, config);
  lock?.release();
  if (lock === null) return { left: kept };
  rmSync(join(home, "bench.lock"), { force: true });
  if (dirname(reports) === home && existsSync(reports) && namesIn(reports).length === 0) rmdirSync(reports);
  const left = namesIn(home).filter((name) => name !== HOME_MARK);
  // The mark goes last: without it the rest would be somebody else's.
  if (left.length === 0) {
    rmSync(join(home, HOME_MARK), { force: true });
    // What a link of the user's leads to stays as an empty folder, and so does the root of a disk of its own.
    if (lstatSync(home).isDirectory() && readdirSync(home).length === 0) rmdirSync(home);
  }
  const isNamed = (path: string) => left.some((name) => path.startsWith(join(home, name)));
  return { left: [...left, ...kept.filter((path) => !isNamed(path))] };
}

/** By what it says of itself: a text of that name is somebody's. */
function isStore(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true &&
    fileProblem(path) !== "is not a DuckDB file";
}

/** Folders of which a part was removed, and what lies there still. */
function keptBeside(targets: readonly CleanTarget[], { home, reports }: Places): string[] {
  const folders = new Set(targets.map(({ path }) => dirname(path)));
  return [...folders].filter((folder) => folder !== home && folder !== reports && isThere(folder)).flatMap(
    (folder) => {
      const names = readdirSync(folder).sort();
      if (names.length === 0) rmdirSync(folder);
      return names.map((name) => join(folder, name));
    },
  );
}

/** Links are counted as what they are, never followed. */
function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
