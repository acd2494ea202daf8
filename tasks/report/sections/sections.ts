import { APPENDIX } from "./appendix.ts";
import { CACHE } from "./cache.ts";
import { CHANGE } from "./change.ts";
import { DISTRIBUTION } from "./distribution.ts";
import { GRAPHQL } from "./graphql.ts";
import { METHOD } from "./method.ts";
import { MIGRATION_ERRORS } from "./migration_errors.ts";
import { IMPACT } from "./migration_impact.ts";
import { LEDGER } from "./migration_ledger.ts";
import { LOCKS } from "./migration_locks.ts";
import { MIGRATION_PLANS } from "./migration_plans.ts";
import { PREDICTION } from "./migration_prediction.ts";
import { STEPS } from "./migration_steps.ts";
import { TIMELINE } from "./migration_timeline.ts";
import { NOTES } from "./notes.ts";
import { OBSERVER } from "./observer.ts";
import { OPERATIONS } from "./operations.ts";
import { OVER_TIME } from "./over_time.ts";
import { SCALING } from "./scaling.ts";
import { SEGMENTS } from "./segments.ts";
import { PLANS_CHANGED } from "./plans_changed.ts";
import {
  CONNECTIONS,
  PAUSES,
  PROBE_ERRORS,
  PROBE_LEDGER,
  PROBE_OPERATIONS,
  PROBE_TIMELINE,
  SERVER_CHANGES,
} from "./probe_tables.ts";
import { SERVERS } from "./servers.ts";
import type { ReportKind, Section, ViewsOf } from "./section.ts";
import { TIERS } from "./tiers.ts";
import { UNAVAILABLE } from "./unavailable.ts";
import { VALIDITY } from "./validity.ts";

/**
 * The sections of the report below page one, by their ids and in order; contents, page and PDF follow it. A new one is
 * a file here, its line below and, unless it is figures and tables only, its template in templates/sections/.
 */
export const SECTIONS = {
  "impact": IMPACT,
  "timeline": TIMELINE,
  "steps": STEPS,
  "prediction": PREDICTION,
  "locks": LOCKS,
  "ledger": LEDGER,
  "errors": MIGRATION_ERRORS,
  "plans-after": MIGRATION_PLANS,
  "probe-timeline": PROBE_TIMELINE,
  "pauses": PAUSES,
  "probe-errors": PROBE_ERRORS,
  "connections": CONNECTIONS,
  "server-changes": SERVER_CHANGES,
  "probe-ledger": PROBE_LEDGER,
  "probe-operations": PROBE_OPERATIONS,
  "tiers": TIERS,
  "change": CHANGE,
  "operations": OPERATIONS,
  "segments": SEGMENTS,
  "distribution": DISTRIBUTION,
  "over-time": OVER_TIME,
  "cache": CACHE,
  "graphql": GRAPHQL,
  "scaling": SCALING,
  "plans": PLANS_CHANGED,
  "servers": SERVERS,
  "observer": OBSERVER,
  "validity": VALIDITY,
  "unavailable": UNAVAILABLE,
  "method": METHOD,
  "notes": NOTES,
  "appendix": APPENDIX,
};

/** Those that make sense of such a run. */
export function sectionsOf(kind: ReportKind): Partial<typeof SECTIONS> {
  const all: [string, Section<object>][] = Object.entries(SECTIONS);
  return Object.fromEntries(all.filter(([, { of = kind }]) => of === kind));
}

/** What each section's template shows; null where it is left out. */
export type SectionViews = ViewsOf<typeof SECTIONS>;
