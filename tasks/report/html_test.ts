import assert from "node:assert/strict";
import { join } from "node:path";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { ServiceError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { renderHtml } from "./html.ts";
import { forPaper } from "./pdf.ts";
import { exampleRun, exampleSummary } from "./testing.ts";
import { buildView } from "./view.ts";

const templates = join(import.meta.dirname!, "..", "..", "templates");
const slots = { "over-time": "<p>figure</p>", "prose:over-time": "<p>prose</p>" };

Deno.test("the report's page stays as it is for the same summary", async (t) => {
  const summary = exampleSummary();
  // One operation is drawn like another; and the stylesheet has its own file: here both would hide what changed.
  const first = <T extends { readonly operation: string | null }>(rows: readonly T[]) =>
    rows.filter(({ operation }) => operation === null || operation === "product-by-id");
  const operations = first(summary.operations);
  const comparisons = first(summary.comparisons);
  const html = await renderHtml(buildView({ ...summary, operations, comparisons }, slots), { templates });
  await t.assertSnapshot(html.replace(/<style>[\s\S]*?<\/style>/, "<style></style>"));
});

Deno.test("the page of an invalid run strikes its numbers through and not its reasons", async () => {
  const summary = exampleSummary({ verdict: "invalid", reasons: ["The generator paused for 412 ms."] });
  const html = await renderHtml(buildView(summary, {}), { templates });
  assert.match(html, /<s>24\.1 ms<\/s>/);
  assert.match(html, /<p class="sentence">The generator paused for 412\u00a0ms\.<\/p>/);
  const valid = await renderHtml(buildView(exampleSummary(), {}), { templates });
  assert.doesNotMatch(valid, /<s>/);
});

Deno.test("every link within the page leads to something", async () => {
  const html = await renderHtml(buildView(exampleSummary(), slots), { templates });
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
  const links = [...html.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
  assert.ok(links.length > 10);
  for (const link of links) assert.ok(ids.has(link), link);
});

Deno.test("no id is given twice", async () => {
  const html = await renderHtml(buildView(exampleSummary(), slots), { templates });
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
});

Deno.test("what a section looks like by itself goes into the page's stylesheet, where the section is there", async () => {
  const page = await renderHtml(buildView(exampleSummary(), {}), { templates });
  const view = { candidates: [], reading: "", taken: "", figures: [] };
  const entry = { id: "plans", title: "Plans that changed", template: "sections/plans_changed", view };
  const shown = buildView(exampleSummary(), {});
  const withPlans = await renderHtml({ ...shown, contents: [...shown.contents, entry] }, { templates });
  const [styles, elsewhere] = [/<style>([\s\S]*?)<\/style>/, /<\/style>([\s\S]*)/];
  assert.doesNotMatch(styles.exec(page)![1]!, /\.plan-node/);
  assert.match(styles.exec(withPlans)![1]!, /\.plan-node/);
  assert.doesNotMatch(elsewhere.exec(withPlans)![1]!, /<style|\.plan-node/);
});

Deno.test("a label with markup or a style's end in it stays text", async () => {
  const run = exampleRun();
  const hostile = `</style><script>alert(1)</script>`;
  const config = { ...run.config, title: hostile };
  const view = buildView(exampleSummary({ run: { ...run, label: hostile, config } }), {});
  const html = await renderHtml(view, { templates });
  assert.doesNotMatch(html, /<script/);
  assert.equal(html.match(/<\/style>/g)?.length, 1);
});

Deno.test("a mistake in a template is told with the template and its line, without a stack trace", () =>
  withTempDir(async (dir) => {
    const own = join(dir, "templates");
    cpSync(templates, own, { recursive: true });
    const mistakes: readonly [file: string, text: string, said: RegExp][] = [
      ["report.hbs", "{{#if x}} {{/each}}", /report\.hbs: if doesn't match each - LINE:\d+$/],
      ["partials/decision.hbs", "{{#if label}}", /partials\/decision\.hbs: Parse error on line \d+$/],
      [
        "sections/plans_changed.hbs",
        "{{fancy 1}}",
        /plans_changed\.hbs: "fancy" not defined in .* - LINE:2$/,
      ],
      ["sections/method.hbs", "{{nofield}}", /sections\/method\.hbs: "nofield" not defined in .* - LINE:2$/],
      ["report.hbs", "{{> partials/nope}}", /report\.hbs: The partial partials\/nope could not be found$/],
      [
        "partials/table.hbs",
        "{{> partials/table}}",
        /partials\/table\.hbs: Maximum call stack size exceeded$/,
      ],
    ];
    const plans = { candidates: [], reading: "", taken: "", figures: [] };
    const view = buildView(exampleSummary(), {});
    const entry = { id: "plans", title: "Plans", template: "sections/plans_changed", view: plans };
    const shown = { ...view, contents: [...view.contents, entry] };
    for (const [file, text, said] of mistakes) {
      const before = readFileSync(join(own, file), "utf8");
      writeFileSync(join(own, file), `${before}\n${text}`);
      await assert.rejects(renderHtml(shown, { templates: own }), (error) => {
        assert.ok(error instanceof ServiceError, String(error));
        const line = before.split("\n").length + 1;
        assert.match(error.message.replace(` ${line}:`, " LINE:"), said);
        assert.match(error.next!, /git diff templates/);
        return true;
      }, `${file} ${text}`);
      writeFileSync(join(own, file), before);
    }
    rmSync(join(own, "partials"), { recursive: true });
    await assert.rejects(
      renderHtml(shown, { templates: own }),
      /Cannot render templates\/partials: No such file/,
    );
  }));

Deno.test("a printed page leads to itself and to the web, and by no path of this machine", () => {
  const kept = '<a href="#notes">notes</a> <a href="https://duckdb.org">DuckDB</a>';
  assert.equal(forPaper(kept), kept);
  assert.equal(
    forPaper(
      '<td><a href="../../20260301-140500-k3x9/index.html">one</a></td> <a href="feed.xml" class="x">two</a>',
    ),
    "<td>one</td> two",
  );
  // Of these PDF 1.7 has no tags; what only begins like them is another element.
  assert.equal(
    forPaper('<strong class="x">a</strong> <em>b</em> <embed>'),
    '<b class="x">a</b> <i>b</i> <embed>',
  );
});
