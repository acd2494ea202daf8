import assert from "node:assert/strict";
import { exampleSummary } from "../report/testing.ts";
import type { Summary } from "../model/summary.ts";
import { planText } from "./plan_text.ts";
import { assertFits } from "./testing_width.ts";
import { wrapText } from "./wrap.ts";

const SCAN = "Seq Scan on orders → Index Scan using orders_customer_id on orders";
const { operations: [example] } = exampleSummary();

function rows(arm: string, changes: Readonly<Record<string, readonly string[] | undefined>>): Summary[] {
  return [
    { ...example!, arm },
    ...Object.entries(changes).map(([operation, planChanges]) => ({
      ...example!,
      arm,
      operation,
      planChanges,
    })),
  ];
}

Deno.test("the plans of one candidate are a sentence: what changed, and how many are the same", () => {
  assert.equal(
    planText([
      ...rows("sql", { a: undefined, b: undefined }),
      ...rows("indexed", { "customer-orders": [SCAN], a: [], b: [], c: [], d: [], e: [] }),
    ]),
    `Plans: customer-orders changed (${SCAN}); 5 others are the same.`,
  );
  assert.equal(planText(rows("twin", { a: [], b: [] })), "Plans: all 2 are the same.");
  assert.equal(planText(rows("twin", { a: [] })), "Plans: that of the one operation is the same.");
  assert.equal(
    planText(rows("indexed", { a: [SCAN], b: [] })),
    `Plans: a changed (${SCAN}); 1 other is the same.`,
  );
});

Deno.test("several candidates are named, and of many changes the first ones are told", () => {
  const many = [SCAN, "Memoize added", "Hash removed"];
  assert.equal(
    planText([
      ...rows("x", { a: many, b: many.slice(1), c: [SCAN], d: [SCAN], e: [SCAN] }),
      ...rows("y", { a: [] }),
    ]),
    `Plans of x: a changed (${SCAN}, and 2 more changes); b changed (Memoize added, and 1 more change); ` +
      `c changed (${SCAN}); 2 others changed too.\nPlans of y: that of the one operation is the same.`,
  );
});

Deno.test("without two plans of an operation nothing is said", () => {
  assert.equal(planText(exampleSummary().operations), "");
});

for (const columns of [60, 80]) {
  Deno.test(`what changed in plans fits into ${columns} columns`, async (t) => {
    const text = wrapText(
      planText(
        rows("indexed", {
          "customer-orders": [SCAN, "Memoize added"],
          "order-search": ["Hash Join → Nested Loop"],
          a: [],
        }),
      ),
      { columns, prose: columns },
    );
    assertFits(text, columns);
    await t.assertSnapshot(text);
  });
}

Deno.test("what a name of the server's says moves nothing on the terminal", () => {
  const text = planText(rows("x", { a: ["Seq Scan on \u001b[2Jodd\nname → Index Scan"] }));
  assert.deepEqual(["\u001b", "\n"].filter((moving) => text.includes(moving)), []);
});
