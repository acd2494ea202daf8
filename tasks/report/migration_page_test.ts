import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { summarise } from "../summary/summarise.ts";
import { CHECKED } from "../summary/migration/testing_prediction.ts";
import { takenPlans } from "../summary/testing_plans.ts";
import { runsText } from "../terminal/runs_text.ts";
import { renderHtml } from "./html.ts";
import { makeReport } from "./report.ts";
import { listedRun } from "./site_pages.ts";
import { siteRows } from "./site_rows.ts";
import { MIGRATIONS, storedMigrations } from "./testing_migration.ts";
import { buildView, viewQueries } from "./view.ts";

const templates = join(import.meta.dirname!, "..", "..", "templates");

/** Both runs with the rows that their pages are made of, read once. */
const stored = withTempDir(async (dir) => {
  const { db } = await storedMigrations(dir);
  const read = async (id: string) => {
    const bench = await openRun(id, { db });
    const rows = await Promise.all(
      viewQueries("migrate").map(async (query) => [query, await bench.rows(query)] as const),
    );
    return { summary: await summarise(bench, id), rows: Object.fromEntries(rows), run: bench.run };
  };
  return { naive: await read(MIGRATIONS.naive), safe: await read(MIGRATIONS.safe) };
});

/** The summary with some of its migration changed. */
function changed(summary: RunSummary, changes: Partial<MigrationSummary>): RunSummary {
  return { ...summary, migration: { ...summary.migration!, ...changes } };
}

Deno.test("the sections of a migration stay as they are for the same rows", async (t) => {
  const { summary, rows } = (await stored).naive;
  const html = await renderHtml(buildView(summary, {}, rows), { templates });
  // What a bench has too is shown by the bench's page.
  const own = [...html.matchAll(/<section id="(impact|steps|locks|ledger|errors)"[\s\S]*?\n?<\/section>/g)];
  assert.deepEqual(own.map(([, id]) => id), ["impact", "steps", "locks", "ledger", "errors"]);
  await t.assertSnapshot(own.map(([section]) => section).join("\n"));
});

Deno.test("what was expected stands beside what was measured, and of an older run nothing does", async () => {
  const { summary } = (await stored).naive;
  assert.equal(buildView(summary, {}).sections.prediction, null);
  const view = buildView(changed(summary, { predicted: CHECKED }), {});
  const { sentences, table, whys } = view.sections.prediction!;
  assert.match(
    sentences[0]!,
    /^Predicted stall 1\.4 s \(700 ms to 2\.8 s\); measured 3 s: not as predicted, out of the range and off by more than 25 % of what was measured or 50 ms\./,
  );
  assert.deepEqual(table!.groups[0]!.rows[0]!.cells.map(({ text }) => text), [
    "AccessExclusiveLock",
    "AccessExclusiveLock",
    "—",
    "—",
    "1.4 s (700 ms to 2.8 s)",
    "1.50 s",
    "✓\u00a0as predicted",
  ]);
  assert.deepEqual(whys, [{ statement: "1.1", why: "Changes the catalogue alone." }]);
  const html = await renderHtml(view, { templates });
  assert.match(html, /<section id="prediction"[\s\S]*<dd>Changes the catalogue alone\.<\/dd>/);
});

Deno.test("errors of the baseline stand above those of the migration, and no degradation above a p95 that is not known", async () => {
  const { summary } = (await stored).naive;
  const error = { path: "graphql", kind: "read" as const, code: "timeout" };
  const impacts = summary.migration!.impacts.map((impact) => ({ ...impact, degradationMsS: null }));
  const html = await renderHtml(
    buildView(
      changed(summary, {
        impacts,
        errors: [{ ...error, segment: "migrate", n: 578 }],
        baselineErrors: [{ ...error, segment: "baseline", n: 1352 }],
      }),
      {},
    ),
    { templates },
  );
  const [errors] = html.match(/<section id="errors"[\s\S]*?<\/section>/)!;
  assert.match(errors, /baseline[\s\S]*1,352[\s\S]*migrate[\s\S]*578/);
  const [impact] = html.match(/<section id="impact"[\s\S]*?<\/section>/)!;
  assert.match(impact, /—<\/td><td class="num">[\d,]+ \/ [\d,]+<\/td>/);
});

