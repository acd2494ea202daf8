import { basename, join } from "node:path";
import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { hashSources, runCached } from "../notebook/cache.ts";
import type { NotebookRun } from "../notebook/run.ts";
import { claimHome } from "../stack/home.ts";
import type { RunReader } from "../store/read.ts";
import { reportKind } from "./sections/section.ts";

/** The notebooks of a report, by file name in notebooks/. */
export const REPORT_NOTEBOOKS = {
  bench: ["access-paths.ipynb", "first-look.ipynb"],
  migrate: ["migration.ipynb", "first-look.ipynb"],
  probe: ["probe.ipynb", "first-look.ipynb"],
} as const;

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

/** A cell that takes longer than this has lost its way: the slowest takes a second or two. */
const CELL_TIMEOUT_MS = 120_000;

/**
 * Executes the report's notebooks for a run, each in a Deno kernel of its own and side by side; equal earlier
 * executions are reused.
 * @throws {NotebookError} of the first notebook that fails, once all have ended.
 */
export async function runNotebooks(
  reader: RunReader,
  options: {
    readonly config: Pick<Config, "root" | "home">;
    readonly signal?: AbortSignal;
    readonly onStep?: (text: string) => void;
  },
): Promise<NotebookRun[]> {
  const { config, signal, onStep } = options;
  const cache = notebookCache(config.home);
  const [sources, data] = await Promise.all([hashSources(config.root, NOTEBOOK_SOURCES), contentKey(reader)]);
  const runs = await Promise.allSettled(REPORT_NOTEBOOKS[reportKind(reader.run)].map((name) => {
    const file = join(config.root, "notebooks", name);
    return runCached({
      file,
      parameters: { run: reader.run.runId, db: reader.db },
      timeoutMs: CELL_TIMEOUT_MS,
      cache,
      data,
      sources,
      ...(signal && { signal }),
      onCell: (cell, total) => onStep?.(`notebook ${basename(file)}, cell ${cell.index + 1} of ${total}`),
    });
  }));
  return runs.map((run) => {
    if (run.status === "rejected") throw run.reason;
    return run.value;
  });
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
