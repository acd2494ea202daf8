import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import type { Rows } from "../dataset.ts";
import type { NorthwindShape } from "./distributions.ts";
import { customerCode } from "./keys.ts";
import { pack, type Packed } from "./packed.ts";
import { party, PARTY_LANES, writeAddress } from "./parties.ts";
import { COUNTRIES } from "./places.ts";
import type { Pools } from "./pools.ts";
import { CONTACT_TITLES, fixedRows } from "./reference.ts";

/** Where customers are at home, and the name over the door. */
function homes(seed: number, pools: Pools) {
  const random = counter(seed, "northwind.customers");
  // The first customers live one in each country, so that every country occurs at every scale.
  return (index: number) => {
    const home = party(random, index, pools, COUNTRIES[index]);
    const { trades } = home.country;
    const trade = trades[random.integer(index, PARTY_LANES, trades.length)]!;
    return { ...home, company: `${home.lastName} ${trade}`.slice(0, 40) };
  };
}

/**
 * What an order repeats of its customer: row 2r has the code of the customer of rank r, row 2r + 1 the name,
 * address, city, region, postal code and country for the order's ship_ columns. In order of popularity, so that
 * what most orders need stays in the processor's cache.
 */
export function customerFields({ seed }: NorthwindShape, pools: Pools, rowsByRank: Int32Array): Packed {
  const home = homes(seed, pools);
  return pack(2 * rowsByRank.length, (row) => {
    const index = rowsByRank[row >> 1]!;
    if (row % 2 === 0) return [customerCode(index)];
    const { company, address, city, postalCode, country } = home(index);
    return [company, address, city.name, city.region, postalCode, country.name];
  });
}

export function customers({ seed, counts, distributions }: NorthwindShape, pools: Pools): Rows {
  const random = counter(seed, "northwind.customers");
  const home = homes(seed, pools);
  const ownerShare = distributions["customers.owner"];
  const withFax = distributions["customers.withFax"];
  return {
    name: "customers",
    units: counts.customers,
    rows: counts.customers,
    write(index, out) {
      const at = home(index);
      const owner = random.float(index, PARTY_LANES + 1) < ownerShare;
      // Who answers is mostly not the person whose name stands over the door.
      const surnames = pools[at.country.locale]!.last;
      const surname = owner
        ? at.lastName
        : surnames[random.integer(index, PARTY_LANES + 2, surnames.length)]!;
      out.text(customerCode(index));
      out.text(at.company);
      out.text(`${at.firstName} ${surname}`);
      out.text(
        owner ? "Owner" : CONTACT_TITLES[random.integer(index, PARTY_LANES + 3, CONTACT_TITLES.length)]!,
      );
      writeAddress(at, out);
      out.text(random.float(index, PARTY_LANES + 4) < withFax ? at.fax : null);
      out.endRow();
    },
  };
}

export function customerTypes({ seed, counts, distributions }: NorthwindShape): Rows {
  const random = counter(seed, "northwind.customer_customer_demo");
  const types = fixedRows("customer_demographics");
  const howMany = alias(distributions["customers.types"]);
  const typesOf = (index: number) => howMany.sample(random.float(index, 0));
  let rows = 0;
  for (let index = 0; index < counts.customers; index++) rows += typesOf(index);
  return {
    name: "customer_customer_demo",
    units: counts.customers,
    rows,
    write(index, out) {
      const first = random.integer(index, 1, types.length);
      const step = 1 + random.integer(index, 2, types.length - 1);
      for (let n = 0, wanted = typesOf(index); n < wanted; n++) {
        out.text(customerCode(index));
        out.text(types[(first + n * step) % types.length]![0]!);
        out.endRow();
      }
    },
  };
}