Deno.test("page one says what was changed, whether users felt it, and where writes went", async () => {
  const { naive, safe } = await stored;
  const { decision, title, about, struck } = buildView(naive.summary, {}, naive.rows);
  assert.equal(about, "Add a column while a report reads the table");
  assert.deepEqual([title, decision.word, decision.tone, struck], [
    "lock-queue (naive)",
    "Fail",
    "bad",
    false,
  ]);
  assert.match(decision.against, /^Zero downtime means: .* 250 ms/);
  const figures = Object.fromEntries(
    decision.figures.map(({ title, rows }) => [
      title,
      rows.map(({ arm, value, compared }) => [arm, value.text, compared?.sense ?? null]),
    ]),
  );
  assert.deepEqual(figures["Longest stall"]!.map(([arm, , sense]) => [arm, sense]), [
    ["sql", "worse"],
    ["sql+cache", "worse"],
    ["graphql", "worse"],
  ]);
  assert.deepEqual(figures["p95 while it ran"]!.map(([arm, , sense]) => [arm, sense]), [
    ["reads", "worse"],
    ["writes", "worse"],
  ]);
  assert.deepEqual(figures["Errors"]!.map(([arm, n]) => [arm, n]), [["sql", "0"], ["sql+cache", "0"], [
    "graphql",
    "1",
  ]]);
  assert.deepEqual(figures["Writes"]!.map(([arm, n]) => [arm, n]), [
    ["acknowledged", "1,840"],
    ["lost or wrong", "0"],
    ["unknown", "0"],
  ]);
  const provenance = new Map(decision.provenance.map(({ name, value }) => [name, value]));
  assert.equal(
    provenance.get("Change"),
    "lock-queue, the naive way; on a copy of benchbook_northwind_small_42",
  );
  assert.equal(provenance.get("Duration"), "warmup 1 s, baseline 10 s, migrate 4 s, recovery 8 s");
  // All measured segments, and not the baseline alone.
  assert.equal(provenance.get("Requests"), "8,800 measured of 9,200 scheduled");
  const other = buildView(safe.summary, {}, safe.rows);
  assert.deepEqual([other.decision.word, other.decision.tone], ["Zero downtime", "good"]);
});

Deno.test("each verdict has its word; a pause is bad unless it was allowed", async () => {
  const { summary } = (await stored).safe;
  const shown = (verdict: RunSummary["verdict"], allow: readonly string[] = []) => {
    const run = {
      ...summary.run,
      config: { ...summary.run.config, migration: { ...summary.migration!.migration, allow } },
    };
    const { word, tone } = buildView({ ...summary, run, verdict }, {}).decision;
    return `${word}, ${tone}`;
  };
  assert.deepEqual(
    [shown("zero-downtime"), shown("brief-pause"), shown("brief-pause", ["brief-pause"])],
    ["Zero downtime, good", "Brief pause, bad", "Brief pause, good"],
  );
  assert.deepEqual([shown("fail"), shown("inconclusive"), shown("invalid")], [
    "Fail, bad",
    "Inconclusive, unsure",
    "INVALID, bad",
  ]);
});

Deno.test("a naive way is shown beside the safe one where that was run, and says how to run it where not", async () => {
  const { naive, safe } = await stored;
  const steps = (summary: RunSummary, rows: Record<string, unknown[]>) =>
    buildView(summary, {}, rows).sections.steps!;
  const beside = steps(naive.summary, naive.rows);
  assert.equal(beside.safe!.runId, MIGRATIONS.safe);
  assert.deepEqual(beside.safe!.steps.map(({ title }) => title), ["1. lock-queue/safe/01-add-column.sql"]);
  assert.equal(beside.toRun, null);
  const alone = steps(naive.summary, {});
  assert.deepEqual([alone.safe, alone.toRun], [null, "deno task migrate lock-queue --variant safe"]);
  const own = steps(safe.summary, safe.rows);
  assert.deepEqual([own.safe, own.toRun], [null, null]);
});

