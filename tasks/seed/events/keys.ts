import type { KeySpace } from "../../model/dataset.ts";
import { permutation } from "../../random/permutation.ts";
import { YEAR_END, YEAR_START } from "./calendar.ts";
import { RESERVED_BASE } from "./distributions.ts";

// Everything here is a function of counts and indexes alone, so that a load generator's worker can name keys
// without a database.

const MS_PER_DAY = 86_400_000;

export const FIRST_EVENT_ID = 1;
const DAYS = (YEAR_END - YEAR_START) / MS_PER_DAY;

/**
 * The organization (counted from 0) by its rank in popularity: scattered, since in the order of popularity the
 * hot rows of all tables would share a few pages. The seed plays no part: parameters are drawn without it.
 */
export function organizationAt(organizations: number): (rank: number) => number {
  return permutation(organizations, 5, "events.organization_rank");
}

/**
 * The id of the `nth` user of an organization, both counted from 0. Ids of organizations alternate, as they do
 * where users of many organizations sign up side by side.
 */
export function userId(organization: number, nth: number, organizations: number): number {
  return nth * organizations + organization + 1;
}

/**
 * Key spaces by name: `organizations` by popularity, the one with most events first; `users` by id, of which
 * all organizations' take turns; `events` from oldest to newest; `event_days` (ISO dates) likewise;
 * `reserved_events` (key = first reserved event_id + slot).
 */
export function keySpaces(rows: Readonly<Record<string, number>>): Readonly<Record<string, KeySpace>> {
  const organizations = rows.organizations ?? 0;
  const ranked = organizations > 0 ? organizationAt(organizations) : () => 0;
  const spaces: KeySpace[] = [
    { name: "organizations", count: organizations, key: (index) => ranked(index) + 1 },
    { name: "users", count: rows.users ?? 0, key: (index) => index + 1 },
    { name: "events", count: rows.events ?? 0, key: (index) => FIRST_EVENT_ID + index },
    {
      name: "event_days",
      count: DAYS,
      key: (index) => new Date(YEAR_START + index * MS_PER_DAY).toISOString().slice(0, 10),
    },
    { name: "reserved_events", count: RESERVED_BASE, key: (index) => RESERVED_BASE + index },
  ];
  return Object.fromEntries(spaces.map((space) => [space.name, space]));
}
