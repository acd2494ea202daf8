import assert from "node:assert/strict";
import fc from "fast-check";
import { conditionsOf, diffPlans, type NodePair, type PlanDiff } from "./plan_diff.ts";
import { takenPlans } from "./testing_plans.ts";
import { nodesOf, type PlanNode, readPlan } from "./plan_tree.ts";

const CHANGES: Readonly<Record<string, readonly string[]>> = {
  index: ["Seq Scan on orders → Index Scan using orders_customer_id on orders"],
  bitmap: [
    "Bitmap Heap Scan on orders → Index Scan using orders_customer_id on orders",
    "Bitmap Index Scan on orders_customer_id removed",
  ],
  join: [
    "Seq Scan on customers → Index Scan using customers_pkey on customers",
    "Hash Join → Nested Loop",
    "Hash removed",
    "Memoize added",
  ],
  parallel: [
    "Seq Scan on orders → Parallel Seq Scan on orders",
    "HashAggregate → Finalize GroupAggregate",
    "Gather Merge added",
    "Sort added",
    "Partial HashAggregate added",
  ],
  sort: ["Sort: sort method quicksort in memory → external merge on disk"],
  write: ["Seq Scan on orders → Index Scan using orders_ordered on orders"],
  order: [
    "Hash Join: join order (i, o) ⋈ c → i ⋈ (o, c)",
    "Hash Join: join order i ⋈ o → o ⋈ c",
    "Hash removed",
    "Hash added",
  ],
};

for (const version of [15, 16, 17, 18] as const) {
  Deno.test(`what changed in plans of PostgreSQL ${version} is named, and a plan is like itself`, () => {
    const plans = takenPlans(version);
    assert.deepEqual(plans.map(({ name }) => name), Object.keys(CHANGES));
    for (const { version: made, name, before, after } of plans) {
      assert.ok(made.startsWith(`${version}.`));
      const [one, other] = [readPlan(before)!, readPlan([after])!];
      const diff = diffPlans(one, other);
      assert.deepEqual(diff.changes, CHANGES[name], name);
      assert.equal(diff.changed, true);
      assert.deepEqual(
        seen(diffPlans(other, one), other.Plan, one.Plan),
        mirrored(diff, one.Plan, other.Plan),
      );
      for (const plan of [one, other]) assert.deepEqual(differing(diffPlans(plan, plan)), []);
    }
  });
}

const node = (type: string, rest: Partial<PlanNode> & Record<string, unknown> = {}): PlanNode => ({
  "Node Type": type,
  ...rest,
});
const scan = (rest: Record<string, unknown> = {}) =>
  node("Seq Scan", { "Relation Name": "orders", "Alias": "orders", "Plan Rows": 500, ...rest });
const changesBetween = (before: PlanNode, after: PlanNode) =>
  diffPlans({ Plan: before }, { Plan: after }).changes;

Deno.test("figures that differ by less than ten times are shown, and are no other plan", () => {
  const before = scan({ "Total Cost": 10, "Actual Rows": 4, "Actual Loops": 1, "Shared Hit Blocks": 90 });
  const after = scan({
    "Plan Rows": 4999,
    "Total Cost": 9999,
    "Actual Rows": 90,
    "Actual Loops": 1,
    "Shared Read Blocks": 5,
  });
  const diff = diffPlans({ Plan: before }, { Plan: after });
  assert.equal(diff.changed, false);
  assert.deepEqual(diff.changes, []);
  assert.deepEqual(diff.pairs[0]!.differences.map((each) => [each.kind, each.before, each.after]), [
    ["estimated rows", "500", "4,999"],
    ["rows", "4", "90"],
    ["blocks", "90", "5"],
    ["cost", "10", "9,999"],
  ]);
});

Deno.test("ten times the rows, loops or blocks are another plan, a cost never", () => {
  const of = (field: string, before: number, after: number) =>
    changesBetween(scan({ [field]: before }), scan({ [field]: after }));
  assert.deepEqual(of("Plan Rows", 500, 5000), ["Seq Scan on orders: estimated rows 500 → 5,000"]);
  assert.deepEqual(of("Plan Rows", 1, 99), []);
  assert.deepEqual(of("Actual Rows", 4000, 3), ["Seq Scan on orders: rows 4,000 → 3"]);
  assert.deepEqual(of("Actual Loops", 1, 100), ["Seq Scan on orders: loops 1 → 100"]);
  assert.deepEqual(of("Shared Hit Blocks", 999, 0), []);
  assert.deepEqual(of("Shared Hit Blocks", 1000, 0), ["Seq Scan on orders: blocks 1,000 → 0"]);
  assert.deepEqual(of("Total Cost", 1, 1e10), []);
});

