import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Browser } from "puppeteer";
import { type Config, type Paper, PAPERS, readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import { NotebookError } from "../notebook/run.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { fixtureRun } from "../summary/testing.ts";
import { takenPlans } from "../summary/testing_plans.ts";
import { FIXTURE_QUESTIONS } from "../summary/testing_rows.ts";
import { makeReport, type Report } from "./report.ts";
import { brokenCheckout } from "./testing_broken_checkout.ts";
import { checkPage, OF_COLOURS, openOffline, violations } from "./testing_browser.ts";
import { checkPdf, printedPages } from "./testing_pdf.ts";
import { readPdf } from "./toc.ts";

/** A run's report, and what it was made of and with. */
interface Made {
  readonly report: Report;
  readonly browser: Browser;
  readonly reports: string;
  /** Makes it again, with changes. */
  again(changes: Partial<Config>): Promise<Report>;
}

async function inReport(test: (made: Made) => Promise<void>): Promise<void> {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-report-", dir: memoryFolder() });
  const config = { ...readConfig(), home: join(reports, "home"), reports };
  placeBrowser(config.home);
  try {
    // Of each question's baseline and of its third arm, so that every kind of change is shown.
    const plans = takenPlans(18).flatMap(({ before, after }, question) => [
      { operationId: question, atUs: 0, plan: before },
      { operationId: question + 2 * FIXTURE_QUESTIONS.length, atUs: 0, plan: after },
    ]);
    const { db } = await fixtureRun(reports, { slo: "p95<5ms,errors<1%,hit>80%", rate: 200, plans });
    const again = (changes: Partial<Config>) =>
      makeReport({ config: { ...config, ...changes }, db, runRef: "latest", pdf: true });
    const report = await again({});
    const browser = await launchBrowser(config);
    try {
      await test({ report, browser, reports, again });
    } finally {
      await browser.close();
    }
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
}

Deno.test("a run's report, in a real browser", (t) =>
  inReport(async ({ report, browser, reports, again }) => {
    const pages = { report: report.html, "list of runs": join(reports, "index.html") };
    for (const [name, file] of Object.entries(pages)) await checkPage(t, browser, name, file);

    await t.step("the check for violations finds one that is there", async () => {
      const { page } = await openOffline(browser, join(reports, "index.html"), "dark");
      await page.setJavaScriptEnabled(true);
      await page.evaluate("document.querySelector('h1').style.color = '#333'");
      for (const rules of [undefined, OF_COLOURS]) {
        assert.match((await violations(page, rules)).join(), /^color-contrast: <h1/);
      }
      await page.close();
    });

    await t.step("every place for a figure is filled, and the verdict comes first", async () => {
      const { page } = await openOffline(browser, report.html, "light");
      await page.setJavaScriptEnabled(true);
      const ids = await page.$$eval(
        ".bb-figure",
        (figures) => figures.map((figure) => figure.id),
      ) as string[];
      assert.deepEqual(ids.sort(), [
        "cache-map",
        "cache-states",
        "latency-by-quantile",
        "latency-heatmap",
        "latency-histogram",
        "operations",
        "over-time",
        "ratios",
        "samples",
      ]);
      const text = await page.$eval(".decision .word", (element) => element.textContent);
      assert.equal(text, "✗ Fail");
      await page.close();
    });

    await t.step("the page is small enough to send", async () => {
      assert.ok((await Deno.stat(report.html)).size < 2 * 2 ** 20);
    });

    await t.step("page one holds the whole decision in print, with a remark on the machine too", async () => {
      const { page } = await openOffline(browser, report.html, "light");
      await page.emulateMediaType("print");
      await page.setJavaScriptEnabled(true);
      await page.evaluate(`(() => {
        const remark = document.createElement("ul");
        remark.innerHTML = "<li>" + "Other programs on this machine used 31 % of its CPU time. ".repeat(6) + "</li>";
        document.querySelector(".verdict .why").append(remark);
      })()`);
      for (const paper of PAPERS) {
        const { width, height } = WITHIN[paper];
        await page.setViewport({ width, height });
        const end = await page.evaluate(
          "document.querySelector('.provenance').getBoundingClientRect().bottom",
        );
        assert.ok(Number(end) < height, `${paper}: ${end}`);
      }
      await page.close();
    });

    await t.step("the PDF has an outline, tags, and the page numbers of its sections", async () => {
      const bytes = await Deno.readFile(report.pdf!);
      const pdf = await readPdf(bytes);
      await checkPdf(bytes);
      assert.ok(pdf.pages >= 5, String(pdf.pages));
      assert.ok(pdf.tagged);
      assert.ok(pdf.outline.includes("Method and how to reproduce"), pdf.outline.join());
      assert.equal(pdf.destinations.get("change"), 2);
      const text = (await printedPages(bytes)).map(({ text }) => text);
      for (const [section, title] of Object.entries(TITLES)) {
        assert.ok(text[1]!.includes(`${title} ${pdf.destinations.get(section)} `), text[1]);
        assert.ok(text[pdf.destinations.get(section)! - 1]!.includes(title));
      }
      text.forEach((page, index) => assert.ok(page.includes(`${index + 1} / ${pdf.pages}`)));
    });

    await t.step(
      "the report's files name each other relatively and hold no path of this machine",
      async () => {
        const text = await Deno.readTextFile(report.summary.files.summary!);
        assert.deepEqual(JSON.parse(text).files, {
          html: "index.html",
          pdf: "report.pdf",
          summary: "summary.json",
          store: "../benchbook.duckdb",
        });
        assert.ok(!text.includes(reports));
        assert.ok(!(await Deno.readTextFile(report.html)).includes(reports));
      },
    );

    // What the notebooks have shown for these rows is known by now: none of them runs again, but for the broken one.
    await t.step("a failing cell fails the report by name and leaves the previous one in place", async () => {
      const [root, previous] = [join(reports, "checkout"), await Deno.readTextFile(report.html)];
      await Deno.mkdir(root);
      await brokenCheckout(readConfig().root, root);
      await assert.rejects(
        again({ root }),
        (error: Error) =>
          error instanceof NotebookError && error.place.cell === 13 &&
          /first-look\.ipynb to its end: cell 14, line 1 .*simples/.test(error.message),
      );
      assert.equal(await Deno.readTextFile(report.html), previous);
      assert.deepEqual(namesIn(reports).filter((name) => name.startsWith(".report")), []);
    });

    await t.step("without a browser there is a page and a summary, and no earlier PDF", async () => {
      const without = await again({ chromePath: "/nowhere/chrome" });
      assert.equal(without.pdf, null);
      assert.equal(without.summary.files.pdf, null);
      assert.match(without.warnings.join(), /^PDF not made: .*CHROME_PATH/);
      assert.deepEqual(namesIn(dirname(without.html)), ["index.html", "summary.json"]);
    });
  }));

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Papers within their margins, in CSS pixels: 178 mm by 260 mm, and 184 mm by 242 mm. */
const WITHIN: Readonly<Record<Paper, { width: number; height: number }>> = {
  A4: { width: 673, height: 983 },
  Letter: { width: 695, height: 915 },
};

const TITLES: Readonly<Record<string, string>> = {
  operations: "Every operation",
  validity: "Can the numbers be trusted?",
  method: "Method and how to reproduce",
};
