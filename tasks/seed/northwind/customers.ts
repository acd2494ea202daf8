import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { copyFields } from "../copy_writer.ts";
import type { Table } from "../dataset.ts";
import { CUSTOMERS } from "./distributions.ts";
import { customerCode } from "./keys.ts";
import { party, PARTY_LANES, type Pools } from "./parties.ts";
import { COUNTRIES } from "./places.ts";
import { CONTACT_TITLES, CUSTOMER_TYPES } from "./reference.ts";

/** The customers' table with what the orders' table needs of it. */
export interface Customers {
  readonly table: Table;
  readonly types: Table;
  /** By customer: name, address, city, region, postal code and country, encoded for an order's ship_ columns. */
  readonly shipping: readonly Uint8Array[];
}

export function customers(seed: number, count: number, pools: Pools): Customers {
  const random = counter(seed, "northwind.customers");
  // The first customers live one in each country, so that every country occurs at every scale.
  const home = (index: number) => party(random, index, pools, COUNTRIES[index]);
  const company = (index: number) => {
    const { country, lastName } = home(index);
    const trade = country.trades[random.integer(index, PARTY_LANES, country.trades.length)]!;
    return `${lastName} ${trade}`.slice(0, 40);
  };

  const table: Table = {
    name: "customers",
    columns: [
      "customer_id",
      "company_name",
      "contact_name",
      "contact_title",
      "address",
      "city",
      "region",
      "postal_code",
      "country",
      "phone",
      "fax",
    ],
    units: count,
    rows: count,
    write(index, out) {
      const at = home(index);
      const owner = random.float(index, PARTY_LANES + 1) < 0.25;
      // Who answers is mostly not the person whose name stands over the door.
      const surnames = pools[at.country.locale].last;
      const surname = owner
        ? at.lastName
        : surnames[random.integer(index, PARTY_LANES + 2, surnames.length)]!;
      out.text(customerCode(index));
      out.text(company(index));
      out.text(`${at.firstName} ${surname}`);
      out.text(
        owner ? "Owner" : CONTACT_TITLES[random.integer(index, PARTY_LANES + 3, CONTACT_TITLES.length)]!,
      );
      out.text(at.address);
      out.text(at.city.name);
      out.text(at.city.region);
      out.text(at.postalCode);
      out.text(at.country.name);
      out.text(at.phone);
      out.text(random.float(index, PARTY_LANES + 4) < CUSTOMERS.withFax ? at.fax : null);
      out.endRow();
    },
  };
  const shipping = Array.from({ length: count }, (_, index) => {
    const at = home(index);
    return copyFields([
      company(index),
      at.address,
      at.city.name,
      at.city.region,
      at.postalCode,
      at.country.name,
    ]);
  });
  return { table, types: customerTypes(seed, count), shipping };
}

function customerTypes(seed: number, count: number): Table {
  const random = counter(seed, "northwind.customer_customer_demo");
  const howMany = alias(CUSTOMERS.typeWeights);
  const typesOf = (index: number) => howMany.sample(random.float(index, 0));
  let rows = 0;
  for (let index = 0; index < count; index++) rows += typesOf(index);
  return {
    name: "customer_customer_demo",
    columns: ["customer_id", "customer_type_id"],
    units: count,
    rows,
    write(index, out) {
      const first = random.integer(index, 1, CUSTOMER_TYPES.length);
      const step = 1 + random.integer(index, 2, CUSTOMER_TYPES.length - 1);
      for (let n = 0, wanted = typesOf(index); n < wanted; n++) {
        out.text(customerCode(index));
        out.text(CUSTOMER_TYPES[(first + n * step) % CUSTOMER_TYPES.length]![0]);
        out.endRow();
      }
    },
  };
}
