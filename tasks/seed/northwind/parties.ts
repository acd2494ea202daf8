import { type Alias, alias } from "../../random/alias.ts";
import type { Counter } from "../../random/counter.ts";
import type { CopyWriter } from "../copy_writer.ts";
import { type City, COUNTRIES, type Country } from "./places.ts";
import type { Pools } from "./pools.ts";

/** Someone with an address: what customers, suppliers and employees have in common. */
export interface Party {
  readonly country: Country;
  readonly city: City;
  readonly address: string;
  readonly postalCode: string;
  readonly phone: string;
  readonly fax: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly female: boolean;
}

/** Lanes that `party` uses; a table's own draws begin after them. */
export const PARTY_LANES = 32;

const countries: Alias = alias(COUNTRIES.map((country) => country.weight));

/**
 * The party of an index: name, street, city, postal code and phone all fit its country.
 * @param country that it must live in; without it drawn by the countries' weights
 */
export function party(random: Counter, index: number, pools: Pools, country?: Country): Party {
  const home = country ?? COUNTRIES[countries.sample(random.float(index, 0))]!;
  const pick = <T>(lane: number, values: readonly T[]): T =>
    values[random.integer(index, lane, values.length)]!;
  const pool = pools[home.locale]!;
  // The first city of a country is its largest market: the smaller of two draws favours it.
  const nth = Math.min(random.float(index, 1), random.float(index, 2));
  const city = home.cities[Math.floor(nth * home.cities.length)]!;
  const female = random.float(index, 3) < 0.5;
  const street = pick(4, pool.streets);
  const number = 1 + Math.floor(random.float(index, 5) ** 2 * 180);
  const phone = home.phone.replace("@", city.area);
  return {
    country: home,
    city,
    address: home.address.replace(/[sn]/g, (part) => part === "s" ? street : String(number)),
    postalCode: pattern(random, index, 16, city.postal),
    phone: pattern(random, index, 24, phone),
    // An office's fax has the number after its phone's.
    fax: pattern(random, index, 24, phone).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
    firstName: pick(6, female ? pool.female : pool.male),
    lastName: pick(7, pool.last),
    female,
  };
}

/** Writes the fields from the address to the phone, which all parties have in this order. */
export function writeAddress({ address, city, postalCode, country, phone }: Party, out: CopyWriter): void {
  out.text(address);
  out.text(city.name);
  out.text(city.region);
  out.text(postalCode);
  out.text(country.name);
  out.text(phone);
}

/** Replaces each # by a digit and each ? by a letter, a lane each. */
function pattern(random: Counter, index: number, lane: number, text: string): string {
  return text.replace(/[#?]/g, (mark) => {
    const draw = random.integer(index, lane++, mark === "#" ? 10 : 24);
    // Letters that postal services avoid for being read as digits are left out: I and O.
    return mark === "#" ? String(draw) : "ABCDEFGHJKLMNPQRSTUVWXYZ"[draw]!;
  });
}
