import assert from "node:assert/strict";
import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { migrationConfig } from "../summary/migration/testing.ts";
import { impact, quietMigration, stalledMigration } from "../summary/migration/testing_summary.ts";
import { judgeMigration } from "../summary/migration/verdict.ts";
import { migrationTable } from "./migration_table.ts";
import { displayWidth } from "./safe_text.ts";
import { summaryText } from "./summary_text.ts";

function summaryOf(migration: MigrationSummary): RunSummary {
  const { validity } = exampleSummary();
  const run = { ...exampleRun(), kind: "migrate" as const };
  const { verdict, reasons } = judgeMigration({
    run,
    validity: { ...validity, valid: true },
    slo: [],
    migration,
    baselineErrors: [],
  });
  return exampleSummary({
    run,
    verdict,
    reasons,
    migration,
    slo: [],
    comparisons: [],
    steady: [],
    warnings: [],
  });
}

Deno.test("the end of a migration that stopped everybody says for how long, by which lock, and what is proven", async (t) => {
  await t.assertSnapshot(summaryText(summaryOf(stalledMigration()), 120));
});

Deno.test("where the interval of a change is not known, a dash stands for it", () => {
  const felt = impact("sql", "write", [2, 3, 4], [2, 3, 4]);
  const change = { ...felt.change, "0.95": { ...felt.change["0.95"]!, value: 3960, low: null, high: null } };
  const text = summaryText(summaryOf(quietMigration({ impacts: [{ ...felt, change }] })), 120);
  assert.match(text, /\+3\.96 s +— /);
});

Deno.test("the end of a migration that nobody felt says so first", async (t) => {
  await t.assertSnapshot(summaryText(summaryOf(quietMigration()), 80));
});

Deno.test("the end of one that failed and lost writes says that, and what PostgreSQL said", async (t) => {
  const quiet = quietMigration();
  const failed = quietMigration({
    migration: {
      ...migrationConfig("g"),
      variant: "own",
      file: "changes/gift\u001b[31m.sql",
      place: "in-place",
    },
    steps: quiet.steps.map((step) => ({ ...step, errorCode: "42701", error: 'column "gift_note" exists' })),
    errors: [{ segment: "migrate", path: "sql", kind: "read", code: "42703", n: 12 }],
    ledger: {
      ...quiet.ledger,
      problems: [{ problem: "lost", n: 2, example: "order-insert, client 1, write 7, slot 40" }],
    },
    checksums: { ...quiet.checksums, ranges: 0, rows: 0, lacking: "no checksums were taken after the load" },
  });
  const text = summaryText(summaryOf(failed), 80);
  assert.ok(!text.includes("\u001b"));
  await t.assertSnapshot(text);
});

const named = (name: string, summary: MigrationSummary, changes = {}) =>
  summaryOf({ ...summary, migration: { ...summary.migration, name, ...changes } });

const SIDE_BY_SIDE = [
  named("add-column", stalledMigration()),
  named("add-column", quietMigration()),
  named(
    "int-to-bigint",
    stalledMigration({
      errors: [{ segment: "migrate", path: "sql", kind: "write", code: "timeout", n: 1204 }],
    }),
  ),
  named("int-to-bigint", quietMigration(), { lockTimeoutMs: 50, sweepMs: [50, 1000] }),
  named("int-to-bigint", quietMigration(), { lockTimeoutMs: 1000, sweepMs: [50, 1000] }),
  named(
    "refresh-matview",
    quietMigration({
      steps: [],
      ledger: { ...quietMigration().ledger, problems: [{ problem: "lost", n: 2, example: "" }] },
    }),
  ),
];

for (const columns of [60, 80, 120]) {
  Deno.test(`migrations stand side by side within ${columns} columns`, async (t) => {
    const table = migrationTable(SIDE_BY_SIDE, columns);
    const lines = table.split("\n").slice(0, -1);
    assert.deepEqual(lines.filter((line) => displayWidth(line) > columns), []);
    await t.assertSnapshot(table);
  });
}
