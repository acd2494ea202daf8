import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { permutation } from "../../random/permutation.ts";
import type { Rows, Shape } from "../dataset.ts";
import { YEAR_START } from "./calendar.ts";
import { type Distributions, PLANS } from "./distributions.ts";
import { organizationAt } from "./keys.ts";
import { COUNTRIES, type Country } from "./places.ts";

// Every pair of a first and a second part reads as one word, and no two pairs read as the same one.
const FIRST =
  ("Amber Arc Birch Blue Bright Cedar Clear Cloud Coral Crest Dawn Deep Ever Fern Fox Glen Gold Granite Grey " +
    "Harbor Hazel High Iron Juniper Lark Lumen Maple North Oak Open Pine Quick River Silver Solar Stone Swift " +
    "Terra True Vale").split(" ");
const SECOND =
  ("bay beam bridge brook byte craft dale desk field flow forge gate grid grove hill hub kite lane leaf light " +
    "line link loop mark mill path peak point port quest ridge scale shore spark spring stack track view wave " +
    "works").split(" ");
const TRADES =
  ("Analytics Apps Capital Care Clinics Commerce Consulting Data Design Devices Digital Education Energy " +
    "Engineering Events Finance Foods Games Group Health Home Industries Insurance Interactive Labs Learning " +
    "Logistics Media Mobility Networks Partners Payments Research Retail Robotics Security Software Studio " +
    "Systems Travel").split(" ");

/** The first organizations signed up this long before the first seeded event. */
const OPENING = Date.UTC(2021, 0, 4);
/** The last one did so at least this long before. */
const LAST = YEAR_START - 120 * 86_400_000;

/** The organizations' rows with what other tables need of them. */
export interface Organizations {
  readonly rows: Rows;
  /** By organization, as the next two. */
  readonly domains: readonly string[];
  readonly countries: readonly Country[];
  /** When it signed up: whole seconds, in milliseconds since 1970. */
  readonly founded: Float64Array;
}

/** Organizations in the order in which they signed up. */
export function organizations({ seed, counts, distributions }: Shape): Organizations {
  const declared = distributions as Distributions;
  const count = counts.organizations!;
  const random = counter(seed, "events.organizations");
  const naming = permutation(FIRST.length * SECOND.length * TRADES.length, seed, "events.organization_name");
  const countries = alias(declared["organizations.country"]);
  const plans = cumulative(declared["organizations.plan"]);
  const ranks = new Int32Array(count);
  const ranked = organizationAt(count);
  for (let rank = 0; rank < count; rank++) ranks[ranked(rank)] = rank;

  const named = (index: number) => {
    const number = naming(index);
    const pair = Math.floor(number / TRADES.length);
    const word = FIRST[Math.floor(pair / SECOND.length)]! + SECOND[pair % SECOND.length]!;
    return `${word} ${TRADES[number % TRADES.length]!}`;
  };
  // Every user asks for these: tables of at most some thousands.
  const names = Array.from({ length: count }, (_, index) => named(index));
  const domains = names.map((name) => `${name.toLowerCase().replace(" ", "-")}.example`);
  const homes = names.map((_, index) => COUNTRIES[countries.sample(random.float(index, 0))]!);
  const founded = Float64Array.from({ length: count }, (_, index) => {
    const share = (index + random.float(index, 1)) / count;
    return OPENING + Math.floor((LAST - OPENING) * share / 1000) * 1000;
  });
  const plan = (index: number) => {
    // Who does more mostly pays for more; the plans' shares stay as declared either way.
    const u = random.float(index, 3);
    const standing = random.float(index, 2) < 0.6 ? 1 - (ranks[index]! + u) / count : u;
    return PLANS[plans.findIndex((until) => standing < until)] ?? PLANS.at(-1)!;
  };

  return {
    domains,
    countries: homes,
    founded,
    rows: {
      name: "organizations",
      units: count,
      rows: count,
      write(index, out) {
        const home = homes[index]!;
        out.integer(index + 1);
        out.text(names[index]!);
        out.text(domains[index]!);
        out.text(plan(index));
        out.text(home.code);
        out.text(home.tag);
        out.timestamp(founded[index]! * 1000);
        out.endRow();
      },
    },
  };
}

/** By outcome, the share of it and all before it. */
function cumulative(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => (sum += weight) / total);
}
