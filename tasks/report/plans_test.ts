import assert from "node:assert/strict";
import { plansView } from "./plans.ts";

const PLAN = {
  Plan: {
    "Node Type": "Limit",
    "Actual Rows": 10,
    "Actual Loops": 1,
    "Actual Total Time": 1.5,
    "Shared Hit Blocks": 120,
    "Shared Read Blocks": 3,
    Plans: [
      {
        "Node Type": "Seq Scan",
        "Relation Name": "orders",
        "Rows Removed by Filter": 400,
        "Actual Loops": 2,
      },
      { "Node Type": "Index Scan", "Relation Name": "customers", "Index Name": "customers_pkey" },
    ],
  },
  "Planning Time": 0.21,
  "Execution Time": 1.62,
};

Deno.test("a plan says what it reads, how long it took and what it threw away", () => {
  const view = plansView([{ operation: "order-search", arm: "sql", plan: PLAN }]);
  const row = view!.table.groups[0]!.rows[0]!;
  assert.equal(row.name, "all of orders, customers by customers_pkey");
  assert.deepEqual(row.cells.map(({ text }) => text), ["0.210 ms", "1.62 ms", "10", "120", "3", "800"]);
  assert.equal(
    view!.trees[0]!.lines,
    "Limit  (10 rows, 1.50 ms)\n  Seq Scan on orders  (2 times)\n  Index Scan using customers_pkey on customers",
  );
});

Deno.test("one row is one row, also where PostgreSQL gives the mean of several loops", () => {
  const plan = { Plan: { "Node Type": "Index Scan", "Actual Rows": 1.2, "Actual Total Time": 0.005 } };
  const view = plansView([{ operation: "a", arm: "sql", plan }]);
  assert.equal(view!.trees[0]!.lines, "Index Scan  (1 row, 0.005 ms)");
});

Deno.test("a plan may come as JSON text and as EXPLAIN's list of one", () => {
  const view = plansView([{ operation: "a", arm: "sql", plan: JSON.stringify([PLAN]) }]);
  assert.equal(view!.trees.length, 1);
});

Deno.test("where several arms have plans, each says whose it is", () => {
  const view = plansView(["sql", "indexed"].map((arm) => ({ operation: "a", arm, plan: PLAN })));
  assert.deepEqual(view!.table.groups.map(({ name }) => name), ["a, sql", "a, indexed"]);
  assert.deepEqual(view!.trees.map(({ operation }) => operation), ["a, sql", "a, indexed"]);
});

Deno.test("without a plan there is no table", () => {
  assert.equal(plansView([]), null);
  assert.equal(plansView([{ operation: "a", arm: "sql", plan: null }]), null);
});