Deno.test("a node's blocks are its own, not those of what is below it", () => {
  const limit = (rest: Record<string, unknown>) => node("Limit", { ...rest, Plans: [scan(rest)] });
  assert.deepEqual(changesBetween(limit({ "Shared Hit Blocks": 5 }), limit({ "Shared Hit Blocks": 5000 })), [
    "Seq Scan on orders: blocks 5 → 5,000",
  ]);
});

Deno.test("workers, batches of a hash and conditions are part of a plan; its values are not", () => {
  const gather = (workers: number) => node("Gather", { "Workers Planned": workers, Plans: [scan()] });
  assert.deepEqual(changesBetween(gather(2), gather(4)), ["Gather: workers 2 → 4"]);
  const hash = (batches: number) => node("Hash", { "Hash Batches": batches, Plans: [scan()] });
  assert.deepEqual(changesBetween(hash(1), hash(8)), ["Hash: hash batches one → several"]);
  assert.deepEqual(changesBetween(hash(4), hash(8)), []);
  const filter = (text: string) => scan({ Filter: text });
  assert.deepEqual(changesBetween(filter("(status = 'it''s'::text)"), filter("(o.status = $1)")), []);
  assert.deepEqual(changesBetween(filter("(lower(name) = 'a'::text)"), filter("(name = 'a'::text)")), [
    "Seq Scan on orders: condition Filter: (lower(name) = ?) → Filter: (name = ?)",
  ]);
});

Deno.test("a relation that one plan reads alone, and another alias, leave the rest beside each other", () => {
  const loop = (...Plans: PlanNode[]) => node("Nested Loop", { Plans });
  const customers = node("Seq Scan", { "Relation Name": "customers", "Alias": "c" });
  const sorted = (below: PlanNode) => node("Sort", { Plans: [below] });
  assert.deepEqual(changesBetween(sorted(loop(scan(), customers)), sorted(scan({ Alias: "o" }))), [
    "Nested Loop removed",
    "Seq Scan on customers removed",
  ]);
  assert.deepEqual(changesBetween(loop(scan(), customers), loop(customers, scan())), [
    "Nested Loop: join order orders ⋈ c → c ⋈ orders",
  ]);
});

Deno.test("what a plan does is kept beside what does it otherwise, not what helps with it", () => {
  const hashed = node("Sort", { Plans: [node("Aggregate", { Strategy: "Hashed", Plans: [scan()] })] });
  const sorted = node("Aggregate", { Strategy: "Sorted", Plans: [node("Sort", { Plans: [scan()] })] });
  assert.deepEqual(changesBetween(hashed, sorted), [
    "HashAggregate → GroupAggregate",
    "Sort removed",
    "Sort added",
  ]);
});

Deno.test("what is not as PostgreSQL's plans are is no plan", () => {
  const below = (rest: object) =>
    readPlan({ Plan: { "Node Type": "Limit", Plans: [{ "Node Type": "Scan", ...rest }] } });
  assert.ok(below({ "Actual Rows": 1.5, "Workers Planned": 2, "Filter": "(a = 1)" }));
  for (
    const odd of [{ "Node Type": 3 }, { "Plan Rows": "many" }, { "Total Cost": null }, { Plans: {} }, {
      Plans: [7],
    }]
  ) {
    assert.equal(below(odd), null, JSON.stringify(odd));
  }
  for (const none of [null, [], "[]", "null", {}, { Plan: null }, 7]) assert.equal(readPlan(none), null);
});

Deno.test("no value of a statement is among its conditions", () => {
  const of = (text: string) => conditionsOf(scan({ Filter: text }))[0]![1];
  assert.equal(of("(customer_id = 42)"), "(customer_id = ?)");
  assert.equal(of("(a.b2 = ANY ('{1,2}'::integer[]))"), "(a.b2 = ANY (?))");
  assert.equal(
    of("((made >= '2024-01-01 00:00:00+00'::timestamp with time zone) AND (x < '-1.5e3'::double precision))"),
    "((made >= ?) AND (x < ?))",
  );
  assert.equal(of(`("odd ""5"" name" = E'a\\\\''b'::character varying(20))`), `("odd ""5"" name" = ?)`);
  assert.equal(of("((name)::text ~~ $2)"), "((name)::text ~~ ?)");
  assert.equal(of("(price > 1.5 AND n < -3)"), "(price > ? AND n < -?)");
  assert.deepEqual(conditionsOf(scan({ "Sort Key": ["a", "b DESC"], Plans: [] })), [[
    "Sort Key",
    "a, b DESC",
  ]]);
});

