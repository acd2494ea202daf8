import assert from "node:assert/strict";
import { resolve } from "node:path";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { quietMigration, stalledMigration } from "../summary/migration/testing_summary.ts";
import { exampleSummary } from "./testing.ts";
import { migratedSummary } from "./testing_migrated.ts";
import { faults, publishedSchema } from "./testing_schema.ts";

const SCHEMA = publishedSchema("summary");
const SAMPLE = resolve(import.meta.dirname!, "../../reports/sample/summary.json");

/** Those of a probe are held against it beside its page, and of what really ran in every story. */
Deno.test("summaries of a bench and of migrations are as the published schema has them", () => {
  const summaries = {
    example: exampleSummary(),
    against: { ...exampleSummary(), against: comparisonFixture() },
    sample: JSON.parse(Deno.readTextFileSync(SAMPLE)),
    quiet: migratedSummary(quietMigration()),
    stalled: migratedSummary(stalledMigration()),
  };
  for (const [name, summary] of Object.entries(summaries)) {
    assert.deepEqual(faults(summary, SCHEMA), [], name);
  }
});

Deno.test("the schema of summaries finds what is unknown at the top, and what is wrong within", () => {
  const { verdict: _verdict, ...rest } = exampleSummary();
  const found = faults({ ...rest, more: 1, run: { ...rest.run, status: "done" } }, SCHEMA);
  assert.deepEqual(found, ["$.verdict is missing", "$.run.status is done", "$.more is unknown"]);
});
