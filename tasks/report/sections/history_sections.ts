import { HISTORY_OPERATIONS, HISTORY_OVERVIEW } from "./history_figures.ts";
import { HISTORY_BREAKS, HISTORY_CHANGES, HISTORY_METHOD, HISTORY_RUNS } from "./history_tables.ts";

/** The sections of a history's page below its head, by their ids and in order. */
export const HISTORY_SECTIONS = {
  "overview": HISTORY_OVERVIEW,
  "level-changes": HISTORY_CHANGES,
  "operations": HISTORY_OPERATIONS,
  "runs": HISTORY_RUNS,
  "breaks": HISTORY_BREAKS,
  "method": HISTORY_METHOD,
};
