import type { RunComparison } from "../../model/run_comparison.ts";
import { openRun } from "../../store/read.ts";
import { listRuns, type StoredRun } from "../../store/runs.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { faultOf, historyRuns } from "../history_runs.ts";
import { compareRuns } from "./compare.ts";

/** A comparison, or in a sentence why there is none. */
export type Opened =
  | { readonly comparison: RunComparison; readonly why: null }
  | { readonly comparison: null; readonly why: string };

/**
 * Compares a stored run with another one, for a notebook.
 * @param options.base the run that it is compared with; empty: the newest before it with the same fingerprint
 * @param options.run an id, a unique beginning of one, a label, `latest` or `latest~N`
 * @param options.db the store's file; default `benchbook.duckdb` where reports go
 * @throws {UsageError} where there is no such run, or a base was named that cannot be compared
 */
export async function openComparison(
  { base, run, db }: { readonly base: string; readonly run: string; readonly db?: string },
): Promise<Opened> {
  const reader = await openRun(run, { db });
  const wanted = base || earlierOf(await listRuns(reader), reader.run)?.runId;
  if (wanted === undefined) {
    return { comparison: null, why: "No earlier run with the same machine, data set and load is stored." };
  }
  return { comparison: await compareRuns(reader, wanted, reader.run.runId), why: null };
}

/** The newest run before another one, and not of its series, that it can be compared with. */
function earlierOf(all: readonly StoredRun[], run: StoredRun): StoredRun | undefined {
  const { hash } = fingerprintOf(run);
  const comparable = historyRuns(all, { hash, mostSlots: Infinity });
  if (faultOf(run) !== null || !comparable.some(({ runId }) => runId === run.runId)) return undefined;
  const series = run.config.series?.id;
  return comparable.findLast(({ startedAt, config }) =>
    startedAt < run.startedAt && (series === undefined || config.series?.id !== series)
  );
}
