import assert from "node:assert/strict";
import { join } from "node:path";
import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { paused, probeFixture, saw, serverLabels } from "../summary/probe/testing.ts";
import { summarise } from "../summary/summarise.ts";
import { probeText } from "../terminal/probe_text.ts";
import { renderHtml } from "./html.ts";
import { probeMarkdown } from "./probe_markdown.ts";
import { faults, publishedSchema } from "./testing_schema.ts";
import { buildView, viewQueries } from "./view.ts";

const templates = join(import.meta.dirname!, "..", "..", "templates");

/** A replica is promoted after 600 ms; one write was lost. */
const stored = withTempDir(async (dir) => {
  const pause = paused(4000, 4600);
  const { db, runId } = await probeFixture(dir, {
    change: (row) =>
      row.slot >= 2020 && row.slot < 2030
        ? { ...row, outcome: "failed", error: "57P01", doneUs: row.intendedUs + 300 }
        : pause(row),
    samples: [
      saw(0, "server", serverLabels()),
      saw(4_010_000, "lost", { code: "57P01" }),
      saw(4_200_000, "away", { code: "ECONNREFUSED" }),
      saw(4_300_000, "refused", { code: "ECONNREFUSED" }),
      saw(4_599_000, "regained", { code: "" }, 589),
      saw(4_900_000, "server", serverLabels({ address: "10.0.0.2", started: "2", timeline: "2" })),
    ],
    ledger: (entries) =>
      entries.map((entry) => entry.slot === 1999 ? { ...entry, verified: false, problem: "lost" } : entry),
  });
  const bench = await openRun(runId, { db });
  const rows = await Promise.all(
    viewQueries("probe").map(async (query) => [query, await bench.rows(query)] as const),
  );
  const bins = await bench.rows<{ series: string; n: number; width: number }>("probe/bins");
  const summary = await summarise(bench, runId);
  return { summary: { ...summary, probe: summary.probe! }, rows: Object.fromEntries(rows), bins };
});

Deno.test("the summary of a probe is as the published schema has it", async () =>
  assert.deepEqual(faults((await stored).summary, publishedSchema("summary")), []));

Deno.test("the sections of a probe stay as they are for the same rows", async (t) => {
  const { summary, rows } = await stored;
  const html = await renderHtml(buildView(summary, {}, rows), { templates });
  const ids = ["pauses", "probe-errors", "connections", "server-changes", "probe-ledger"];
  const own = [...html.matchAll(new RegExp(`<section id="(${ids.join("|")})"[\\s\\S]*?\\n?</section>`, "g"))];
  assert.deepEqual(own.map(([, id]) => id), ids);
  await t.assertSnapshot(own.map(([section]) => section).join("\n"));
});

Deno.test("page one has a probe's verdict, figures and place, and the command for another", async () => {
  const { summary } = await stored;
  const { decision, sections } = buildView(summary, {});
  assert.equal(decision.word, "Fail");
  assert.match(decision.sentence, /^1 write is acknowledged but missing/);
  const figures = decision.figures.map(({ title, rows }) => [title, ...rows.map(({ value }) => value.text)]);
  assert.deepEqual(figures, [
    ["Longest pause", "601 ms", "1"],
    ["Requests that failed", "10"],
    ["Connections", "1", "1"],
    ["Writes", "2,495", "1"],
  ]);
  assert.ok(
    decision.provenance.some(({ name, value }) => name === "Database" && value === "db.example:5432/shop"),
  );
  assert.equal(sections.method!.command, "deno task migrate probe --rate 500 --slo 'stall<250ms'");
});

Deno.test("the terminal's end of a probe, and its Markdown, stay as they are for the same rows", async (t) => {
  const { summary } = await stored;
  await t.assertSnapshot(probeText(summary, summary.probe, 100));
  const markdown = probeMarkdown(summary);
  assert.ok(markdown.split("\n").length <= 41, markdown);
  await t.assertSnapshot(markdown);
});

Deno.test("bins of a probe hold each request once, reads and writes apart", async () => {
  const { bins } = await stored;
  const sum = (series: string) => bins.reduce((n, bin) => bin.series === series ? n + bin.n : n, 0);
  assert.deepEqual([sum("reads"), sum("writes"), bins[0]!.width], [2500, 2500, 0.1]);
});
