import type { RunHistory } from "../../model/history.ts";

/** What a history's page is made from. */
export interface HistoryMaterial {
  readonly history: RunHistory;
  /** Where a run's report is, relative to the page; null: it has none. */
  readonly linkOf: (runId: string) => string | null;
}
