import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import type { Rows, Shape } from "../dataset.ts";
import { YEAR_START } from "./calendar.ts";
import { type Distributions, ROLES } from "./distributions.ts";
import { userId } from "./keys.ts";
import type { Organizations } from "./organizations.ts";
import type { Locale } from "./places.ts";

/** A part of a name, as it is written and as it stands in an email address. */
export interface Person {
  readonly name: string;
  readonly mail: string;
}

/** First and last names by locale. */
export type People = Readonly<
  Record<Locale, { readonly first: readonly Person[]; readonly last: readonly Person[] }>
>;

/**
 * Users in the order of their ids; the first of each organization is its owner. All joined before the first
 * event, so that nobody does anything before joining.
 */
export function users({ seed, counts, distributions }: Shape, home: Organizations, people: People): Rows {
  const random = counter(seed, "events.users");
  const organizations = counts.organizations!;
  const perOrganization = counts.users!;
  const role = alias((distributions as Distributions)["users.role"]);
  return {
    name: "users",
    units: organizations * perOrganization,
    rows: organizations * perOrganization,
    write(unit, out) {
      const organization = unit % organizations;
      const nth = Math.floor(unit / organizations);
      const names = people[home.countries[organization]!.locale];
      const first = names.first[random.integer(unit, 0, names.first.length)]!;
      const last = names.last[random.integer(unit, 1, names.last.length)]!;
      const founded = home.founded[organization]!;
      const share = nth === 0 ? 0 : (nth + random.float(unit, 2)) / perOrganization;
      out.integer(userId(organization, nth, organizations));
      out.integer(organization + 1);
      // The number makes it unique within the organization's domain.
      out.text(`${first.mail}.${last.mail}${nth + 1}@${home.domains[organization]!}`);
      out.text(`${first.name} ${last.name}`);
      out.text(nth === 0 ? "owner" : ROLES[role.sample(random.float(unit, 3))]!);
      out.timestamp((founded + Math.floor((YEAR_START - founded) * share / 1000) * 1000) * 1000);
      out.endRow();
    },
  };
}
