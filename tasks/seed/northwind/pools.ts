import type { Faker } from "@faker-js/faker";
import { faker as da } from "@faker-js/faker/locale/da";
import { faker as de } from "@faker-js/faker/locale/de";
import { faker as de_AT } from "@faker-js/faker/locale/de_AT";
import { faker as de_CH } from "@faker-js/faker/locale/de_CH";
import { faker as en_CA } from "@faker-js/faker/locale/en_CA";
import { faker as en_GB } from "@faker-js/faker/locale/en_GB";
import { faker as en_IE } from "@faker-js/faker/locale/en_IE";
import { faker as en_US } from "@faker-js/faker/locale/en_US";
import { faker as es } from "@faker-js/faker/locale/es";
import { faker as es_MX } from "@faker-js/faker/locale/es_MX";
import { faker as fi } from "@faker-js/faker/locale/fi";
import { faker as fr } from "@faker-js/faker/locale/fr";
import { faker as it } from "@faker-js/faker/locale/it";
import { faker as nb_NO } from "@faker-js/faker/locale/nb_NO";
import { faker as nl_BE } from "@faker-js/faker/locale/nl_BE";
import { faker as pl } from "@faker-js/faker/locale/pl";
import { faker as pt_BR } from "@faker-js/faker/locale/pt_BR";
import { faker as pt_PT } from "@faker-js/faker/locale/pt_PT";
import { faker as sv } from "@faker-js/faker/locale/sv";
import type { Locale } from "./places.ts";

/** Names and streets of one locale, short enough for their columns. */
export interface Pool {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly last: readonly string[];
  readonly streets: readonly string[];
}

// One file each: the package's main module would load all of its seventy locales.
const FAKERS: Readonly<Record<Locale, Faker>> = {
  da,
  de,
  de_AT,
  de_CH,
  en_CA,
  en_GB,
  en_IE,
  en_US,
  es,
  es_MX,
  fi,
  fr,
  it,
  nb_NO,
  nl_BE,
  pl,
  pt_BR,
  pt_PT,
  sv,
};

const SIZE = 80;

/** Makes the value pools once; every row draws from them by its own random numbers. */
export function pools(seed: number): Readonly<Record<Locale, Pool>> {
  const entries = Object.entries(FAKERS).map(([locale, faker]) => {
    faker.seed(seed);
    const pool: Pool = {
      female: fill(() => faker.person.firstName("female"), 10),
      male: fill(() => faker.person.firstName("male"), 10),
      last: fill(() => faker.person.lastName(), 18),
      streets: fill(() => faker.location.street(), 40),
    };
    return [locale, pool] as const;
  });
  return Object.fromEntries(entries) as Record<Locale, Pool>;
}

/** Different values of at most `longest` characters; fewer than SIZE where the locale has not that many. */
function fill(make: () => string, longest: number): string[] {
  const values = new Set<string>();
  for (let tries = 0; values.size < SIZE && tries < SIZE * 20; tries++) {
    const value = make();
    if (value.length <= longest) values.add(value);
  }
  return [...values];
}
