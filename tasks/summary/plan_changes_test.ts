import assert from "node:assert/strict";
import { armAPath } from "../paths/arm_a_path.ts";
import { comparePlans } from "./plan_changes.ts";
import { summarise } from "./summarise.ts";
import { FIXTURE_ARMS, fixtureRun } from "./testing.ts";
import { fixtureOperations } from "./testing_rows.ts";

const scan = (type: string, rest: object = {}) => [{
  Plan: { "Node Type": type, "Relation Name": "orders", ...rest },
}];
const SEQUENTIAL = scan("Seq Scan");
const INDEXED = scan("Index Scan", { "Index Name": "orders_pkey" });

Deno.test("the plans of each candidate are held against the baseline's, where both have one", () => {
  const arms = armAPath(["graphql", "sql", "indexed"]);
  const row = (operation: string, arm: string, plan: unknown) => ({ operation, arm, plan });
  const compared = comparePlans(arms, [
    row("a", "indexed", INDEXED),
    row("a", "sql", JSON.stringify(SEQUENTIAL)),
    row("b", "sql", SEQUENTIAL),
    row("c", "indexed", INDEXED),
  ]);
  assert.deepEqual(
    compared.map((
      { operation, baseline, candidate, diff },
    ) => [operation, baseline, candidate, diff.changes]),
    [
      ["a", "sql", "indexed", ["Seq Scan on orders → Index Scan using orders_pkey on orders"]],
    ],
  );
});

Deno.test("a run's summary says of a candidate's operations how their plans differ", async () => {
  const dir = await Deno.makeTempDir({ prefix: "benchbook-plans-" });
  try {
    const [, , candidate] = FIXTURE_ARMS;
    const plans = fixtureOperations().flatMap(({ operationId, name, arm }) =>
      name === "customer-orders" || name === "product-by-id"
        ? arm === "graphql" ? [] : [{
          operationId,
          atUs: 0,
          plan: arm === candidate && name === "customer-orders" ? INDEXED : SEQUENTIAL,
        }]
        : []
    );
    const { db, runId } = await fixtureRun(dir, { plans, blocks: 2 });
    const { operations } = await summarise({ db, rows: () => assert.fail("its own store") }, runId);
    const told = operations.filter((row) => row.planChanges !== undefined)
      .map(({ arm, operation, planChanges }) => [arm, operation, planChanges]);
    assert.deepEqual(told, [
      [candidate, "product-by-id", []],
      [candidate, "customer-orders", ["Seq Scan on orders → Index Scan using orders_pkey on orders"]],
    ]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
