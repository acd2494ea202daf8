import { counter } from "../../random/counter.ts";
import type { Rows } from "../dataset.ts";
import type { NorthwindShape } from "./distributions.ts";
import { party, PARTY_LANES, writeAddress } from "./parties.ts";
import type { Pools } from "./pools.ts";
import { CATEGORIES, CONTACT_TITLES } from "./reference.ts";

export function suppliers({ seed, counts, distributions }: NorthwindShape, pools: Pools): Rows {
  const random = counter(seed, "northwind.suppliers");
  const withFax = distributions["suppliers.withFax"];
  const withHomepage = distributions["suppliers.withHomepage"];
  return {
    name: "suppliers",
    units: counts.suppliers,
    rows: counts.suppliers,
    write(index, out) {
      const at = party(random, index, pools);
      const surnames = pools[at.country.locale]!.last;
      const brand = surnames[random.integer(index, PARTY_LANES, surnames.length)]!;
      const { nouns } = CATEGORIES[random.integer(index, PARTY_LANES + 1, CATEGORIES.length)]!;
      const noun = nouns[random.integer(index, PARTY_LANES + 2, nouns.length)]!;
      // `.example` is reserved: nobody's real site is named.
      const site = `https://www.${noun.normalize("NFD").replace(/[^a-z]/gi, "").toLowerCase()}-${
        index + 1
      }.example/`;
      out.integer(index + 1);
      out.text(`${brand} ${noun}`.slice(0, 40));
      out.text(`${at.firstName} ${at.lastName}`);
      out.text(CONTACT_TITLES[random.integer(index, PARTY_LANES + 3, CONTACT_TITLES.length)]!);
      writeAddress(at, out);
      out.text(random.float(index, PARTY_LANES + 4) < withFax ? at.fax : null);
      out.text(random.float(index, PARTY_LANES + 5) < withHomepage ? site : null);
      out.endRow();
    },
  };
}
