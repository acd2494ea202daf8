import assert from "node:assert/strict";
import { SUMMARY } from "./short.ts";
import type { Ended, Story } from "./story.ts";

const NORTHWIND =
  "--scale tiny --seed 5 --customers 40 --employees 4 --products 30 --suppliers 6 --orders 200 " +
  "--distribution lines.productSkew=0.2 --custom queries/generators/northwind-shops.ts";
const EVENTS =
  "--scale tiny --seed 5 --organizations 3 --users 9 --events 500 --distribution events.tenantSkew=0.5";

/** Rows of the tables that seed prints. */
function rowsIn({ said }: Ended): Record<string, number> {
  return Object.fromEntries(
    [...said.matchAll(/^(\w+) +([\d,]+) +[\d.,]+ m?s +/gm)].map((
      [, table, n],
    ) => [table!, Number(n!.replaceAll(",", ""))]),
  );
}

/** What says which rows there are, and what shaped them: the data set's variation. */
function variationOf({ summary }: Ended): string[] {
  const { variation, seed } = summary.environment.dataset;
  return [`seed=${seed}`, ...variation!.split(" ").map((change) => change.replace(/^custom=.*/, "custom"))]
    .sort();
}

const NORTHWIND_VARIATION = [
  "custom",
  "customers=40",
  "employees=4",
  "lines.productSkew=0.2",
  // Of the generators' file.
  "orders.customerSkew=1.1",
  "orders=200",
  "products=30",
  "seed=5",
  "suppliers=6",
];

/** What the options that say which data are wanted do, over the three tasks that have them. */
export const DATA: readonly Story[] = [
  {
    promise: "seed makes as many northwind rows as are asked for, by generators of one's own",
    typed: `deno task seed --dataset northwind --workers 2 ${NORTHWIND}`,
    ends: 0,
    judge(ended) {
      const { customers, employees, products, suppliers, orders } = rowsIn(ended);
      assert.deepEqual({ customers, employees, products, suppliers, orders }, {
        customers: 40,
        employees: 4,
        products: 30,
        suppliers: 6,
        orders: 200,
      }, ended.said);
    },
  },
  {
    promise: "seed makes as many events as are asked for",
    typed: `deno task seed --dataset events ${EVENTS} --verify`,
    ends: 0,
    judge(ended) {
      const { organizations, users } = rowsIn(ended);
      assert.deepEqual({ organizations, users }, { organizations: 3, users: 27 }, ended.said);
      assert.match(ended.said, /: (\d+) of \1 checks hold/);
    },
  },
  {
    promise: "the same data again are there already, and bench measures on them",
    typed: `deno task bench smoke --paths sql ${NORTHWIND} ${SUMMARY}`,
    ends: "pass",
    judge(ended) {
      assert.match(ended.said, /Seed northwind tiny: already there/);
      assert.deepEqual(variationOf(ended), NORTHWIND_VARIATION);
    },
  },
  {
    promise: "bench measures on events of one's own size",
    typed: 'deno task bench saas-events --paths sql --slo "errors<1%" --set organizations=3 --set users=9 ' +
      `${EVENTS} ${SUMMARY}`,
    ends: "pass",
    judge(ended) {
      assert.match(ended.said, /Seed events tiny: already there/);
      assert.deepEqual(variationOf(ended), [
        "events.tenantSkew=0.5",
        "events=500",
        "organizations=3",
        "seed=5",
        "users=9",
      ]);
    },
  },
  {
    promise: "up shows data of one's own size",
    typed: `deno task up smoke ${NORTHWIND}`,
    ends: 0,
    keepsServices: true,
    judge: ({ stdout }) => assert.match(stdout, /northwind_tiny_5_[0-9a-f]{10} /),
  },
  {
    promise: "a second up shows the other data set, with the services that run",
    typed: `deno task up saas-events ${EVENTS}`,
    ends: 0,
    keepsServices: true,
    judge: ({ stdout }) => assert.match(stdout, /events_tiny_5_[0-9a-f]{10} /),
  },
  {
    promise: "down stops both",
    typed: "deno task down",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /^Stopped .*postgres/m),
  },
];
