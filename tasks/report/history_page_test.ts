import assert from "node:assert/strict";
import { resolve } from "node:path";
import { parseHTML } from "linkedom";
import { historyFixture } from "../charts/testing_history.ts";
import type { RunHistory } from "../model/history.ts";
import { renderHistoryPage } from "./history_page.ts";
import { drawnHistory, notDrawn } from "./sections/history_drawn.ts";

const TEMPLATES = resolve(import.meta.dirname!, "../../templates");

/** What these tests ask of a page; linkedom's own types assume those of a browser. */
interface Page {
  querySelector(selector: string): { readonly textContent: string } | null;
  querySelectorAll(
    selector: string,
  ): Iterable<{ readonly id: string; getAttribute(name: string): string | null }> & {
    readonly length: number;
  };
}

async function page(history: RunHistory = historyFixture()): Promise<{ html: string; document: Page }> {
  const linkOf = (runId: string) => runId.endsWith("0011") ? `../../${runId}/index.html` : null;
  const html = await renderHistoryPage({ history, linkOf }, TEMPLATES);
  return { html, document: (parseHTML(html) as unknown as { document: Page }).document };
}

const textOf = (element: { readonly textContent: string } | null) =>
  element!.textContent.replaceAll(/\s+/g, " ");

/** Of a history only its newest runs, without what is known of changes. */
function fewRuns(count: number): RunHistory {
  const history = historyFixture();
  const [newest] = history.stretches;
  const trends = newest!.trends.map((trend) => ({
    ...trend,
    ms: trend.ms.slice(0, count),
    changes: [],
    outside: count > 4 ? [4] : [],
    levels: [{ from: 0, to: count - 1, value: 1, low: null, high: null }],
  }));
  const rates = newest!.rates.map((rate) => ({ ...rate, values: rate.values.slice(0, count) }));
  return {
    ...history,
    stretches: [{ ...newest!, runs: newest!.runs.slice(0, count), trends, rates }],
    elsewhere: 0,
    elsewhereDiffers: [],
    leftOut: 0,
    leftOutRuns: [],
  };
}

Deno.test("page one of a history says what became of the level, from which run on, and what stands apart", async () => {
  const { document } = await page();
  const text = textOf(document.querySelector("header"));
  assert.match(
    text,
    /✗ Slower The level changed last with 20260318-080000-0011 \(“<b>after<\/b>”, 2026-03-18/,
  );
  assert.match(text, /commit b{10}\+\): all arms p50 went from 1\.00 ms to 1\.25 ms\./);
  assert.match(
    text,
    /1 break: .*3 runs not shown: they differ in machine or services \(CPU and Redis\)\..*1 run INVALID or not finished/,
  );
  assert.match(
    text,
    /Slower than before, most first ▲ \S.* p50 from 20260318-080000-0011 .* on: 1\.25× \[p < 0\.001\]/,
  );
  assert.match(text, /Faster than before, most first No significant improvements\./);
});

Deno.test("a history's page names changes, runs with their verdicts and links, and breaks; it needs no network", async () => {
  const { html, document } = await page();
  const ids = [...document.querySelectorAll("main > section")].map((section) => section.id);
  assert.deepEqual(ids, ["overview", "level-changes", "operations", "runs", "breaks", "method"]);
  assert.equal(document.querySelectorAll("#overview figure, #operations figure").length, 2);
  assert.match(
    textOf(document.querySelector("#level-changes")),
    /From 20260318-080000-0011 \(.*\) on .*order-details p95 ?4\.00 ms ?5\.00 ms ?▲ 1\.25× slower ?< 0\.001/,
  );
  const links = [...document.querySelectorAll("#runs a")].map((link) => link.getAttribute("href"));
  assert.deepEqual(links, ["../../20260318-080000-0011/index.html"]);
  const runs = textOf(document.querySelector("#runs"));
  assert.match(runs, /20260320-080000-0013 ?✓ pass.*20260319-080000-0012 ?✗ fail/);
  assert.match(runs, /do not count.*✗ left out.*it is INVALID/);
  assert.match(
    textOf(document.querySelector("#breaks")),
    /\(2 runs\) ?arrivals ?poisson, 100\/s ?poisson, 200\/s/,
  );
  assert.doesNotMatch(html, /NaN|Infinity|undefined|\[object|<b>after/);
  assert.doesNotMatch(html, /(src|href)="(?!#|data:|\.\.\/\.\.\/20260318-080000-0011\/index\.html")/);
});

Deno.test("of a long history the newest runs are drawn with their changes, and the page says so", () => {
  const history = historyFixture();
  const [newest] = history.stretches;
  const runs = Array.from({ length: 9000 }, (_, at) => newest!.runs[at % 12]!);
  const trends = newest!.trends.map((trend) => ({
    ...trend,
    ms: runs.map((_, at) => at),
    changes: [10, 8999].map((at) => ({ ...trend.changes[0]!, at })),
    levels: [[0, 9], [10, 8998], [8999, 8999]].map(([from, to]) => ({
      ...trend.levels[0]!,
      from: from!,
      to: to!,
    })),
  }));
  const long = { ...history, stretches: [{ ...newest!, runs, trends }] };
  const { stretches: [drawn] } = drawnHistory(long);
  const cut = 9000 - drawn!.runs.length;
  const [first] = drawn!.trends;
  assert.ok(cut > 0 && drawn!.runs.length > 100, String(cut));
  assert.deepEqual([first!.ms[0], first!.changes.map(({ at }) => at)], [cut, [8999 - cut]]);
  assert.deepEqual(first!.levels.map(({ from, to }) => [from, to]), [[0, 8998 - cut], [
    8999 - cut,
    8999 - cut,
  ]]);
  assert.match(notDrawn(long)!, /^Figures draw the newest [\d]+ runs of a stretch at most/);
  assert.equal(notDrawn(history), null);
});

Deno.test("of one run, and of a few, a history's page says that they are too few", async () => {
  const one = textOf((await page(fewRuns(1))).document.querySelector("header"));
  assert.match(one, /\? Too few runs Change points need ten runs\. 1 run of the same machine/);
  assert.match(one, /Fewer than ten runs: not judged\./);
  const few = textOf((await page(fewRuns(6))).document.querySelector("header"));
  assert.match(few, /Outside median ± 4 MAD, with low confidence: 20260315-080000-000e/);
});
