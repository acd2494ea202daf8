import assert from "node:assert/strict";
import fc from "fast-check";
import { listedRun } from "../site_pages.ts";
import { siteRows } from "../site_rows.ts";
import { exampleRun, exampleSummary } from "../testing.ts";
import { feed } from "./feed.ts";
import { xmlText } from "./xml.ts";

const HOSTILE = `<script>alert(1)</script>"'&amp;]]>\u202e\u001b[31m\u0000\ud800\ufffe${"x".repeat(10_000)}`;

function stored(label: string | null, changes: Record<string, unknown> = {}, reasons = [HOSTILE]) {
  const run = { ...exampleRun(), label };
  return {
    ...JSON.parse(JSON.stringify(exampleSummary({ run }))),
    directory: run.runId,
    reasons,
    ...changes,
  };
}

const rowsOf = (...runs: ReturnType<typeof stored>[]) => siteRows(runs.map(listedRun));

/** The elements of a document without attributes, comments and sections; throws where it is not well-formed. */
function elements(xml: string): { name: string; text: string }[] {
  const open: { name: string; text: string }[] = [];
  const all: { name: string; text: string }[] = [];
  const rest = xml.replace(/^<\?xml [^?]*\?>/, "").replace(
    /<(\/?)([\w:]+)((?: [\w:]+="[^"<&]*")*)(\/?)>|[^<]+/g,
    (token, end, name, _, alone) => {
      if (name === undefined) {
        assert.doesNotMatch(token, /]]>|&(?!(amp|lt|gt|quot|apos);)/);
        for (const element of open) element.text += token;
      } else if (end) assert.equal(open.pop()?.name, name);
      else if (!alone) {
        open.push({ name, text: "" });
        all.push(open.at(-1)!);
      }
      return "";
    },
  );
  assert.deepEqual([rest, open], ["", []]);
  return all;
}

Deno.test("the feed is RSS 2.0: a channel and an item each with title, link, id, date and description", () => {
  const xml = feed(rowsOf(stored("nightly", {}, ["All holds."])), {
    title: "All runs",
    url: "https://lab.example/runs/",
  });
  const named = (name: string) =>
    elements(xml).filter((element) => element.name === name).map(({ text }) => text);
  assert.match(xml, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<rss version="2.0" /);
  const { runId, startedAt } = exampleRun();
  assert.deepEqual(named("title"), ["All runs: verdicts", "✗ fail: nightly (access-paths)"]);
  assert.deepEqual(
    named("link"),
    ["index.html", `${runId}/index.html`].map((path) => `https://lab.example/runs/${path}`),
  );
  assert.deepEqual(named("guid"), [runId]);
  assert.deepEqual(named("pubDate"), [startedAt.toUTCString()]);
  assert.equal(named("description")[1], "&lt;p&gt;All holds.&lt;/p&gt;");
});

Deno.test("without an address links are relative; a run that nothing was judged of is no news", () => {
  const rows = rowsOf(stored("a"), stored("b", { verdict: null }));
  const xml = feed(rows, { title: "All runs", url: null });
  assert.equal(xml.match(/<item>/g)?.length, 1);
  assert.match(xml, new RegExp(`<link>${exampleRun().runId}/index.html</link>`));
  assert.doesNotMatch(xml, /rel="self"/);
});

Deno.test("hostile labels and reasons are inert in the feed, and short", () => {
  const xml = feed(rowsOf(stored(HOSTILE)), { title: HOSTILE, url: null });
  elements(xml);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(xml, /<script|[\u0000-\u0008\u000b-\u001f\u202e\ufffe]/);
  // As HTML, which readers take it for, it is text too.
  const [, description] = /<item>.*<description>(.*?)<\/description>/s.exec(xml)!;
  assert.match(description!, /&lt;p&gt;&amp;lt;script&amp;gt;alert/);
  assert.ok(xml.length < 5000, `${xml.length}`);
});

Deno.test("any text can stand in XML", () => {
  const texts = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(
    fc.property(texts, (text) => {
      elements(`<a b="${xmlText(text)}">${xmlText(text)}</a>`);
      assert.doesNotMatch(xmlText(text), /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    }),
    { numRuns: 40 },
  );
});
