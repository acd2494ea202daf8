import { number, type ValuesOf, weights } from "../distributions.ts";
import { COUNTRIES } from "./places.ts";

// Every number that shapes the events, in one place. Weights are relative.

/** The year in which all seeded events happen. Fixed, so that data never depends on today. */
export const YEAR = 2025;

/** Events that a benchmark records have keys from here on. */
export const RESERVED_BASE = 1_000_000_000_000;

/** There are names for so many organizations. */
export const MAX_ORGANIZATIONS = 50_000;

/** Users of all organizations together are at most so many. */
export const MAX_USERS = 5_000_000;

export const PLANS = ["free", "starter", "business", "enterprise"] as const;
export const ROLES = ["admin", "member", "viewer"] as const;
export const EVENT_TYPES = ["page_view", "click", "conversion", "sign_up", "purchase"] as const;
export const DEVICES = ["desktop", "mobile", "tablet"] as const;

/** `users` is of each organization. */
export const SCALES = {
  tiny: { organizations: 10, users: 100, events: 9_000 },
  small: { organizations: 50, users: 1_000, events: 50_000 },
  medium: { organizations: 50, users: 1_000, events: 950_000 },
  full: { organizations: 50, users: 1_000, events: 10_000_000 },
} as const;

export const declared = {
  "organizations.country": weights(
    COUNTRIES.map(({ weight }) => weight),
    `organizations by country: ${COUNTRIES.map(({ code }) => code).join(", ")}`,
  ),
  "organizations.plan": weights([35, 35, 22, 8], `organizations by plan: ${PLANS.join(", ")}`),
  "users.role": weights([6, 74, 20], `users beside the owner by role: ${ROLES.join(", ")}`),
  "events.mix": weights([60, 28, 10, 1.5, 0.5], `events by type: ${EVENT_TYPES.join(", ")}`),
  "events.tenantSkew": number(1, [0, 2], "Zipf's exponent over organizations by their events"),
  "events.userSkew": number(0.7, [0, 2], "Zipf's exponent over an organization's users by their events"),
  "events.weekday": weights([0.35, 1.1, 1.2, 1.2, 1.15, 1, 0.35], "events by weekday, Sunday first"),
  "events.hour": weights(
    [2, 1.5, 1.2, 1, 1.2, 2, 4, 7, 10, 12, 12.5, 11.5, 10, 11, 12.5, 13, 12, 10, 8, 6.5, 5.5, 4.5, 3.5, 2.7],
    "events by hour of the day in UTC, from midnight",
  ),
  "events.growth": number(1.8, [0.1, 10], "traffic at the year's end against its beginning"),
  "events.perSession": number(6, [1, 100], "events of a session, on average"),
  "events.device": weights([62, 31, 7], `sessions by device: ${DEVICES.join(", ")}`),
  "events.pageSkew": number(0.9, [0, 3], "Zipf's exponent over pages by their views"),
  "events.loadMedian": number(420, [1, 60_000], "median time a page takes to load, in milliseconds"),
  "events.loadSigma": number(0.55, [0, 3], "deviation of the logarithm of a page's load time"),
  "events.purchaseMedian": number(180, [0.01, 100_000], "median amount of a purchase"),
  "events.purchaseSigma": number(0.9, [0, 3], "deviation of the logarithm of a purchase's amount"),
};

/** What the declared names are worth in one data set. */
export type Distributions = ValuesOf<typeof declared>;
