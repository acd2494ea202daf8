import { byLocale, different } from "../fakers.ts";
import { COUNTRIES } from "./places.ts";
import type { People, Person } from "./users.ts";

const SIZE = 160;

/** Makes the pools of names. */
export async function people(seed: number): Promise<People> {
  return await byLocale(COUNTRIES.map(({ locale }) => locale), seed, ({ person }) => ({
    first: fill(() => person.firstName()),
    last: fill(() => person.lastName()),
  }));
}

function fill(make: () => string): Person[] {
  return different(make, SIZE).map((name) => ({ name, mail: plain(name) })).filter(({ mail }) => mail !== "");
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
