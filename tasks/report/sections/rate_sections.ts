import { RATE_CURVE } from "./rate_curve.ts";
import { RATE_METHOD } from "./rate_method.ts";
import { RATE_PROBES } from "./rate_probes.ts";
import { RATE_UNAVAILABLE } from "./rate_unavailable.ts";
import type { ViewsOf } from "./section.ts";

/** The sections of a search's page below its head, by their ids and in order. */
export const RATE_SECTIONS = {
  "curve": RATE_CURVE,
  "probes": RATE_PROBES,
  "unavailable": RATE_UNAVAILABLE,
  "method": RATE_METHOD,
};

/** What each section's template shows; null where it is left out. */
export type RateSectionViews = ViewsOf<typeof RATE_SECTIONS>;
