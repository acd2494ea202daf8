import { planBlocks } from "../../tasks/load/blocks.ts";
import { calibrateHits } from "../../tasks/load/hit_target.ts";
import { UsageError } from "../../tasks/model/errors.ts";
import type { Draw, Scenario, ScenarioOperation, Settings, Stream } from "../../tasks/model/scenario.ts";
import { zipfWeights } from "../../tasks/random/zipf.ts";
import { EVENT_TYPES } from "../../tasks/seed/events/distributions.ts";
import { keySpaces, organizationAt } from "../../tasks/seed/events/keys.ts";

const PATHS = ["sql", "graphql", "sql+cache"] as const;
// 66 rounds of three arms: see access-paths.
const TIMES = { duration: 60, warmup: 3, block: 0.3, washout: 0.05 };

/** Of the queries, in percent; the rest is real time. */
const OVERVIEWS = 70;
const FILTERED = 20;
/** A dashboard shows so many days. */
const DAYS_SHOWN = 7;
const DAYS = keySpaces({}).event_days!;
const WINDOWS = DAYS.count - DAYS_SHOWN + 1;

/** Requests a second, and queries among them, where nothing else is asked for; a small machine has room for both. */
const USUAL_TOTAL = 200;
const USUAL_READ_SHARE = 80;
/** The same, each by itself. */
const USUAL = partsOf(USUAL_TOTAL, USUAL_READ_SHARE);

/**
 * A product analytics service: what users do streams in while their organizations look at dashboards. Dashboards
 * are cached; what must be of this moment is not. All reads look at the seeded year and all writes come after it,
 * so that what one arm writes changes no other arm's answers.
 */
export default {
  name: "saas-events",
  title: "A multi-tenant SaaS: events stream in while dashboards are read, most of them cached",
  dataset: "events",
  workload: "saas-events",
  ...TIMES,
  timeout: 5,
  paths: PATHS,
  sources: { actions: { sql: "../workloads/saas-events/actions.sql" } },
  streams(settings: Settings): Stream[] {
    for (const name of ["organizations", "users"]) {
      if (Number.isInteger(settings[name])) continue;
      throw new UsageError(`Cannot set ${name} as a whole number: it is ${settings[name]}`);
    }
    const { events, queries } = ratesOf(settings);
    const streams: Stream[] = [
      { name: "events", arrivals: "poisson", rate: events, operations: writes(settings) },
      {
        name: "queries",
        arrivals: "poisson",
        rate: queries,
        operations: queries > 0 ? reads(settings, queries) : [],
      },
    ];
    return streams.filter(({ rate }) => rate > 0);
  },
  slo: "p95<200ms,errors<1%",
  settings: {
    events_per_second: {
      default: 0,
      min: 0,
      max: 100_000,
      unit: "/s",
      describe: `events recorded a second; 0: ${USUAL.events}, or their share of the total`,
    },
    queries_per_second: {
      default: 0,
      min: 0,
      max: 100_000,
      unit: "/s",
      describe: `queries asked a second; 0: ${USUAL.queries}, or their share of the total`,
    },
    requests_per_second: {
      default: 0,
      min: 0,
      max: 100_000,
      unit: "/s",
      describe: `both together, instead of the two rates; 0: their sum, ${USUAL_TOTAL} by default`,
    },
    read_share: {
      default: USUAL_READ_SHARE,
      min: 0,
      max: 100,
      unit: "%",
      describe: "queries among requests_per_second, or --rate; at 0 or 100 the other stream is left out",
    },
    organizations: {
      default: 10,
      min: 1,
      max: 50_000,
      unit: "",
      describe: "organizations whose dashboards are looked at; as many must be seeded",
      seeded: "organizations",
    },
    users: {
      default: 100,
      min: 1,
      max: 1_000_000,
      unit: "",
      describe: "users who record events, for each of these organizations; as many must be seeded",
      seeded: "users",
    },
    hit_target: {
      default: 85,
      min: 0,
      max: 99.9,
      unit: "%",
      describe: "hit rate of the cache that keys are chosen for; 0: keys as they come",
    },
    cache_ttl: {
      default: 30,
      min: 1,
      max: 86_400,
      unit: "s",
      describe: "how long a cached answer lives, ± 10 % jitter",
    },
  },
  hitTarget: "hit_target",
  presets: {
    low: { events_per_second: 10, queries_per_second: 20 },
    medium: { events_per_second: 50, queries_per_second: 150 },
    high: { events_per_second: 300, queries_per_second: 700 },
    ultra: { events_per_second: 2000, queries_per_second: 8000 },
  },
} satisfies Scenario;

