import { join, resolve } from "node:path";
import { isFile } from "../files/entry.ts";
import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { publishPages, storedPages } from "../report/publish/publish.ts";
import { claimSite, type SiteFolder } from "../report/publish/site_folder.ts";
import { keyOf, pageKey, pageSources, searchKey } from "../report/report_key.ts";
import { writeSite } from "../report/site.ts";
import { openStore } from "../store/open.ts";
import { listRuns, type StoredRun, withoutProbes } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { openTerminal, type StepProgress } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { storedSearch } from "./stored_search.ts";
import { storeFile } from "./store_file.ts";

/** What `publish` is asked for. */
export interface PublishArguments {
  readonly db?: string;
  readonly pdf: boolean;
  /** Where the site will be, with a slash at its end. */
  readonly url?: string;
}

/**
 * Publishes all stored runs as a static site. Pages that are not there yet, or that were made from other data, templates
 * or notebooks, are rendered first.
 * @throws {UsageError} where the folder is not ours to publish into, or there are no runs
 * @throws {ServiceError} where a page cannot be made, or nothing can be written: the former site stays as it was
 */
export async function publish(folder: string, given: PublishArguments, config: Config): Promise<void> {
  const terminal = openTerminal({ json: false });
  const db = storeFile(config, given.db);
  const runs = await storedRuns(db);
  using interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  using site = claimSite(resolve(folder), [
    { path: config.reports, what: "the reports folder" },
    { path: config.home, what: "Benchbook's home" },
  ]);
  await unlessGivenUp(site, async () => {
    const warnings = await terminal.step("Reports", async (progress) => {
      const old = await outdated(runs, { db, config });
      const value = await render(old, { db, config, pdf: given.pdf, signal, progress });
      return {
        value,
        detail: `${counted(old.length, "page")} rendered, ${runs.length - old.length} unchanged`,
      };
    });
    for (const warning of warnings) terminal.print(`• ${warning}`);
    await terminal.step("Site", async () => {
      const pages = await storedPages(config.reports, new Set(runs.map(({ runId }) => runId)));
      const value = await publishPages(site, pages, { config, url: given.url ?? null, signal });
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

async function storedRuns(db: string): Promise<StoredRun[]> {
  using store = await openStore(db, { mode: "read" });
  const runs = withoutProbes(await listRuns(store));
  if (runs.length > 0) return runs;
  throw new UsageError(`Cannot publish the runs of ${db}: there are none yet`, "Run deno task bench first.");
}

interface Stored {
  /** The store's file. */
  readonly db: string;
  readonly config: Config;
}

/** Runs whose page is not there, or was made from something else. */
async function outdated(runs: readonly StoredRun[], { db, config }: Stored): Promise<StoredRun[]> {
  using store = await openStore(db, { mode: "read" });
  const sources = await pageSources(config.root);
  const rows = await store.rows<{ run_id: string }>(query("content_key"), { run: null });
  const data = new Map(rows.map((row) => [row.run_id, JSON.stringify(row)]));
  const old: StoredRun[] = [];
  for (const run of runs) {
    const isSearch = run.kind === "find-rate";
    const own = isSearch ? searchKey(await storedSearch(store, config, run)) : data.get(run.runId)!;
    const page = join(config.reports, run.runId);
    const isCurrent = keyOf(join(page, "index.html")) === pageKey(sources, own) &&
      isFile(join(page, isSearch ? "search.json" : "summary.json"));
    if (!isCurrent) old.push(run);
  }
  return old;
}

/** @returns what could not be made, a sentence each */
async function render(
  runs: readonly StoredRun[],
  { db, config, pdf, signal, progress }: Stored & {
    readonly pdf: boolean;
    readonly signal: AbortSignal;
    readonly progress: StepProgress;
  },
): Promise<Set<string>> {
  const warnings = new Set<string>();
  if (runs.length === 0) return warnings;
  // Charts and the browser's driver: most of all that is loaded, and not before it is wanted.
  const { makeReport } = await import("../report/report.ts");
  const { makeRatePage } = await import("../report/find_rate_page.ts");
  for (const [index, run] of runs.entries()) {
    signal.throwIfAborted();
    const onStep = (text: string) => progress(`${index + 1} of ${runs.length}: ${run.runId}, ${text}`);
    const options = { config, pdf, signal, onStep, list: false };
    const made = run.kind === "find-rate"
      ? await makeRatePage(await found(run, { db, config }), options)
      : await makeReport({ ...options, db, runRef: run.runId });
    for (const warning of made.warnings) warnings.add(warning);
  }
  await writeSite(config.reports, join(config.root, "templates"));
  return warnings;
}

async function found(run: StoredRun, { db, config }: Stored) {
  using store = await openStore(db, { mode: "read" });
  return await storedSearch(store, config, run);
}
