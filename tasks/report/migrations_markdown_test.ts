import assert from "node:assert/strict";
import { quietMigration, stalledMigration } from "../summary/migration/testing_summary.ts";
import { migrationMarkdown } from "./migration_markdown.ts";
import { migrationsMarkdown } from "./migrations_markdown.ts";
import { migratedSummary } from "./testing_migrated.ts";

function named(name: string) {
  return [stalledMigration, quietMigration].map((make) => {
    const made = make();
    return migratedSummary({ ...made, migration: { ...made.migration, name } });
  });
}

Deno.test("a comment on several changes is a table, naive beside safe", async (t) => {
  await t.assertSnapshot(migrationsMarkdown(["add-column", "create-index"].flatMap(named)));
});

Deno.test("a comment on one change is the one that it has alone", () => {
  const both = named("add-column");
  assert.equal(migrationsMarkdown(both), migrationMarkdown(both));
});

Deno.test("however many changes there are, a comment has 40 lines at most", () => {
  const many = Array.from({ length: 40 }, (_, n) => named(`change-${n}`)).flat();
  const text = migrationsMarkdown(many);
  assert.ok(text.trimEnd().split("\n").length <= 40);
  assert.match(text, /49 more runs not shown\./);
});

Deno.test("a name that is markup stays text, and a variant that all runs share is in the command", () => {
  const runs = [named("a|<b>")[1]!, named("other")[1]!];
  const text = migrationsMarkdown(runs);
  assert.match(text, /^\| `a\\\|<b>` \|/m);
  assert.match(text, /deno task migrate all .*--variant safe/);
});
