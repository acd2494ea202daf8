import type { Customisation } from "../../tasks/seed/custom.ts";

// Your own columns in the Northwind data:
//
//   deno task seed --dataset northwind --custom queries/generators/northwind-shops.ts
//
// A generator is called once or more for each row and must yield the same each time: it draws by random(), pick()
// and the like, which are functions of the seed, the column and the row, and never by Math.random() or the clock.
// Files that this one imports are not part of the data set's identity: after a change there, seed with --replace.

const TRADES = ["Bakery", "Delicatessen", "Fish Market", "Wine Merchants", "Corner Shop"];
const FORMS = ["Ltd", "GmbH", "S.A."];

export default {
  dataset: "northwind",
  columns: {
    // `row` counts from 0. varchar(40): a longer text would be refused, with the row's number.
    "customers.company_name": ({ row, pick }) => `${pick(TRADES)} ${row + 1} ${pick(FORMS, [6, 3, 1])}`,

    // Prices with a long tail, half of them below 18. Rounded to the column's two digits after the point. An order's
    // lines keep the prices that Benchbook made them from: only the named column changes.
    "products.unit_price": ({ lognormal }) => Math.max(0.5, lognormal(18, 0.8)),

    // `value` is what Benchbook would have written, as text; null leaves the column empty where it may be.
    "customers.fax": ({ random, value }) => random() < 0.8 ? null : value,
  },
  // Declared distributions may differ too; those given on the command line win.
  distributions: { "orders.customerSkew": 1.1 },
} satisfies Customisation;
