import type { KeySpace } from "../../model/dataset.ts";
import { permutation } from "../../random/permutation.ts";
import { FIRST_DAY, FIRST_ORDER_ID, LAST_DAY, RESERVED_BASE } from "./distributions.ts";
import { COUNTRIES } from "./places.ts";

// Everything here is a function of the row's index alone, so that a load generator's worker can name keys
// without a database and without making the value pools.

const CODES = 26 ** 5;
const MS_PER_DAY = 86_400_000;
const MONTHS_A_QUARTER = 3;
const firstDay = Date.parse(FIRST_DAY);
const firstYear = Number(FIRST_DAY.slice(0, 4));

/** Days on which seeded orders were placed. */
export const DAYS = (Date.parse(LAST_DAY) - firstDay) / MS_PER_DAY + 1;

/** The calendar years of those days, which are whole years. */
export const YEARS: readonly number[] = Array.from(
  { length: Number(LAST_DAY.slice(0, 4)) - firstYear + 1 },
  (_, n) => firstYear + n,
);

/** The first days of the quarters, counted from FIRST_DAY, and after them the day when the last one has ended. */
export const QUARTERS: readonly number[] = Array.from(
  { length: YEARS.length * 4 + 1 },
  (_, n) => firstOfMonth(n * MONTHS_A_QUARTER),
);

/** The first day of a month, counted in months and days from FIRST_DAY. */
function firstOfMonth(month: number): number {
  return (Date.UTC(firstYear, month, 1) - firstDay) / MS_PER_DAY;
}

/** ISO date of a day counted from FIRST_DAY. */
export function isoDay(day: number): string {
  return new Date(firstDay + day * MS_PER_DAY).toISOString().slice(0, 10);
}

// The seed plays no part: keys of equal scales are equal, and parameters are drawn without knowing the seed.
const scatter = permutation(CODES, 5, "northwind.customer_id");

/** The five letters of customer `index`: every index has its own, scattered over the alphabet. */
export function customerCode(index: number): string {
  let value = scatter(index);
  let code = "";
  for (let i = 0; i < 5; i++) {
    code = String.fromCharCode(65 + value % 26) + code;
    value = Math.floor(value / 26);
  }
  return code;
}

/**
 * Key spaces by name: each table with a key of one column, and besides `countries` (that have a customer),
 * `order_dates`, `months` and `quarters` (ISO dates of days, or first days, oldest to newest), `reserved_orders` (key = first reserved
 * order_id + slot) and `reserved_names` (the same after a word: whom an order goes to).
 * @param rows by table
 */
export function keySpaces(rows: Readonly<Record<string, number>>): Readonly<Record<string, KeySpace>> {
  const customers = rows.customers ?? 0;
  const spaces: KeySpace[] = [
    { name: "customers", count: customers, key: customerCode },
    { name: "orders", count: rows.orders ?? 0, key: (index) => FIRST_ORDER_ID + index },
    { name: "reserved_orders", count: 2 ** 31 - RESERVED_BASE, key: (index) => RESERVED_BASE + index },
    {
      name: "reserved_names",
      count: 2 ** 31 - RESERVED_BASE,
      key: (index) => `client ${RESERVED_BASE + index}`,
    },
    {
      name: "countries",
      // The first customers live one in each country.
      count: Math.min(COUNTRIES.length, customers),
      key: (index) => COUNTRIES[index]!.name,
    },
    { name: "order_dates", count: DAYS, key: isoDay },
    { name: "months", count: YEARS.length * 12, key: (index) => isoDay(firstOfMonth(index)) },
    { name: "quarters", count: QUARTERS.length - 1, key: (index) => isoDay(QUARTERS[index]!) },
  ];
  for (const name of ["products", "employees", "categories", "suppliers", "shippers", "region", "segments"]) {
    spaces.push({ name, count: rows[name] ?? 0, key: (index) => index + 1 });
  }
  return Object.fromEntries(spaces.map((space) => [space.name, space]));
}
