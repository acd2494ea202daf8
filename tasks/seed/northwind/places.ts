import { schemaSql } from "../sql.ts";

/** Where customers, suppliers and employees live. In a postal or phone pattern # is a digit, ? a letter. */
export interface Country {
  readonly name: string;
  /** Share of customers, relative. */
  readonly weight: number;
  /** Which of the value pools its names and streets come from. */
  readonly locale: string;
  /** How a street and a house number are joined: s and n stand for them. */
  readonly address: string;
  /** The area code takes the place of @. */
  readonly phone: string;
  readonly trades: readonly string[];
  /** From the largest market on. */
  readonly cities: readonly City[];
}

export interface City {
  readonly name: string;
  readonly region: string | null;
  readonly postal: string;
  readonly area: string;
}

/** As queries/schema/northwind/places.tsv has them: a line a city, the country before the first of its cities. */
export const COUNTRIES: readonly Country[] = read(schemaSql("northwind/places.tsv"));

type Fields = [string, string, string, string, string, string, string, string, string, string];

function read(text: string): Country[] {
  const countries: (Country & { readonly cities: City[] })[] = [];
  for (const line of text.trimEnd().split("\n").slice(1)) {
    const [name, weight, locale, address, phone, trades, city, region, postal, area] = line.split(
      "\t",
    ) as Fields;
    if (name !== "") {
      const of = { name, weight: Number(weight), locale, address, phone, trades: trades.split("|") };
      countries.push({ ...of, cities: [] });
    }
    countries.at(-1)!.cities.push({ name: city, region: region || null, postal, area });
  }
  return countries;
}
