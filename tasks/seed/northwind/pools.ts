import { byLocale, different } from "../fakers.ts";
import { COUNTRIES } from "./places.ts";

/** Names and streets of one locale, short enough for their columns. */
export interface ValuePool {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly last: readonly string[];
  readonly streets: readonly string[];
}

/** By locale. */
export type Pools = Readonly<Record<string, ValuePool>>;

const SIZE = 80;

/** Makes the value pools. */
export async function makePools(seed: number): Promise<Pools> {
  const fill = (make: () => string, longest: number) =>
    different(make, SIZE, (value) => value.length <= longest);
  return await byLocale(COUNTRIES.map(({ locale }) => locale), seed, ({ person, location }) => ({
    female: fill(() => person.firstName("female"), 10),
    male: fill(() => person.firstName("male"), 10),
    last: fill(() => person.lastName(), 18),
    streets: fill(() => location.street(), 40),
  }));
}
