import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { historyFixture } from "../charts/testing_history.ts";
import type { RunHistory } from "../model/history.ts";
import { PAPERS, readConfig } from "../config.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { comparePageView, renderComparePage } from "./compare_page.ts";
import { ratePageView, renderRatePage } from "./find_rate_page.ts";
import { renderHistoryPage } from "./history_page.ts";
import type { Pages } from "./html.ts";
import { printPdf } from "./pdf.ts";
import { checkPage } from "./testing_browser.ts";
import { exampleSearch } from "./testing_find_rate.ts";
import { checkPdf, printedPages } from "./testing_pdf.ts";

const TEMPLATES = resolve(import.meta.dirname!, "../../templates");

Deno.test("the pages of a comparison, of a history and of a search for a rate, in a real browser", (t) =>
  withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: dir };
    placeBrowser(config.home);
    const comparison = comparePageView({ comparison: comparisonFixture(), plans: [] });
    const history = { history: historyFixture(), linkOf: () => null };
    const rendered = {
      comparison: (pages?: Pages) => renderComparePage(comparison, TEMPLATES, pages),
      history: (pages?: Pages) => renderHistoryPage(history, TEMPLATES, pages),
      search: (pages?: Pages) => renderRatePage(ratePageView(exampleSearch()), TEMPLATES, pages),
    };
    const browser = await launchBrowser(config);
    try {
      for (const [name, render] of Object.entries(rendered)) {
        const file = join(dir, `${name}.html`);
        Deno.writeTextFileSync(file, await render());
        await checkPage(t, browser, name, file);
      }
      await t.step("on a narrow screen a history is seen from its newest run on", async () => {
        const page = await browser.newPage();
        await page.setViewport({ width: 390, height: 800 });
        await page.goto(pathToFileURL(join(dir, "history.html")).href, { waitUntil: "load" });
        const [wide, right, overflow] = await page.evaluate(`(() => {
          const figure = document.querySelector(".bb-newest");
          const drawing = figure.querySelector("svg").getBoundingClientRect();
          const shown = figure.getBoundingClientRect();
          return [drawing.width > shown.width, Math.abs(drawing.right - shown.right), document.documentElement.scrollWidth];
        })()`) as [boolean, number, number];
        assert.ok(wide && right < 2 && overflow === 390, `${wide} ${right} ${overflow}`);
        await page.close();
      });
      const render = rendered.comparison;
      for (const paper of PAPERS) {
        await t.step(`the comparison fills the pages of ${paper}`, async () => {
          await checkPdf(await printPdf(browser, { render, paper, file: join(dir, "print.html") }));
        });
      }
      await t.step("figures of a history's operations are not cut by a page", async () => {
        const many = { history: withOperations(4), linkOf: () => null };
        const bytes = await printPdf(browser, {
          render: (pages?: Pages) => renderHistoryPage(many, TEMPLATES, pages),
          paper: "A4",
          file: join(dir, "print.html"),
        });
        const pages = (await printedPages(bytes)).map(({ text }) => text);
        const titles = pages.map((text) => [...text.matchAll(/figure-\d(?! ?p\d)/g)].length);
        const captions = pages.map((text) => [...text.matchAll(/p50 solid and p95 dashed/g)].length);
        assert.equal(titles.reduce((sum, own) => sum + own, 0), 4);
        assert.deepEqual(captions, titles);
      });
    } finally {
      await browser.close();
    }
  }));

/** A history of so many operations, each as the example's. */
function withOperations(count: number): RunHistory {
  const history = historyFixture();
  const copies = <T extends { readonly operation: string | null }>(all: readonly T[]): T[] =>
    all.flatMap((each) =>
      each.operation === null
        ? [each]
        : Array.from({ length: count }, (_, at) => ({ ...each, operation: `figure-${at + 1}` }))
    );
  return {
    ...history,
    stretches: history.stretches.map((stretch) => ({
      ...stretch,
      trends: copies(stretch.trends),
      rates: copies(stretch.rates),
    })),
  };
}
