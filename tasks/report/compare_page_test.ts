import assert from "node:assert/strict";
import { resolve } from "node:path";
import { parseHTML } from "linkedom";
import type { RunComparison } from "../model/run_comparison.ts";
import { diffPlans } from "../summary/plan_diff.ts";
import { readPlan } from "../summary/plan_tree.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { comparePageView, renderComparePage } from "./compare_page.ts";
import type { Compared } from "./sections/compare_material.ts";

const TEMPLATES = resolve(import.meta.dirname!, "../../templates");

/** What these tests ask of a page; linkedom's own types assume those of a browser. */
interface Page {
  querySelector(selector: string): { readonly textContent: string } | null;
  querySelectorAll(selector: string): Iterable<{ readonly id: string }> & { readonly length: number };
}

function compared(comparison: RunComparison = comparisonFixture()): Compared {
  const plan = (node: string) =>
    readPlan([{ Plan: { "Node Type": node, "Relation Name": "orders", Alias: "orders" } }])!;
  const [before, after] = [plan("Index Scan"), plan("Seq Scan")];
  const pair = { baseline: "sql", candidate: "sql", before, after, diff: diffPlans(before, after) };
  return { comparison, plans: [{ operation: "order-details", ...pair }] };
}

async function page(given?: RunComparison): Promise<{ html: string; document: Page }> {
  const html = await renderComparePage(comparePageView(compared(given)), TEMPLATES);
  return { html, document: (parseHTML(html) as unknown as { document: Page }).document };
}

Deno.test("page one of a comparison decides: verdict, reasons, all operations, the largest changes", async () => {
  const { document } = await page();
  const text = document.querySelector("header")!.textContent.replaceAll(/\s+/g, " ");
  assert.match(
    text,
    /access-paths: after against before ✗ Regressed Slower: order-details over sql \(p50\) 1\.31×\./,
  );
  assert.match(text, /5 runs against 5 runs; equivalent: within ±5 %\./);
  assert.match(
    text,
    /All arms ?— ?— ?1\.08× ?1\.05 to 1\.12 ?±2\.8 % ?0\.003 ?▲ regressed/,
  );
  assert.match(text, /Slower than the base, most first ▲ order-details over sql \(p50\): 1\.31×/);
  assert.match(text, /Faster than the base, most first ▼ product-by-id over graphql \(p50\): 0\.880×/);
  assert.match(text, /Commits4f1c9ab2d0 → b7d2c01a94\+/);
});

Deno.test("a comparison's page shows what changed, shift plots and plans, and needs no network", async () => {
  const { html, document } = await page();
  const ids = [...document.querySelectorAll("main > section")].map((section) => section.id);
  assert.deepEqual(ids, ["change", "operations", "shift", "errors", "what-changed", "plans", "method"]);
  assert.equal(document.querySelectorAll("#shift figure").length, 1);
  assert.match(document.querySelector("#what-changed")!.textContent, /PostgreSQL work_mem\s*4MB\s*64MB/);
  assert.equal(document.querySelector("#what-changed ins")!.textContent, "+ WHERE order_id::text = $1::text");
  assert.match(document.querySelector("#plans")!.textContent, /Index Scan on orders → Seq Scan on orders/);
  assert.doesNotMatch(html, /NaN|Infinity|undefined|\[object/);
  assert.doesNotMatch(html, /(src|href)="(?!#|data:)/);
});

Deno.test("runs that are not comparable have a page that says in what they differ, and nothing else", async () => {
  const { document } = await page({
    ...comparisonFixture(),
    verdict: null,
    reasons: ["Not comparable: the candidate ran with another machine."],
    differences: [{ part: "machine", name: "cores", base: "2", candidate: "8" }],
    rows: [],
    errors: [],
    shifts: [],
  });
  assert.match(document.querySelector(".word")!.textContent, /✗ Not comparable/);
  const ids = [...document.querySelectorAll("main > section")].map((section) => section.id);
  assert.deepEqual(ids, ["fingerprints", "what-changed", "plans", "method"]);
  assert.doesNotMatch(document.querySelector("header")!.textContent, /significant/);
});

Deno.test("texts from outside make no markup in a comparison's page", async () => {
  const hostile = `<script>alert(1)</script><img src=x onerror=y>"'\u202e`;
  const plain = comparisonFixture();
  const { html, document } = await page({
    ...plain,
    scenario: hostile,
    base: { ...plain.base, label: hostile },
    candidate: { ...plain.candidate, gitCommit: hostile },
    reasons: [hostile, hostile],
    changes: [{ what: hostile, base: hostile, candidate: hostile }],
    statements: [{ arm: hostile, operation: hostile, changes: [`+ ${hostile}`] }],
    rows: plain.rows.map((row) => ({ ...row, arm: row.arm && hostile, operation: row.operation && hostile })),
    errors: plain.errors.map((each) => ({ ...each, arm: hostile })),
    shifts: plain.shifts.map((each) => ({ ...each, arm: hostile, operation: hostile })),
    warnings: [{ code: "x", text: hostile }],
  });
  assert.equal(document.querySelectorAll("script, img, [onerror]").length, 0);
  assert.doesNotMatch(html, /<script|<img/);
});
