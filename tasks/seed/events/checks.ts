import { zipfWeights } from "../../random/zipf.ts";
import type { DistributionCheck, Shape } from "../dataset.ts";
import { calendar } from "./calendar.ts";
import { type Distributions, EVENT_TYPES } from "./distributions.ts";
import { windowsOf } from "./timeline.ts";

/** Tolerances reach this many standard errors. */
const ERRORS = 5;
/** And some whole rows: with few of them a share moves by steps. */
const ROWS = 3;

/** How often in the year a weekend, the same hour of the day, or one of the outer months begins or ends. */
const WEEKEND_BORDERS = 105;
const HOUR_BORDERS = 730;
const MONTH_BORDERS = 3;

const WORDS: Readonly<Record<typeof EVENT_TYPES[number], string>> = {
  page_view: "page views",
  click: "clicks",
  conversion: "conversions",
  sign_up: "sign-ups",
  purchase: "purchases",
};

/** What the declared distributions promise of the columns of verify.sql: shares, a median, and counts that are 0. */
export function checks(shape: Shape): Record<string, DistributionCheck> {
  const declared = shape.distributions as Distributions;
  const { organizations, users } = shape.counts as { organizations: number; users: number };
  const [, , viewer] = normalised(declared["users.role"]);
  const invited = Math.max(1, organizations * (users - 1));
  return {
    ...types(shape, declared),
    ...tenants(shape, declared),
    ...times(shape, declared),
    purchase_median: purchases(shape, declared),
    viewers: check(
      "users",
      "users who are viewers, of those who are not owners",
      users > 1 ? viewer! : 0,
      error(viewer!, invited) + ROWS / invited,
    ),
    organizations_without_owner: check("users", "organizations that have not just one owner", 0, 0),
    users_before_organization: check("users", "users who joined before their organization", 0, 0),
    events_before_joining: check("events", "events of users who had not joined yet", 0, 0),
    events_of_strangers: check("events", "events whose user is of another organization", 0, 0),
  };
}

function types({ counts }: Shape, declared: Distributions): Record<string, DistributionCheck> {
  const shares = normalised(declared["events.mix"]);
  return Object.fromEntries(EVENT_TYPES.map((type, at) => {
    const tolerance = error(shares[at]!, counts.events!) + ROWS / counts.events!;
    return [`${type}_share`, check("events", `events that are ${WORDS[type]}`, shares[at]!, tolerance)];
  }));
}

function tenants({ counts }: Shape, declared: Distributions): Record<string, DistributionCheck> {
  const events = counts.events!;
  const organizations = counts.organizations!;
  const shares = normalised(zipfWeights(organizations, declared["events.tenantSkew"]));
  const top = Math.ceil(organizations / 10);
  const topShare = shares.slice(0, top).reduce((sum, share) => sum + share, 0);
  const largest = shares[0]!;
  // All events of a session are of one organization: they count for fewer independent ones.
  const windows = windowsOf(events, declared["events.perSession"]);
  const independent = events / (1 + (Math.min(windows.events, events) - 1) / windows.sessions);
  // Those found to be the largest are so by chance, too: the maximum over so many choices.
  const choices = (log: number) => 1 + Math.sqrt(2 * log) / ERRORS;
  return {
    largest_tenant: check(
      "events",
      "events of the organization with most of them",
      largest,
      error(largest, independent) * choices(Math.log(organizations)) + ROWS / independent,
    ),
    top_tenants: check(
      "events",
      "events of the tenth of organizations with most of them",
      topShare,
      error(topShare, independent) * choices(top * Math.log(Math.E * organizations / top)) +
        ROWS / independent,
    ),
  };
}

function times({ counts }: Shape, declared: Distributions): Record<string, DistributionCheck> {
  const events = counts.events!;
  const windows = windowsOf(events, declared["events.perSession"]);
  // What moves together in time: single events, or, where windows are short moments of activity, as many of a
  // window's as can come to lie on either side of a moment.
  const { events: window, filled } = windows;
  const size = Math.min(window, events, 1 + window * (1 - filled) / filled);
  const { share } = calendar(declared);
  const month = (wanted: number) => share((hour) => hour.getUTCMonth() === wanted);
  const hours = Array.from({ length: 24 }, (_, wanted) => share((hour) => hour.getUTCHours() === wanted));
  const weekend = share((hour) => hour.getUTCDay() % 6 === 0);
  const busiest = Math.max(...hours);
  const ends = month(0) + month(11);
  // Events are spread over the year in layers, so only those at a border between what is counted and what is
  // not are left to chance, each with at most an even one.
  const layered = (expected: number, borders: number, of = 1) => {
    const sample = events * of / size;
    return Math.min(error(expected, sample), ERRORS * Math.sqrt(borders) / 2 / sample) + ROWS / sample;
  };
  const last = month(11) / ends;
  return {
    weekend_share: check("events", "events on a weekend (UTC)", weekend, layered(weekend, WEEKEND_BORDERS)),
    // The busiest of 24 found is so by chance, too.
    busiest_hour: check(
      "events",
      "events in the busiest hour of the day (UTC)",
      busiest,
      1.5 * layered(busiest, HOUR_BORDERS),
    ),
    last_month: check(
      "events",
      "events of the last month, of those in the first and the last",
      last,
      layered(last, MONTH_BORDERS, ends),
    ),
  };
}

function purchases({ counts }: Shape, declared: Distributions): DistributionCheck {
  const expected = declared["events.purchaseMedian"];
  const sample = counts.events! * normalised(declared["events.mix"])[4]!;
  // The median of a normal sample has √(π/2) times the error of its mean; here it is one of logarithms.
  const log = ERRORS * declared["events.purchaseSigma"] * Math.sqrt(Math.PI / 2 / Math.max(1, sample));
  // There may be none at all, of which the median is given as 0.
  const relative = sample < 40 ? Math.max(1, Math.expm1(log)) : Math.expm1(log);
  // Amounts are whole hundredths.
  return check("events", "the median amount of a purchase", expected, expected * relative + 0.01);
}

function check(table: string, name: string, expected: number, tolerance: number): DistributionCheck {
  return { table, name, expected, tolerance };
}

/** So many standard errors of a share in a sample. */
function error(share: number, sample: number): number {
  return ERRORS * Math.sqrt(share * (1 - share) / sample);
}

function normalised(weights: ArrayLike<number>): number[] {
  const values = Array.from(weights);
  const total = values.reduce((sum, weight) => sum + weight, 0);
  return values.map((weight) => weight / total);
}