Deno.test("any plan is like itself, and two plans compare the same either way round", () => {
  fc.assert(fc.property(plan(3), (one) => {
    assert.deepEqual(differing(diffPlans({ Plan: one }, { Plan: structuredClone(one) })), []);
  }));
  fc.assert(
    fc.property(plan(3), plan(3), (one, other) => {
      const diff = diffPlans({ Plan: one }, { Plan: other });
      assert.deepEqual(
        seen(diffPlans({ Plan: other }, { Plan: one }), other, one),
        mirrored(diff, one, other),
      );
      // Each node is shown once.
      const shown = (side: "before" | "after") => diff.pairs.flatMap((pair) => pair[side]?.node ?? []);
      assert.equal(new Set(shown("before")).size, nodesOf(one).length);
      assert.equal(new Set(shown("after")).size, nodesOf(other).length);
      assert.equal(diff.changed, diff.changes.length > 0);
    }),
    { numRuns: 500 },
  );
});

function plan(depth: number): fc.Arbitrary<PlanNode> {
  const figures = {
    "Plan Rows": fc.constantFrom(1, 90, 5000),
    "Actual Rows": fc.constantFrom(0, 3, 4000),
    "Actual Loops": fc.constantFrom(1, 200),
    "Shared Hit Blocks": fc.constantFrom(0, 7, 9000),
  };
  const optional = { requiredKeys: ["Node Type"] } as { requiredKeys: ["Node Type"] };
  const leaf = fc.record({
    "Node Type": fc.constantFrom("Seq Scan", "Index Scan", "Bitmap Index Scan", "Result", "Function Scan"),
    "Relation Name": fc.constantFrom("orders", "customers"),
    "Alias": fc.constantFrom("orders", "c", "orders_1"),
    "Index Name": fc.constantFrom("first", "second"),
    "Filter": fc.constantFrom("(a = 1)", "(a = $1)", "(b = 1)"),
    ...figures,
  }, optional);
  if (depth === 0) return leaf;
  const inner = fc.record({
    "Node Type": fc.constantFrom(
      "Sort",
      "Hash Join",
      "Nested Loop",
      "Aggregate",
      "Gather",
      "Bitmap Heap Scan",
      "Append",
    ),
    "Strategy": fc.constantFrom("Plain", "Hashed"),
    "Sort Method": fc.constantFrom("quicksort", "external merge"),
    "Workers Planned": fc.constantFrom(1, 2),
    "Relation Name": fc.constantFrom("orders"),
    "Plans": fc.array(plan(depth - 1), { minLength: 1, maxLength: 3 }),
    ...figures,
  }, { requiredKeys: ["Node Type", "Plans"] });
  return fc.oneof(leaf, { arbitrary: inner, weight: 3 });
}

/** All in which two plans differ. */
function differing({ changed, pairs, changes }: PlanDiff): unknown[] {
  const odd = pairs.filter(({ state, differences }) => state !== "same" || differences.length > 0);
  return [...changed ? ["changed"] : [], ...odd, ...changes];
}

/** The pairs of a comparison in no order, each node by its place. */
function seen({ pairs }: Pick<PlanDiff, "pairs">, before: PlanNode, after: PlanNode): string[] {
  const [first, second] = [nodesOf(before), nodesOf(after)];
  return pairs.map((pair) =>
    JSON.stringify([
      pair.state,
      pair.before && first.indexOf(pair.before.node),
      pair.after && second.indexOf(pair.after.node),
      pair.differences,
    ])
  ).sort();
}

function mirrored({ pairs }: PlanDiff, before: PlanNode, after: PlanNode): string[] {
  const other = { added: "removed", removed: "added", same: "same", changed: "changed" } as const;
  const turned = pairs.map((pair): NodePair => ({
    state: other[pair.state],
    before: pair.after,
    after: pair.before,
    differences: pair.differences.map((each) => ({ ...each, before: each.after, after: each.before })),
  }));
  return seen({ pairs: turned }, after, before);
}
