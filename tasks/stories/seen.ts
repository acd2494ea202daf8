import { existsSync } from "node:fs";
import { join } from "node:path";
import { openRun } from "../store/read.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Ended } from "./story.ts";

/**
 * When each request was to leave and what it asked: what a run's seed decides. Of a session that is its first; the
 * others follow the answers before them.
 */
export async function slotsOf({ summary }: Ended): Promise<string[]> {
  const arriving = summary.run.config.streams!.flatMap(({ session, operations }) =>
    session ? operations.slice(0, 1) : operations
  );
  const rows = await rowsOf<{ line: string; name: string }>(
    summary,
    `SELECT name, concat_ws(' ', slot, intended_us, path, name) AS line FROM timing
     JOIN operation USING (run_id, operation_id) WHERE run_id = $run AND attempt = 0 ORDER BY slot`,
  );
  return rows.filter(({ name }) => arriving.includes(name)).map(({ line }) => line);
}

/** Rows of the store that a run was stored in; `$run` is its id. */
export async function rowsOf<T>({ run, files }: RunSummary, sql: string): Promise<T[]> {
  return await (await openRun(run.runId, { db: files.store })).rows<T>(sql);
}

/** Which files of a run's report there are. */
export function reportOf({ run }: RunSummary, reports: string): { html: boolean; pdf: boolean } {
  const has = (name: string) => existsSync(join(reports, run.runId, name));
  return { html: has("index.html"), pdf: has("report.pdf") };
}