Deno.test("a statement that failed, one that never ended and one that was not reached are told apart", async () => {
  const { summary } = (await stored).naive;
  const [ran] = summary.migration!.steps as [MigrationSummary["steps"][0]];
  const [plan] = summary.migration!.migration.steps as [MigrationSummary["migration"]["steps"][0]];
  const told = (steps: MigrationSummary["steps"]) => {
    const [plan] = buildView(changed(summary, { steps }), {}).sections.steps!.steps;
    const { facts, error } = plan!.statements[0]!;
    return { facts: facts.join(" "), error };
  };
  assert.deepEqual(told([]), { facts: "Not reached.", error: null });
  assert.match(told([{ ...ran, endUs: null }]).facts, /^Begun at 11\.1 s, and never ended\./);
  const failed = told([{ ...ran, errorCode: "42703", error: `column "a" does not exist` }]);
  assert.equal(failed.error, `42703: column "a" does not exist`);
  assert.match(
    told([{ ...ran, move: "batches", batches: 12, rows: 60_000, pausedUs: 2e6, rewritten: ["a.b"] }]).facts,
    /12 batches, with 2 s of pauses between them\. 60,000 rows were changed\. It wrote a\.b anew\.$/,
  );
  assert.equal(plan.statements.length, 1);
});

Deno.test("a write that is lost and a range that differs are said first, with an example", async () => {
  const { summary } = (await stored).safe;
  const { ledger, checksums } = summary.migration!;
  const problems = [{ problem: "lost" as const, n: 2, example: "order-insert, slot 40" }];
  const view = buildView(
    changed(summary, {
      ledger: { ...ledger, problems },
      checksums: { ...checksums, different: ["northwind.orders, 1 to 830"] },
    }),
    {},
  );
  const shown = view.sections.ledger!;
  assert.deepEqual(shown.sentences.map(({ tone, text }) => [tone, text]), [
    ["bad", "2 writes are not as the clients were told."],
    ["bad", "Checksums differ for 1 of 1 range of keys with 830 rows."],
  ]);
  assert.deepEqual(shown.problems, [{ problem: "lost", n: "2", example: "order-insert, slot 40" }]);
  const doubtful = changed(summary, {
    ledger: { ...ledger, complete: false },
    checksums: { ...checksums, lacking: "the table has no key" },
  });
  assert.deepEqual(buildView(doubtful, {}).sections.ledger!.sentences.map(({ tone }) => tone), [
    "unsure",
    "unsure",
  ]);
});

Deno.test("waits that differ only in time and session share a row, and those left out are counted", async () => {
  const { summary } = (await stored).naive;
  const { waits, counted } = buildView(changed(summary, { waitCount: 400 }), {}).sections.locks!;
  assert.deepEqual(waits.map(({ times, who, lock }) => [times, who, lock]), [
    ["1", "the migration, process 300", "AccessExclusiveLock on northwind.orders"],
    ["12", "the load, 12 sessions", "AccessShareLock on northwind.orders"],
    ["2", "the load, 2 sessions", "RowExclusiveLock on northwind.orders"],
  ]);
  assert.match(counted, /^Of 400 waits the longest 15 are shown; /);
});

Deno.test("the parts of the run stand under their axis, and what becomes of the cache where there is one", async () => {
  const { summary } = (await stored).safe;
  const [parts] = buildView(summary, {}).sections.timeline!.tables;
  assert.deepEqual(parts!.groups.map(({ name }) => name), ["warmup", "baseline", "migrate", "recovery"]);
  assert.match(parts!.note, /nothing invalidates them/);
  const { config } = summary.run;
  const settings = { ...config.settings, invalidate: "tags" };
  const tagged = { ...summary, run: { ...summary.run, config: { ...config, settings } } };
  assert.match(
    buildView(tagged, {}).sections.timeline!.tables[0]!.note,
    /a write outdates at once those that its scenario names/,
  );
  const without = buildView(changed(summary, { hitRate: { baseline: null } }), {});
  assert.equal(without.sections.timeline!.tables[0]!.note, "");
});

Deno.test("plans before and after the change stand side by side, those that are equal in a sentence", async () => {
  const { summary } = (await stored).naive;
  const [first, second] = takenPlans(18);
  const taken = [
    { operation: "order-by-id", moment: "before", plan: first!.before },
    { operation: "order-by-id", moment: "after", plan: first!.after },
    { operation: "order-insert", moment: "before", plan: second!.before },
    { operation: "order-insert", moment: "after", plan: second!.before },
  ];
  const view = buildView(summary, {}, { "migration/plans": taken }).sections["plans-after"]!;
  const [{ tables, same }] = view.candidates as [typeof view.candidates[0]];
  assert.deepEqual(tables.map(({ title }) => title), ["order-by-id"]);
  assert.deepEqual(tables[0]!.sides.map(({ title }) => title), ["Before the migration", "After it"]);
  assert.equal(same, "The plan of order-insert is the same after the migration as before it.");
  assert.equal(buildView(summary, {}).sections["plans-after"], null);
});

