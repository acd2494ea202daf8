import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import type { Rows } from "../dataset.ts";
import { FIRST_DAY, type NorthwindShape } from "./distributions.ts";
import { party, PARTY_LANES, writeAddress } from "./parties.ts";
import { COUNTRIES } from "./places.ts";
import type { Pools } from "./pools.ts";
import { fixedRows } from "./reference.ts";

const MS_PER_DAY = 86_400_000;
const SUBJECTS = [
  "economics",
  "marketing",
  "chemistry",
  "psychology",
  "French",
  "English literature",
  "logistics",
];
const LANGUAGES = ["French", "German", "Italian", "Spanish", "Portuguese", "Japanese", "Swedish"];

/** One vice president; a manager for each team; representatives who report to their team's manager. */
export function employees({ seed, counts, distributions }: NorthwindShape, pools: Pools): Rows {
  const random = counter(seed, "northwind.employees");
  const managers = Math.max(1, Math.round((counts.employees - 1) / (distributions["employees.team"] + 1)));
  const offices = COUNTRIES.filter(({ name }) => name === "USA" || name === "UK");
  const opening = Date.parse(FIRST_DAY);
  const isoBefore = (ms: number, days: number) => new Date(ms - days * MS_PER_DAY).toISOString().slice(0, 10);

  const title = (index: number) => {
    if (index === 0) return "Vice President, Sales";
    if (index <= managers) return "Sales Manager";
    return random.float(index, PARTY_LANES) < 0.15 ? "Inside Sales Coordinator" : "Sales Representative";
  };
  const courtesy = (index: number, female: boolean) => {
    if (index === 0) return "Dr.";
    return female ? random.float(index, PARTY_LANES + 1) < 0.7 ? "Ms." : "Mrs." : "Mr.";
  };
  return {
    name: "employees",
    units: counts.employees,
    rows: counts.employees,
    write(index, out) {
      const at = party(random, index, pools, offices[random.float(index, PARTY_LANES + 2) < 0.6 ? 0 : 1]);
      // All were hired in the six years before the first order, the vice president first.
      const service = index === 0 ? 2190 : 10 + random.integer(index, PARTY_LANES + 3, 2100);
      const age = (index <= managers ? 34 : 22) * 365 + random.integer(index, PARTY_LANES + 4, 7000);
      const subject = SUBJECTS[random.integer(index, PARTY_LANES + 5, SUBJECTS.length)]!;
      const language = LANGUAGES[random.integer(index, PARTY_LANES + 6, LANGUAGES.length)]!;
      out.integer(index + 1);
      out.text(at.lastName);
      out.text(at.firstName);
      out.text(title(index));
      out.text(courtesy(index, at.female));
      out.text(isoBefore(opening, service + age));
      out.text(isoBefore(opening, service));
      writeAddress(at, out);
      out.text(String(random.integer(index, PARTY_LANES + 7, 9000) + 400));
      out.null();
      out.text(`${at.firstName} holds a degree in ${subject}, reads and writes ${language}.`);
      if (index === 0) out.null();
      else out.integer(index <= managers ? 1 : 2 + (index - 1) % managers);
      out.null();
      out.endRow();
    },
  };
}

/** Each employee covers a run of neighbouring territories; the vice president covers none. */
export function employeeTerritories({ seed, counts, distributions }: NorthwindShape): Rows {
  const random = counter(seed, "northwind.employee_territories");
  const territories = fixedRows("territories");
  const most = Math.round(distributions["employees.territories"]);
  const size = (index: number) => index === 0 ? 0 : 1 + random.integer(index, 0, most);
  let rows = 0;
  for (let index = 0; index < counts.employees; index++) rows += size(index);
  return {
    name: "employee_territories",
    units: counts.employees,
    rows,
    write(index, out) {
      const first = random.integer(index, 1, territories.length);
      for (let n = 0, wanted = size(index); n < wanted; n++) {
        out.integer(index + 1);
        out.text(territories[(first + n) % territories.length]![0]!);
        out.endRow();
      }
    },
  };
}

/** How much of all orders each employee takes, relative. */
export function employeeShares({ seed, counts, distributions }: NorthwindShape): Float64Array {
  const random = counter(seed, "northwind.employee_share");
  const spread = distributions["orders.employeeSpread"];
  return Float64Array.from(
    { length: counts.employees },
    // The vice president rarely takes an order.
    (_, index) => index === 0 ? 0.15 : lognormal(random.float(index), 1, spread),
  );
}
