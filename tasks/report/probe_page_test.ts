import assert from "node:assert/strict";
import { join } from "node:path";
import { probeText } from "../terminal/probe_text.ts";
import { renderHtml } from "./html.ts";
import { probeMarkdown } from "./probe_markdown.ts";
import { storedProbe } from "./testing_probe_page.ts";
import { faults, publishedSchema } from "./testing_schema.ts";
import { buildView } from "./view.ts";

const templates = join(import.meta.dirname!, "..", "..", "templates");

Deno.test("the summary of a probe is as the published schema has it", async () =>
  assert.deepEqual(faults((await storedProbe()).summary, publishedSchema("summary")), []));

Deno.test("the sections of a probe stay as they are for the same rows", async (t) => {
  const { summary, rows } = await storedProbe();
  const html = await renderHtml(buildView(summary, {}, rows), { templates });
  const ids = ["pauses", "probe-errors", "connections", "server-changes", "probe-ledger"];
  const own = [...html.matchAll(new RegExp(`<section id="(${ids.join("|")})"[\\s\\S]*?\\n?</section>`, "g"))];
  assert.deepEqual(own.map(([, id]) => id), ids);
  await t.assertSnapshot(own.map(([section]) => section).join("\n"));
});

Deno.test("page one has a probe's verdict, figures and place, and the command for another", async () => {
  const { summary } = await storedProbe();
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
  const { summary } = await storedProbe();
  await t.assertSnapshot(probeText(summary, summary.probe, 100));
  const markdown = probeMarkdown(summary);
  assert.ok(markdown.split("\n").length <= 41, markdown);
  await t.assertSnapshot(markdown);
});

Deno.test("bins of a probe hold each request once, reads and writes apart", async () => {
  const { bins } = await storedProbe();
  const sum = (series: string) => bins.reduce((n, bin) => bin.series === series ? n + bin.n : n, 0);
  assert.deepEqual([sum("reads"), sum("writes"), bins[0]!.width], [2500, 2500, 0.1]);
});
