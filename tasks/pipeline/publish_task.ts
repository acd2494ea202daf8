import { join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { publishPages, storedPages } from "../report/publish/publish.ts";
import { claimSite, type SiteFolder } from "../report/publish/site_folder.ts";
import { writeSite } from "../report/site.ts";
import { openStore } from "../store/open.ts";
import { findRun, listRuns, type StoredRun, withoutProbes } from "../store/runs.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { makePagesCurrent, scenariosOf } from "./current_pages.ts";
import { interruptSignal } from "./interrupt.ts";
import { storeFile } from "./store_file.ts";

/** What `publish` is asked for. */
export interface PublishArguments {
  readonly db?: string;
  readonly pdf: boolean;
  /** References to the runs that are wanted; none: all. */
  readonly runs: readonly string[];
  /** What the list is called. */
  readonly title?: string;
  /** Where the site will be, with a slash at its end. */
  readonly url?: string;
}

/**
 * Publishes stored runs as a static site. Pages that are not there yet, or that were made from other data, templates
 * or notebooks, are rendered first.
 * @throws {UsageError} where the folder is not ours to publish into, or there are no runs
 * @throws {ServiceError} where a page cannot be made, or nothing can be written: the former site stays as it was
 */
export async function publish(folder: string, given: PublishArguments, config: Config): Promise<void> {
  const terminal = openTerminal({ json: false });
  const db = storeFile(config, given.db);
  const runs = await storedRuns(db, given.runs);
  using interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  using site = claimSite(resolve(folder), [
    { path: config.reports, what: "the reports folder" },
    { path: config.home, what: "Benchbook's home" },
  ]);
  // What leads to all runs leads nowhere where only some are wanted.
  const histories = given.runs.length > 0 ? [] : scenariosOf(runs);
  await unlessGivenUp(site, async () => {
    const { warnings } = await terminal.step("Reports", async (progress) => {
      const value = await makePagesCurrent(runs, { db, config, pdf: given.pdf, histories, signal, progress });
      const { rendered, unchanged } = value;
      if (rendered > 0) await writeSite(config);
      return { value, detail: `${counted(rendered, "page")} rendered, ${unchanged} unchanged` };
    });
    for (const warning of warnings) terminal.print(`• ${warning}`);
    await terminal.step("Site", async () => {
      const listed = await storedPages(config, new Set(runs.map(({ runId }) => runId)));
      const { title = "All runs", url = null } = given;
      const value = await publishPages(site, { listed, histories }, { config, title, url, signal });
      const { changed, unchanged, removed } = value;
      const detail = `${counted(value.pages, "page")}: ${
        counted(changed, "file")
      } written, ${unchanged} unchanged`;
      return { value, detail: removed === 0 ? detail : `${detail}, ${removed} removed` };
    });
  });
  terminal.print(`Site    ${join(site.path, "index.html")}`);
}

async function unlessGivenUp(site: SiteFolder, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    site.giveUp();
    throw error;
  }
}

async function storedRuns(db: string, references: readonly string[]): Promise<StoredRun[]> {
  using store = await openStore(db, { mode: "read" });
  const all = await listRuns(store);
  if (references.length > 0) return [...new Set(references.map((reference) => findRun(all, reference)))];
  const runs = withoutProbes(all);
  if (runs.length > 0) return runs;
  throw new UsageError(`Cannot publish the runs of ${db}: there are none yet`, "Run deno task bench first.");
}
