import assert from "node:assert/strict";
import { join } from "node:path";
import { type Config, readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import { fixtureRun } from "../summary/testing.ts";
import { makeReport } from "./report.ts";

async function withReports(test: (reports: string, config: Config) => Promise<void>): Promise<void> {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-report-", dir: memoryFolder() });
  try {
    await test(reports, { ...readConfig(), home: join(reports, "home"), reports });
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
}

Deno.test("an arm without a single answer has dashes where nothing can be said", () =>
  withReports(async (reports, config) => {
    const { db } = await fixtureRun(reports, {
      blocks: 2,
      blockSeconds: 1,
      change: (row) =>
        row.operation.path === "graphql" ? { ...row, outcome: "failed", error: "ECONNREFUSED" } : row,
    });
    const report = await makeReport({ config, db, runRef: "latest", pdf: false });
    const html = await Deno.readTextFile(report.html);
    assert.match(html, /ECONNREFUSED/);
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  }));

Deno.test("a run that was stopped before anything was measured has a report that says so", () =>
  withReports(async (reports, config) => {
    const { db } = await fixtureRun(reports, {
      blocks: 2,
      blockSeconds: 1,
      status: "interrupted",
      change: () => null,
      samples: () => [],
    });
    const report = await makeReport({ config, db, runRef: "latest", pdf: false });
    const html = await Deno.readTextFile(report.html);
    assert.match(html, /✗ Interrupted/);
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  }));
