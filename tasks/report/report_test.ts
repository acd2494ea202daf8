import assert from "node:assert/strict";
import { join } from "node:path";
import { type Config, readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import { NotebookError } from "../notebook/run.ts";
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

/** The checkout again, of links, with the first notebook's last figure broken. */
async function brokenCheckout(root: string, directory: string): Promise<void> {
  await Deno.mkdir(join(directory, "notebooks"));
  for (const name of ["deno.json", "deno.lock", "node_modules", "queries", "tasks", "templates"]) {
    await Deno.symlink(join(root, name), join(directory, name));
  }
  const source = join(root, "notebooks");
  await Deno.copyFile(join(source, "access-paths.ipynb"), join(directory, "notebooks", "access-paths.ipynb"));
  const text = await Deno.readTextFile(join(source, "first-look.ipynb"));
  const broken = text.replace(`bench.rows<SampleRow>(\\"samples\\")`, `bench.rows<SampleRow>(\\"simples\\")`);
  assert.notEqual(broken, text);
  await Deno.writeTextFile(join(directory, "notebooks", "first-look.ipynb"), broken);
}

Deno.test("without a browser there is a page and a summary, also of an arm without a single answer", () =>
  withReports(async (reports, config) => {
    const { db, runId } = await fixtureRun(reports, {
      blocks: 2,
      blockSeconds: 1,
      change: (row) =>
        row.operation.path === "graphql" ? { ...row, outcome: "failed", error: "ECONNREFUSED" } : row,
    });
    const report = await makeReport({
      config: { ...config, chromePath: "/nowhere/chrome" },
      db,
      runRef: "latest",
      pdf: true,
    });
    assert.equal(report.pdf, null);
    assert.equal(report.summary.files.pdf, null);
    assert.match(report.warnings.join(), /^PDF not made: .*CHROME_PATH/);
    const files = [...Deno.readDirSync(join(reports, runId))].map(({ name }) => name).sort();
    assert.deepEqual(files, ["index.html", "summary.json"]);
    // With dashes where nothing can be said.
    const html = await Deno.readTextFile(report.html);
    assert.match(html, /ECONNREFUSED/);
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  }));

Deno.test("a failing cell fails the report by name and leaves the previous one in place", () =>
  withReports(async (reports, config) => {
    const { db, runId } = await fixtureRun(reports, { blocks: 2, blockSeconds: 1 });
    const previous = join(reports, runId, "index.html");
    await Deno.mkdir(join(reports, runId));
    await Deno.writeTextFile(previous, "the previous report");
    const root = join(reports, "checkout");
    await Deno.mkdir(root);
    await brokenCheckout(config.root, root);
    await assert.rejects(
      makeReport({ config: { ...config, root }, db, runRef: "latest", pdf: false }),
      (error: Error) =>
        error instanceof NotebookError && error.place.cell === 13 &&
        /first-look\.ipynb to its end: cell 14, line 1 .*simples/.test(error.message),
    );
    assert.equal(await Deno.readTextFile(previous), "the previous report");
    assert.deepEqual(
      [...Deno.readDirSync(reports)].map(({ name }) => name).filter((name) => name.startsWith(".report")),
      [],
    );
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
