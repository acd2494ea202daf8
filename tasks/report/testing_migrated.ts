import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { judgeMigration } from "../summary/migration/verdict.ts";
import { exampleRun, exampleSummary } from "./testing.ts";

/** The summary of a run that made a migration, judged as runs are. */
export function migratedSummary(migration: MigrationSummary, changes: Partial<RunSummary> = {}): RunSummary {
  const example = exampleRun();
  const config = { ...example.config, scenario: "shop-under-change", migration: migration.migration };
  const run = { ...example, kind: "migrate" as const, config };
  const { validity } = exampleSummary();
  const evidence = { run, validity: { ...validity, valid: true }, slo: [], migration, baselineErrors: [] };
  return exampleSummary({
    ...judgeMigration(evidence),
    run,
    migration,
    comparisons: [],
    steady: [],
    ...changes,
  });
}
