import assert from "node:assert/strict";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import { parseHTML } from "linkedom";
import { lintedAll } from "../lint/testing_linter.ts";
import type { LintReport } from "../model/lint.ts";
import { quietMigration, stalledMigration } from "../summary/migration/testing_summary.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { EVERYTHING, HOSTILE, poisoned } from "../testing/hostile.ts";
import { benchMarkdown } from "./bench_markdown.ts";
import { compareMarkdown } from "./compare_markdown.ts";
import { lintMarkdown } from "./lint_markdown.ts";
import { migrationMarkdown } from "./migration_markdown.ts";
import { migrationsMarkdown } from "./migrations_markdown.ts";
import { openMetrics } from "./open_metrics.ts";
import { probeMarkdown } from "./probe_markdown.ts";
import { feed } from "./publish/feed.ts";
import { listedRun, listedSearch } from "./site_pages.ts";
import { siteRows } from "./site_rows.ts";
import { writeSite } from "./site.ts";
import { exampleSummary } from "./testing.ts";
import { exampleSearch } from "./testing_find_rate.ts";
import { migratedSummary } from "./testing_migrated.ts";
import { HOSTILE_PAGES } from "./testing_hostile.ts";
import { storedProbe } from "./testing_probe_page.ts";

const UNSEEN = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[^\P{Cc}\n\t]/u;

const FINDINGS: LintReport = {
  statements: await lintedAll(
    "ALTER TABLE t ADD UNIQUE (a);\nALTER TABLE t ADD b int NOT NULL;",
    "CREATE TABLE t (a int)",
  ),
  counted: 2,
  source: "the database",
  version: 18,
  oldestTransaction: null,
  files: 1,
};

const PROBE = (await storedProbe()).summary;

for (const [page, render] of Object.entries(HOSTILE_PAGES)) {
  Deno.test(`texts from outside add nothing to the page of a ${page} but text`, async () => {
    // Lines of a chart's text are elements, and so are options of a command that is shown.
    const plain = new Set([
      ...kinds(await render("x")),
      "tspan x y",
      "tspan dy x",
      "text transform",
      "span class",
    ]);
    assert.ok(plain.size > 20, `${plain.size}`);
    const html = await render(EVERYTHING);
    assert.deepEqual([...kinds(html)].filter((kind) => !plain.has(kind)), []);
    assert.match(html, /alert\(1\)/);
    assert.doesNotMatch(html, UNSEEN);
  });
}

/** Comments for a pull request of a text. */
const COMMENTS: Readonly<Record<string, (text: string) => string>> = {
  comparison: (text) => compareMarkdown(poisoned(comparisonFixture(), text)),
  "comparison that is none": (text) =>
    compareMarkdown({
      ...poisoned(comparisonFixture(), text),
      verdict: null,
      differences: [{ part: "load", name: "settings", base: text, candidate: `${text}x` }],
    }),
  run: (text) =>
    benchMarkdown(poisoned(exampleSummary(), text), { text: `REGRESSED: ${text}`, regressed: true }),
  "run of one arm": (text) => benchMarkdown({ ...poisoned(exampleSummary(), text), comparisons: [] }, null),
  migration: (text) => migrationMarkdown([poisoned(migratedSummary(stalledMigration()), text)]),
  "migration in both variants": (text) =>
    migrationMarkdown(
      [stalledMigration(), quietMigration()].map((one) => poisoned(migratedSummary(one), text)),
    ),
  "several migrations": (text) =>
    migrationsMarkdown(["a", "b"].map((name) => poisoned(migratedSummary(stalledMigration()), text + name))),
  findings: (text) => lintMarkdown(poisoned(FINDINGS, text, ["kind"])),
  probe: (text) => probeMarkdown(poisoned(PROBE, text)),
};

