import type { Faker } from "@faker-js/faker";
import { faker as de } from "@faker-js/faker/locale/de";
import { faker as en_CA } from "@faker-js/faker/locale/en_CA";
import { faker as en_GB } from "@faker-js/faker/locale/en_GB";
import { faker as en_US } from "@faker-js/faker/locale/en_US";
import { faker as es } from "@faker-js/faker/locale/es";
import { faker as fr } from "@faker-js/faker/locale/fr";
import { faker as it } from "@faker-js/faker/locale/it";
import { faker as nl } from "@faker-js/faker/locale/nl";
import { faker as pl } from "@faker-js/faker/locale/pl";
import { faker as pt_BR } from "@faker-js/faker/locale/pt_BR";
import { faker as sv } from "@faker-js/faker/locale/sv";
import type { Locale } from "./places.ts";
import type { People, Person } from "./users.ts";

// One file each: the package's main module would load all of its seventy locales.
const FAKERS: Readonly<Record<Locale, Faker>> = { de, en_CA, en_GB, en_US, es, fr, it, nl, pl, pt_BR, sv };

const SIZE = 160;

/** Makes the pools of names once; every row draws from them by its own random numbers. */
export function people(seed: number): People {
  const entries = Object.entries(FAKERS).map(([locale, faker]) => {
    faker.seed(seed);
    return [locale, {
      first: fill(() => faker.person.firstName()),
      last: fill(() => faker.person.lastName()),
    }] as const;
  });
  return Object.fromEntries(entries) as unknown as People;
}

/** Different names; fewer than SIZE where the locale has not that many. */
function fill(make: () => string): Person[] {
  const names = new Set<string>();
  for (let tries = 0; names.size < SIZE && tries < SIZE * 20; tries++) names.add(make());
  return [...names].map((name) => ({ name, mail: plain(name) })).filter(({ mail }) => mail !== "");
}

/** Letters that no accent can be taken from. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
};

/** A name as it stands in an address: a to z only. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ßæœøłđð]/g, (letter) => LETTERS[letter]!)
    .normalize("NFD")
    .replace(/[^a-z]/g, "");
}
