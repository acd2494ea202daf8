import { COMPARE_CHANGE, COMPARE_SHIFT } from "./compare_figures.ts";
import { COMPARE_METHOD } from "./compare_method.ts";
import { COMPARE_ERRORS, COMPARE_FINGERPRINT, COMPARE_ROWS } from "./compare_tables.ts";
import { COMPARE_CHANGED } from "./compare_changed.ts";
import { COMPARE_PLANS } from "./compare_plans.ts";

/** The sections of a comparison's page below its head, by their ids and in order. */
export const COMPARE_SECTIONS = {
  "fingerprints": COMPARE_FINGERPRINT,
  "change": COMPARE_CHANGE,
  "operations": COMPARE_ROWS,
  "shift": COMPARE_SHIFT,
  "errors": COMPARE_ERRORS,
  "what-changed": COMPARE_CHANGED,
  "plans": COMPARE_PLANS,
  "method": COMPARE_METHOD,
};
