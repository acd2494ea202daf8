import { join } from "node:path";
import type { Config } from "../config.ts";
import { isFile } from "../files/entry.ts";
import { keyOf, pageKey, pageSources, searchKey } from "../report/report_key.ts";
import { historyName } from "../stack/history_folder.ts";
import { openStore, type Store } from "../store/open.ts";
import type { StoredRun } from "../store/runs.ts";
import { isBench } from "../summary/history.ts";
import { faultOf } from "../summary/history_runs.ts";
import type { StepProgress } from "../terminal/terminal.ts";
import { contentOfRuns, historyKey } from "./history_key.ts";
import { storedSearch } from "./stored_search.ts";

/** What pages are made of, and by. */
export interface Making {
  /** The store's file. */
  readonly db: string;
  readonly config: Config;
  readonly pdf: boolean;
  /** Scenarios whose histories are wanted, see `scenariosOf`. */
  readonly histories: readonly string[];
  readonly signal: AbortSignal;
  readonly progress: StepProgress;
}

/** What was done about pages. */
export interface PagesMade {
  readonly rendered: number;
  readonly unchanged: number;
  /** What could not be made, a sentence each. */
  readonly warnings: readonly string[];
}

/** A page that is to be there: in a folder of the reports, with the file for programs that lies beside it. */
interface Page {
  readonly name: string;
  readonly folder: string;
  readonly data: string;
  /** From what it is made. */
  readonly key: string;
  /** Makes it anew. */
  readonly make: (options: PageOptions) => Promise<{ readonly warnings: readonly string[] }>;
}

type PageOptions = Omit<Making, "db" | "progress" | "histories"> & {
  readonly onStep: (text: string) => void;
  readonly list: false;
};

/**
 * Renders the pages of runs and of the histories of their scenarios that are not there, or that were made from other
 * data, templates or notebooks.
 * @throws {ServiceError} where one cannot be made
 */
export async function makePagesCurrent(runs: readonly StoredRun[], making: Making): Promise<PagesMade> {
  const pages = await pagesOf(runs, making);
  const old = pages.filter(({ folder, data, key }) =>
    keyOf(join(folder, "index.html")) !== key || !isFile(join(folder, data))
  );
  const warnings = new Set<string>();
  const { config, pdf, signal, progress } = making;
  const options = { config, pdf, signal };
  for (const [index, { name, make }] of old.entries()) {
    signal.throwIfAborted();
    const onStep = (text: string) => progress(`${index + 1} of ${old.length}: ${name}, ${text}`);
    for (const warning of (await make({ ...options, onStep, list: false })).warnings) warnings.add(warning);
  }
  return { rendered: old.length, unchanged: pages.length - old.length, warnings: [...warnings] };
}

/** Of runs first: histories lead to them. */
async function pagesOf(runs: readonly StoredRun[], making: Making): Promise<Page[]> {
  using store = await openStore(making.db, { mode: "read" });
  const sources = await pageSources(making.config.root);
  const contents = await contentOfRuns(store);
  const pages: Page[] = [];
  for (const run of runs) {
    pages.push(
      run.kind === "find-rate"
        ? await searchPage(run, store, sources, making)
        : runPage(run, pageKey(sources, contents.get(run.runId)!), making),
    );
  }
  for (const scenario of making.histories) {
    const key = historyKey(sources, scenario, { runs, contents, linked: () => true });
    pages.push(historyPage(scenario, key, making));
  }
  return pages;
}

/** Scenarios whose benches make a history: two that count. */
export function scenariosOf(runs: readonly StoredRun[]): string[] {
  const counted = runs.filter((run) => isBench(run) && faultOf(run) === null);
  return [...Map.groupBy(counted, ({ scenario }) => scenario)].filter(([, own]) => own.length > 1)
    .map(([scenario]) => scenario).sort();
}

// Charts and the browser's driver are most of all that is loaded, so they are not before they are wanted.

function runPage({ runId }: StoredRun, key: string, { db, config }: Making): Page {
  return {
    name: runId,
    folder: join(config.reports, runId),
    data: "summary.json",
    key,
    async make(options) {
      const { makeReport } = await import("../report/report.ts");
      return await makeReport({ ...options, db, runRef: runId });
    },
  };
}

async function searchPage(run: StoredRun, store: Store, sources: string, { config }: Making): Promise<Page> {
  const found = await storedSearch(store, config, run);
  return {
    name: run.runId,
    folder: join(config.reports, run.runId),
    data: "search.json",
    key: pageKey(sources, searchKey(found)),
    async make(options) {
      const { makeRatePage } = await import("../report/find_rate_page.ts");
      return await makeRatePage(found, options);
    },
  };
}

function historyPage(scenario: string, key: string, { db, config }: Making): Page {
  return {
    name: `history of ${scenario}`,
    folder: join(config.reports, historyName(scenario)),
    data: "history.json",
    key,
    async make(options) {
      const { makeHistoryPage } = await import("../report/history_page.ts");
      const { historyOf } = await import("../summary/history.ts");
      const store = await openStore(db, { mode: "read" });
      const history = await historyOf(store, scenario).finally(() => store.close());
      return await makeHistoryPage(history, { ...options, key });
    },
  };
}
