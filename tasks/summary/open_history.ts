import { UsageError } from "../model/errors.ts";
import type { RunHistory } from "../model/history.ts";
import { openRun } from "../store/read.ts";
import { historyOf, isBench } from "./history.ts";

/** A history, or in a sentence why there is none. */
export type OpenedHistory =
  | { readonly history: RunHistory; readonly why: null }
  | { readonly history: null; readonly why: string };

/**
 * Opens the history of a scenario, for a notebook.
 * @param options.scenario its name; empty: that of the run
 * @param options.run a stored run: an id, a unique beginning of one, a label, `latest` or `latest~N`
 * @param options.db the store's file; default `benchbook.duckdb` where reports go
 * @throws {UsageError} where there is no such run, or a scenario was named of which none is stored
 */
export async function openHistory(
  { scenario, run, db }: { readonly scenario: string; readonly run: string; readonly db?: string },
): Promise<OpenedHistory> {
  const reader = await openRun(run, { db });
  if (scenario === "" && !isBench(reader.run)) {
    return { history: null, why: "The run is no bench, and has no history." };
  }
  try {
    return { history: await historyOf(reader, scenario || reader.run.scenario), why: null };
  } catch (error) {
    // Nobody asked for the history of this scenario: that there is none is no fault of the notebook.
    if (scenario === "" && error instanceof UsageError) return { history: null, why: `${error.message}.` };
    throw error;
  }
}
