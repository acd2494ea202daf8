import { basename, join } from "node:path";
import type { Config } from "../config.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { ServiceError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import { hashSources, runCached } from "../notebook/cache.ts";
import type { NotebookRun } from "../notebook/run.ts";
import { claimHome } from "../stack/home.ts";
import { openStore } from "../store/open.ts";
import { writePrepared } from "../store/prepared.ts";
import type { RunReader } from "../store/read.ts";
import { query } from "../store/sql.ts";
import { reportKind } from "./sections/section.ts";

/** The notebooks of a report, by file name in notebooks/. */
export const REPORT_NOTEBOOKS = {
  bench: ["access-paths.ipynb", "first-look.ipynb"],
  migrate: ["migration.ipynb", "first-look.ipynb"],
  probe: ["probe.ipynb", "first-look.ipynb"],
} as const;

const FIRST_LOOK = ["quantiles", "histogram", "timeline", "heatmap", "samples"];
/** The queries of queries/analysis/ that they draw. */
export const DRAWN = {
  bench: [...FIRST_LOOK, "latency", "cache_states"],
  migrate: FIRST_LOOK,
  probe: FIRST_LOOK,
} as const;

/** A run with what was read of it. */
export interface RunRead {
  readonly reader: RunReader;
  readonly summary: RunSummary;
  /** Changes when the stored run does, see `contentKey`. */
  readonly data: string;
}

/** What the notebooks import or read, apart from data: outputs are made anew when any of it changes. */
export const NOTEBOOK_SOURCES = [
  "deno.json",
  "deno.lock",
  "queries/analysis",
  "tasks/charts",
  "tasks/model",
  "tasks/observe",
  "tasks/stats",
  "tasks/store",
  "tasks/summary",
];

/** Of a larger run one kernel at a time runs: this process needs much memory itself. */
const SIDE_BY_SIDE = 1_000_000;

/** A cell that takes longer than this has lost its way: the slowest takes a second or two. */
const CELL_TIMEOUT_MS = 120_000;

/**
 * Executes the report's notebooks for a run, each in a Deno kernel of its own and side by side; equal earlier
 * executions are reused. What the notebooks draw is read here, from the store once for all of them.
 * @throws {NotebookError} of the first notebook that fails, once all have ended.
 */
export async function runNotebooks(
  { reader, summary, data }: RunRead,
  options: {
    readonly config: Pick<Config, "root" | "home">;
    readonly signal?: AbortSignal;
    readonly onStep?: (text: string) => void;
  },
): Promise<NotebookRun[]> {
  const { config, signal, onStep } = options;
  const cache = notebookCache(config.home);
  const sources = await hashSources(config.root, NOTEBOOK_SOURCES);
  using folder = temporaryFolder("benchbook-notebooks-");
  let prepared: Promise<string> | undefined;
  const prepare = async () => {
    const file = join(folder.path, "prepared");
    onStep?.("reading what the notebooks draw");
    writePrepared(file, { run: reader.run, summary, rows: await drawnRows(reader) });
    return file;
  };
  const run = (name: string) => {
    const file = join(config.root, "notebooks", name);
    return runCached({
      file,
      parameters: { run: reader.run.runId, db: reader.db },
      beside: async () => ({ prepared: await (prepared ??= prepare()) }),
      timeoutMs: CELL_TIMEOUT_MS,
      cache,
      data,
      sources,
      ...(signal && { signal }),
      onCell: (cell, total) => onStep?.(`notebook ${basename(file)}, cell ${cell.index + 1} of ${total}`),
    });
  };
  const names = REPORT_NOTEBOOKS[reportKind(reader.run)];
  const runs = reader.run.slots > SIDE_BY_SIDE
    ? await inTurn(names, run)
    : await Promise.allSettled(names.map(run));
  return runs.map((run) => {
    if (run.status === "rejected") throw run.reason;
    return run.value;
  });
}

/** What `Promise.allSettled` gives of them, one after another. */
async function inTurn<T, R>(
  all: readonly T[],
  work: (each: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const settled: PromiseSettledResult<R>[] = [];
  for (const each of all) settled.push(...await Promise.allSettled([work(each)]));
  return settled;
}

/** The rows of all queries whose rows the notebooks draw; other queries of theirs go to the store. */
async function drawnRows(reader: RunReader): Promise<Record<string, unknown[]>> {
  using store = await openStore(reader.db, { mode: "read" });
  const rows: Record<string, unknown[]> = {};
  for (const name of DRAWN[reportKind(reader.run)]) {
    rows[name] = await store.rows(query(name), { run: reader.run.runId });
  }
  return rows;
}

/** Where outputs are kept; a home that cannot be written to costs time only. */
function notebookCache(home: string): string {
  try {
    claimHome(home);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
  return join(home, "notebooks");
}

/** Changes when the stored run does. */
export async function contentKey(reader: Pick<RunReader, "rows">): Promise<string> {
  const [row] = await reader.rows("content_key");
  return JSON.stringify(row);
}
