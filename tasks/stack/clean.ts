import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Config } from "../config.ts";
import { down } from "./down.ts";
import { acquireLock } from "./lock.ts";
import { HOME_ENTRIES, ownerOf, reachableDir } from "./places.ts";

/** One thing that `clean` would remove. */
export interface CleanTarget {
  readonly path: string;
  /** What it is, as a person would say it. */
  readonly what: string;
  readonly bytes: number;
}

const WHAT: Readonly<Record<string, string>> = {
  postgres: "database cluster with all seeded data",
  spool: "timings not yet loaded into the store",
  redis: "Redis packages",
  chromium: "unpacked browser",
  logs: "logs of the services",
  secrets: "passwords of the embedded services",
};

/**
 * Everything local that Benchbook made: its own entries of BENCHBOOK_HOME, the cluster outside of it where
 * there is one, and of the reports only the store, the runs' folders and their index. `sample` and whatever
 * else lies there is not ours to remove.
 */
export function planClean(config: Pick<Config, "home" | "reports">): CleanTarget[] {
  const targets: CleanTarget[] = [];
  const add = (path: string, what: string) => {
    if (exists(path)) targets.push({ path, what, bytes: sizeOf(path) });
  };
  for (const name of HOME_ENTRIES) add(join(config.home, name), WHAT[name] ?? "state of the stack");
  const outside = reachableDir(config.home);
  if (process.getuid?.() === 0 && ownerOf(outside) === 0) add(outside, "database cluster outside the home");
  const store = join(config.reports, "benchbook.duckdb");
  add(store, "store with the timings of all runs");
  add(`${store}.wal`, "log of the store");
  const runs = runFolders(config.reports);
  for (const run of runs) add(join(config.reports, run), "report of a run");
  if (runs.length > 0 || exists(store)) add(join(config.reports, "index.html"), "index of the runs");
  return targets;
}

/**
 * Stops the stack and removes what `planClean` listed; asking is the caller's part. Returns what else lies in
 * the home and was left there.
 * @throws {ServiceError} while a bench is using the home.
 */
export async function clean(
  config: Pick<Config, "home" | "reports">,
  targets: readonly CleanTarget[],
): Promise<{ left: string[] }> {
  await down(config);
  if (existsSync(config.home)) {
    const lock = acquireLock(config.home, "clean");
    for (const { path } of targets) rmSync(path, { recursive: true, force: true });
    lock.release();
  } else {
    for (const { path } of targets) rmSync(path, { recursive: true, force: true });
  }
  rmSync(join(config.home, "bench.lock"), { force: true });
  const left = existsSync(config.home) ? readdirSync(config.home) : [];
  // Not ours if it is a link or was someone else's folder before: only an empty folder goes.
  if (left.length === 0 && existsSync(config.home)) rmdirSync(config.home);
  return { left };
}

/** Folders whose summary.json says that they are the report of the run they are named after. */
function runFolders(reports: string): string[] {
  if (!existsSync(reports)) return [];
  return readdirSync(reports, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "sample")
    .map(({ name }) => name)
    .filter((name) => {
      try {
        const text = readFileSync(join(reports, name, "summary.json"), "utf8");
        return (JSON.parse(text) as { run?: { runId?: unknown } }).run?.runId === name;
      } catch {
        return false;
      }
    });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Links are counted as what they are, never followed. */
function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