Deno.test("the line that makes the same migration again stands under the method", async () => {
  const { summary } = (await stored).naive;
  const { command, again } = buildView(summary, {}).sections.method!;
  assert.equal(again, "migration");
  assert.match(command, /^deno task migrate lock-queue --variant naive /);
});

Deno.test("what was changed in place is said to stay, on page one and in the method", async () => {
  const { summary } = (await stored).safe;
  const migration = { ...summary.migration!.migration, place: "in-place" as const, database: "shop" };
  const { decision, sections } = buildView(changed(summary, { migration }), {});
  assert.ok(
    decision.more.some((text) =>
      /^The database shop itself was changed .* nothing of that was undone/.test(text)
    ),
  );
  assert.match(sections.method!.method[0]!, /^The change was made in shop itself, and stays\./);
});

Deno.test("a statement and what PostgreSQL says of it stay text", async () => {
  const { summary, rows } = (await stored).naive;
  const hostile = `</style><script>alert(1)</script>`;
  const { migration, steps, waits } = summary.migration!;
  const view = buildView(
    changed(summary, {
      migration: {
        ...migration,
        title: hostile,
        steps: migration.steps.map((plan) => ({
          ...plan,
          file: hostile,
          about: hostile,
          risk: hostile,
          fix: hostile,
          statements: [{ text: hostile, line: 1, shown: hostile }],
        })),
      },
      steps: steps.map((step) => ({ ...step, errorCode: "42601", error: hostile, rewritten: [hostile] })),
      waits: waits.map((wait) => ({ ...wait, query: hostile, blockerQuery: hostile, relation: hostile })),
    }),
    {},
    rows,
  );
  const html = await renderHtml(view, { templates });
  assert.doesNotMatch(html, /<script/);
  assert.equal(html.match(/<\/style>/g)?.length, 1);
  assert.ok(html.split("alert(1)").length > 8);
});

Deno.test("lists of runs name the change, its variant and how long it stalled", async () => {
  const { naive, safe } = await stored;
  const rows = siteRows(
    [naive, safe].map(({ summary }) =>
      listedRun({ ...JSON.parse(JSON.stringify(summary)), directory: summary.run.runId })
    ),
  );
  assert.deepEqual(
    rows.map(({ scenario, verdict, tone, p95, trend }) => [scenario, verdict, tone, p95, trend]),
    [
      ["lock-queue (migrate, safe)", "✓ zero-downtime", "good", "—", ""],
      ["lock-queue (migrate, naive)", "✗ fail", "bad", "—", ""],
    ],
  );
  assert.equal(rows[0]!.remark, `stall ${safe.summary.migration!.stall!.ms.toPrecision(3)} ms`);
  assert.equal(rows[1]!.remark, "stall 2.90 s");
  const text = runsText([{ ...safe.run, verdict: "zero-downtime" }, naive.run], [], 200);
  assert.match(text, /lock-queue \(migrate, safe\) .* zero-downtime\n.*lock-queue \(migrate, naive\)/);
});

Deno.test("a migration's report is made by its notebook, naive beside safe", async () => {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-report-", dir: memoryFolder() });
  try {
    const { db, runId } = await storedMigrations(reports);
    const config = { ...readConfig(), home: join(reports, "home"), reports };
    const report = await makeReport({ config, db, runRef: runId, pdf: false });
    const html = await Deno.readTextFile(report.html);
    assert.match(html, /id="migration-timeline"/);
    const [label] = /aria-label="The migration and its users on one time axis\.[^"]*"/.exec(html)!;
    assert.match(label, /naive: a stall of 2\.9 s from 11\.1 s on, 15 waits .*; safe: a stall of \d+ ms /);
    assert.doesNotMatch(html, /NaN|Infinity|undefined|Arms take turns/);
    assert.equal(JSON.parse(await Deno.readTextFile(report.summary.files.summary!)).verdict, "fail");
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});
