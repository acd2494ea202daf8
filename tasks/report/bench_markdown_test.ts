import assert from "node:assert/strict";
import { benchMarkdown } from "./bench_markdown.ts";
import { exampleSummary } from "./testing.ts";

Deno.test("a run as a comment: the verdict, what tells most of its arms, targets, and how to have it again", async (t) => {
  const example = exampleSummary();
  const [first, ...others] = example.operations;
  const { config } = example.run;
  const summary = exampleSummary({
    operations: [
      first!,
      ...others.map((row) => ({ ...row, planChanges: ["Seq Scan on a → Index Scan using b on a"] })),
    ],
    run: { ...example.run, config: { ...config, armFiles: [{ name: "graphql", file: "ci/base.json" }] } },
  });
  const text = "REGRESSED: measured again, graphql is slower in product-by-id's p50 (2×).";
  const markdown = benchMarkdown(summary, { text, regressed: true });
  await t.assertSnapshot(markdown);
  assert.ok(markdown.split("\n").length <= 38);
});

Deno.test("a run of one arm shows its response times, and one that is INVALID judges nothing", () => {
  const one = benchMarkdown(exampleSummary({ comparisons: [] }), null);
  assert.match(one, /^### Benchmark `access-paths`: \*\*FAIL\*\*\n/);
  assert.match(
    one,
    /\| arm \| operation \| p50 \| p95 \| errors \|\n\| :-- \| :-- \| --: \| --: \| :-- \|\n\| `sql` \| all operations \|/,
  );
  const { comparisons } = exampleSummary();
  const invalid = benchMarkdown(
    exampleSummary({
      verdict: "invalid",
      comparisons: comparisons.map((each) => ({
        ...each,
        verdict: "inconclusive",
        warnings: [{ code: "invalid-run", text: "" }],
      })),
    }),
    null,
  );
  assert.match(invalid, /\*\*INVALID\*\*/);
  assert.match(invalid, /\| not judged \|/);
  assert.doesNotMatch(invalid, /slower|faster|✓ pass/);
});
