import assert from "node:assert/strict";
import { join } from "node:path";
import { armAPath } from "../../paths/arm_a_path.ts";
import type { PlanRow } from "../../summary/plan_changes.ts";
import { takenPlans } from "../../summary/testing_plans.ts";
import { renderHtml } from "../html.ts";
import { exampleSummary } from "../testing.ts";
import { buildView } from "../view.ts";

const templates = join(import.meta.dirname!, "..", "..", "..", "templates");
const taken = Object.fromEntries(takenPlans(18).map((plans) => [plans.name, plans]));

function viewOf(rows: readonly PlanRow[], arms = ["sql", "indexed"]) {
  return buildView(exampleSummary({ arms: armAPath(arms) }), {}, { plans: rows });
}

/** The plans of some operations, each as one that was taken, for the baseline and for a candidate. */
function both(names: Readonly<Record<string, string>>, candidate = "indexed"): PlanRow[] {
  return Object.entries(names).flatMap(([operation, name]) => [
    { operation, arm: "sql", plan: taken[name]!.before },
    { operation, arm: candidate, plan: taken[name]!.after },
  ]);
}

/** Its markup, with the equals sign as it is shown. */
async function sectionOf(rows: readonly PlanRow[], arms?: string[]): Promise<string> {
  const html = await renderHtml(viewOf(rows, arms), { templates });
  return /<section id="plans"[\s\S]*?<\/section>/.exec(html)?.[0].replaceAll("&#x3D;", "=") ?? "";
}

/** Both columns of a table as text, a node a line. */
function drawn(rows: readonly PlanRow[]): string {
  const table = viewOf(rows).sections.plans!.candidates[0]!.tables[0]!;
  return table.rows.map(({ before, after }) => `${text(before)} | ${text(after)}`.trimEnd()).join("\n");
}

interface Drawn {
  readonly depth: number;
  readonly mark: string;
  readonly name: string;
}

function text(node: Drawn | null): string {
  return node === null ? "" : `${node.mark} ${"  ".repeat(node.depth)}${node.name}`;
}

Deno.test("plans that changed look the same for the same plans", async (t) => {
  const same = [{ operation: "product-by-id", arm: "sql", plan: taken["sort"]!.before }, {
    operation: "product-by-id",
    arm: "indexed",
    plan: taken["sort"]!.before,
  }];
  await t.assertSnapshot(
    await sectionOf([...both({ "customer-orders": "bitmap", "update-status": "write" }), ...same]),
  );
});

Deno.test("nodes that do the same work share a row, in the order of both plans", async (t) => {
  for (const name of ["join", "parallel", "order"]) {
    await t.assertSnapshot(drawn(both({ a: name })), { name });
  }
});

Deno.test("the section is not there without two plans of one operation", async () => {
  const { before } = taken["index"]!;
  assert.equal(await sectionOf([]), "");
  assert.equal(await sectionOf([{ operation: "a", arm: "sql", plan: before }], ["sql", "graphql"]), "");
  const page = await renderHtml(viewOf([{ operation: "a", arm: "sql", plan: before }]), { templates });
  assert.doesNotMatch(page, /plan-node|\.plans/);
});

Deno.test("plans that are all the same are a sentence, and of several candidates each is named", async () => {
  const row = (arm: string) => ({ operation: "a", arm, plan: taken["index"]!.before });
  const alike = await sectionOf([row("sql"), row("twin")], ["sql", "twin"]);
  assert.match(alike, /<p>The plan of a is the same for twin as for sql\.<\/p>/);
  assert.doesNotMatch(alike, /<table|<h3/);
  const several = await sectionOf([row("sql"), row("twin"), ...both({ b: "index" })], [
    "sql",
    "twin",
    "indexed",
  ]);
  assert.deepEqual([...several.matchAll(/<h3 id="[\w-]+">(.*?)<\/h3>/g)].map(([, text]) => text), [
    "b: indexed against sql",
  ]);
});

Deno.test("no value of a statement is shown, and a name with markup stays text", async () => {
  const plan = [{
    Plan: {
      "Node Type": "Seq Scan",
      "Relation Name": "<b>orders</b>",
      "Filter": "((email = 'someone@example.com'::text) AND (total > 4711))",
    },
  }];
  const html = await sectionOf([...both({ a: "index" }), {
    operation: "b",
    arm: "sql",
    plan: taken["index"]!.before,
  }, {
    operation: "b",
    arm: "indexed",
    plan,
  }]);
  assert.match(html, /Filter: \(\(email = \?\) AND \(total &gt; \?\)\)/);
  assert.match(html, /&lt;b&gt;orders&lt;\/b&gt;/);
  assert.doesNotMatch(html, /someone|4711|<b>orders/);
});

Deno.test("the planner's settings that differ stand with their arm", async () => {
  const html = await sectionOf(both({ a: "index" }));
  assert.match(html, /sql \(baseline\) <small>enable_indexscan = off<\/small>/);
  assert.match(html, /indexed \(candidate\) <small>enable_seqscan = off<\/small>/);
});