/** Requests a second of both streams, given as two rates or as a total and its share of reads. */
function ratesOf(settings: Settings): { events: number; queries: number } {
  const total = settings.requests_per_second!;
  const share = settings.read_share!;
  const part = ["events_per_second", "queries_per_second"].find((name) => settings[name] !== 0);
  if (total > 0 && part !== undefined) {
    throw new UsageError(
      `Cannot set ${part}=${settings[part]} beside requests_per_second=${total}: ` +
        "a total and the rates of its parts exclude each other",
      "Give events_per_second and queries_per_second, as presets do, or requests_per_second and read_share.",
    );
  }
  if (part !== undefined && share !== USUAL_READ_SHARE) {
    throw new UsageError(
      `Cannot set read_share=${share} beside ${part}=${settings[part]}: it is a share of a total`,
      "Give requests_per_second or --rate with it, or events_per_second and queries_per_second instead.",
    );
  }
  if (part === undefined) return partsOf(total || USUAL_TOTAL, share);
  return {
    events: settings.events_per_second! || USUAL.events,
    queries: settings.queries_per_second! || USUAL.queries,
  };
}

function partsOf(total: number, readShare: number): { events: number; queries: number } {
  const queries = total * readShare / 100;
  return { events: total - queries, queries };
}

function writes({ organizations, users }: Settings): ScenarioOperation[] {
  const who: Record<string, Draw> = {
    event_id: { kind: "reserved", keys: "reserved_events" },
    // Ids of all organizations' users take turns: where all organizations take part, these are the first users of
    // each of them.
    user_id: { kind: "integer", min: 1, max: organizations! * users! },
    session_id: { kind: "integer", min: 1, max: 1_000_000_000 },
    occurred_at: { kind: "choice", values: ["2026-01-15T12:00:00Z"] },
  };
  const action = (column: string): Draw => ({ kind: "source", source: "actions", column });
  return [
    {
      name: "record-event",
      weight: 99.5,
      write: true,
      params: {
        ...who,
        event_type: action("event_type"),
        page_path: action("page_path"),
        device: action("device"),
      },
    },
    {
      name: "record-purchase",
      weight: 0.5,
      write: true,
      params: {
        ...who,
        item: {
          kind: "choice",
          values: ["seats", "storage", "support", "training"],
          weights: [55, 20, 15, 10],
        },
        term: { kind: "choice", values: ["monthly", "annual"], weights: [60, 40] },
        amount: { kind: "integer", min: 20, max: 900 },
      },
    },
  ];
}

function reads(settings: Settings, rate: number): ScenarioOperation[] {
  const { windows, skew } = keysFor(settings, rate);
  // Where all organizations take part, those with most events are also asked for most.
  const ranked = organizationAt(settings.organizations!);
  const organization_id = popular(settings.organizations!, (rank) => ranked(rank) + 1, skew);
  const shown = {
    from_time: popular(windows, (rank) => DAYS.key(WINDOWS - 1 - rank), skew),
    to_time: { kind: "after", of: "from_time", days: DAYS_SHOWN },
  } as const;
  // Today, whichever of the seeded days that is.
  const today = {
    from_time: { kind: "uniform", keys: "event_days" },
    to_time: { kind: "after", of: "from_time", days: 1 },
  } as const;
  return [
    { name: "dashboard-overview", weight: OVERVIEWS, params: { organization_id, ...shown } },
    {
      name: "filtered-events",
      weight: FILTERED,
      params: {
        organization_id,
        event_type: popular(EVENT_TYPES.length, (rank) => EVENT_TYPES[rank]!, skew),
        ...shown,
        page_size: { kind: "choice", values: [20] },
      },
    },
    { name: "active-organizations", weight: 4, cache: false, params: today },
    { name: "conversion-rate", weight: 3, cache: false, params: { organization_id, ...today } },
    {
      name: "user-engagement",
      weight: 3,
      cache: false,
      params: { organization_id, ...today, most: { kind: "choice", values: [10] } },
    },
  ];
}

/**
 * How many weeks are looked at, and how unequally often, so that the cache answers what `hit_target` says: over the
 * time, the rates and the paths that stand here. Less time, or another --rate, leaves the keys and changes the hits.
 */
function keysFor(settings: Settings, rate: number): { windows: number; skew: number } {
  const { hit_target, cache_ttl, organizations } = settings;
  if (hit_target === 0) return { windows: WINDOWS, skew: 1 };
  const { values, skew } = calibrateHits({
    target: hit_target! / 100,
    questions: [
      { rate: rate * OVERVIEWS / 100, dimensions: [organizations!] },
      { rate: rate * FILTERED / 100, dimensions: [organizations!, EVENT_TYPES.length] },
    ],
    mostValues: WINDOWS,
    ttlSeconds: cache_ttl!,
    phases: planBlocks({
      arms: PATHS,
      seed: 42,
      warmupSeconds: TIMES.warmup,
      durationSeconds: TIMES.duration,
      blockSeconds: TIMES.block,
      washoutSeconds: TIMES.washout,
    }),
    arm: "sql+cache",
  });
  return { windows: values, skew };
}

/** Values by rank, the first the most popular one. */
function popular(count: number, value: (rank: number) => string | number, skew: number): Draw {
  const values = Array.from({ length: count }, (_, rank) => value(rank));
  return { kind: "choice", values, weights: [...zipfWeights(count, skew)] };
}
