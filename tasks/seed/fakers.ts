import type { Faker } from "@faker-js/faker";

/**
 * What is made of names and places of some locales, each by a faker begun at the seed: pools that every row draws from
 * by its own random numbers. A module a locale: the package's main one would load all of its seventy.
 */
export async function byLocale<Locale extends string, Pool>(
  locales: readonly Locale[],
  seed: number,
  poolOf: (faker: Faker) => Pool,
): Promise<Readonly<Record<Locale, Pool>>> {
  const pools = await Promise.all([...new Set(locales)].map(async (locale) => {
    const { faker } = await import(`@faker-js/faker/locale/${locale}`) as { faker: Faker };
    faker.seed(seed);
    return [locale, poolOf(faker)] as const;
  }));
  return Object.fromEntries(pools) as Record<Locale, Pool>;
}

/** Different values, in the order in which they are made; fewer than `size` where there are not that many that fit. */
export function different(
  make: () => string,
  size: number,
  fits: (value: string) => boolean = () => true,
): string[] {
  const values = new Set<string>();
  for (let tries = 0; values.size < size && tries < size * 20; tries++) {
    const value = make();
    if (fits(value)) values.add(value);
  }
  return [...values];
}
