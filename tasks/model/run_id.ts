/**
 * Ids of runs and searches become names of folders: letters, digits, `-` and `_`, so that none leads elsewhere.
 * Every id that Benchbook ever gave is of this form.
 */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What Benchbook calls a search; queries/analysis/search/adopt.sql has the same form. */
const SEARCH_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** The folder of the committed sample report; no run is so called. */
export const SAMPLE = "sample";

/**
 * Whether a text from a store, a spool or a file may be taken for a run's id.
 * @param value of any kind: what is read may be anything
 */
export function isRunId(value: unknown): value is string {
  return typeof value === "string" && RUN_ID.test(value) && value !== SAMPLE;
}

/** Whether a search of that name that has no entry gets one. */
export function isSearchId(id: string): boolean {
  return SEARCH_ID.test(id);
}
