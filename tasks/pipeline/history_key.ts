import { pageKey } from "../report/report_key.ts";
import type { Rows, StoredRun } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** Of each stored run what changes when the run does. */
export async function contentOfRuns(rows: Rows): Promise<Map<string, string>> {
  const found = await rows.rows<{ run_id: string }>(query("content_key"), { run: null });
  return new Map(found.map((row) => [row.run_id, JSON.stringify(row)]));
}

/**
 * From what the page of a scenario's history is made: the scenario's runs, and which of them it leads to.
 * @param runs all that are stored, without the probes of searches
 * @param linked whether a run has a page, or will have one
 */
export function historyKey(
  sources: string,
  scenario: string,
  { runs, contents, linked }: {
    readonly runs: readonly StoredRun[];
    readonly contents: ReadonlyMap<string, string>;
    readonly linked: (runId: string) => boolean;
  },
): string {
  const own = runs.filter((run) => run.scenario === scenario);
  return pageKey(sources, JSON.stringify(own.map(({ runId }) => [contents.get(runId), linked(runId)])));
}