for (const [comment, made] of Object.entries(COMMENTS)) {
  Deno.test(`texts from outside are inert in the comment of a ${comment}`, () => {
    const plain = made("x");
    assert.ok(plain.includes("x"));
    for (const [what, text] of HOSTILE) {
      const markdown = made(text);
      assert.doesNotMatch(markdown, UNSEEN, what);
      assert.doesNotMatch(markdown, /<!--(?! -->)/, what);
      const shown = withoutCode(markdown);
      assert.equal(shown.split("\n").length, withoutCode(plain).split("\n").length, what);
      // What is left is text, with the few elements that are ours.
      assert.doesNotMatch(
        shown.replaceAll(/<!-- -->|<\/?(?:details|summary|code)>/g, ""),
        /<|(?<!\\)\]\(/,
        what,
      );
      assert.doesNotMatch(shown, /[@#]\w|GH-\d|https?:\/\/|www\.|\{\{(?<!\\\{\{)/i, what);
      assert.deepEqual(cells(markdown), cells(plain), what);
    }
  });
}

/** Markdown without code: a span ends with as many backticks as it began with, a block with a line of as many. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, "")
    .replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
}

/** Cells of each line of its tables, as GitHub's parser takes them apart. */
function cells(markdown: string): number[] {
  return markdown.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.replaceAll(/\\[!-\/:-@[-`{-~]/g, "").split("|").length - 2
  );
}

Deno.test("texts from outside are texts of a feed", () => {
  const made = (text: string) => {
    const summary = { ...poisoned(exampleSummary(), text), directory: "20260301-140500-k3x9" };
    const rows = siteRows([listedRun(summary as never), listedSearch(poisoned(exampleSearch(), text))]);
    return feed(rows, { title: text, url: null });
  };
  const elements = (xml: string) => xml.match(/<[^>]*>/g);
  for (const [what, text] of [...HOSTILE, ["everything", EVERYTHING] as const]) {
    // Each reason is a paragraph of the description, which is text here.
    assert.deepEqual(elements(made(text)), elements(made("x")), what);
    assert.doesNotMatch(made(text), UNSEEN, what);
    assert.doesNotMatch(made(text), /&(?!(amp|lt|gt|quot|apos|#39);)/, what);
  }
});

Deno.test("texts from outside end no line and no label of a run's metrics", () => {
  const lines = openMetrics(exampleSummary()).split("\n").length;
  for (const [what, text] of HOSTILE) {
    const metrics = openMetrics(poisoned(exampleSummary(), text));
    assert.doesNotMatch(metrics, UNSEEN, what);
    assert.equal(metrics.split("\n").length, lines, what);
    for (const line of metrics.trimEnd().split("\n")) {
      assert.match(line, /^(# .*|benchbook_\w+\{(\w+="([^"\\]|\\[\\"n])*",?)+\} [\d.e+-]+)$/, what);
    }
  }
});

/** Of linkedom, whose types assume those of a browser. */
interface Parsed {
  readonly document: {
    querySelectorAll(
      selector: string,
    ): Iterable<{ localName: string; attributes: Iterable<{ name: string; value: string }> }>;
  };
}

/** What kinds of elements a page has: with the names of their attributes, and where links lead. */
function kinds(html: string): Set<string> {
  // Its text is not parsed as a browser's would be.
  const [head] = html.split("</style>", 1);
  assert.equal(html.match(/<\/style>/g)!.length, 1);
  assert.doesNotMatch(head!.slice(head!.indexOf("<style>") + 7), /</);
  const { document } = parseHTML(html.replace(/<style>[\s\S]*?<\/style>/, "")) as unknown as Parsed;
  return new Set([...document.querySelectorAll("*")].map((element) => {
    const attributes = [...element.attributes].map(({ name, value }) =>
      ["href", "src"].includes(name) ? `${name}=${value}` : name
    );
    return [element.localName, ...attributes.sort()].join(" ");
  }));
}

Deno.test("no file of another program's, however odd, keeps the other reports from being listed", () =>
  withTempDir(async (dir) => {
    const odd = join(dir, "20260301-140500-k3x9");
    Deno.mkdirSync(odd);
    const other = join(dir, "20260301-140600-k3x9");
    Deno.mkdirSync(other);
    const whole = JSON.parse(JSON.stringify(exampleSummary()));
    const listed = { ...whole, run: { ...whole.run, runId: "20260301-140600-k3x9", label: "the other" } };
    Deno.writeTextFileSync(join(other, "summary.json"), JSON.stringify(listed));
    for (
      const key of [
        "verdict",
        "reasons",
        "operations",
        "run.status",
        "run.gitCommit",
        "run.config",
        "run.kind",
      ]
    ) {
      const field = key.replace("run.", "");
      const changed = key === field
        ? { ...whole, [field]: 5 }
        : { ...whole, run: { ...whole.run, [field]: 5 } };
      Deno.writeTextFileSync(join(odd, "summary.json"), JSON.stringify(changed));
      const file = await writeSite({
        root: join(import.meta.dirname!, "../.."),
        reports: dir,
        home: join(dir, "home"),
      });
      assert.match(Deno.readTextFileSync(file), /the other/, key);
    }
  }));
