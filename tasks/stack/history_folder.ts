import { createHash } from "node:crypto";
import { lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { ANOTHER, readJson } from "./reports_folder.ts";

/** Where the pages of scenarios' histories lie in a reports folder. */
export const HISTORIES = "history";

/**
 * The folder of a scenario's history, relative to the reports folder. A name that is no plain one, as a store from
 * elsewhere may have, becomes one that is.
 */
export function historyName(scenario: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(scenario)) return `${HISTORIES}/${scenario}`;
  return `${HISTORIES}/scenario-${createHash("sha256").update(scenario).digest("hex").slice(0, 16)}`;
}

/**
 * The folder of a scenario's history, free or with an earlier page of it.
 * @throws {UsageError} where something else lies there.
 */
export function historyFolder(reports: string, scenario: string): string {
  const folder = join(reports, historyName(scenario));
  const above = lstatSync(join(reports, HISTORIES), { throwIfNoEntry: false });
  if (above === undefined) return folder;
  if (above.isDirectory()) {
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    const free = stat === undefined || stat.isDirectory() && readdirSync(folder).length === 0;
    if (free || isHistory(folder)) return folder;
  }
  throw new UsageError(
    `Cannot write the history to ${folder}: what lies there is not the history of ${scenario}`,
    `Move it away, ${ANOTHER}`,
  );
}

/** Folders of a reports folder that are histories, by their names in it. */
export function historyFolders(reports: string): string[] {
  const folder = join(reports, HISTORIES);
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder).filter((name) => isHistory(join(folder, name))).sort()
    .map((name) => `${HISTORIES}/${name}`);
}

/** Whether a folder is the history of the scenario that it is named after, by what it says of itself. */
function isHistory(folder: string): boolean {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const history = readJson(join(folder, "history.json")) as { scenario?: unknown } | null;
  return typeof history?.scenario === "string" &&
    basename(historyName(history.scenario)) === basename(folder);
}
