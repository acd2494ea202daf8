import assert from "node:assert/strict";
import axe from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer";
import { readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { fixtureRun } from "../summary/testing.ts";
import { takenPlans } from "../summary/testing_plans.ts";
import { FIXTURE_QUESTIONS } from "../summary/testing_rows.ts";
import { makeReport, type Report } from "./report.ts";
import { readPdf } from "./toc.ts";

/** What a reader gets: the page as a file, in a browser without scripts and without a network. */
async function openOffline(browser: Browser, file: string, scheme: "light" | "dark"): Promise<Opened> {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setOfflineMode(true);
  await showIn(page, scheme);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  return { page, requests, complaints };
}

function showIn(page: Page, scheme: "light" | "dark"): Promise<void> {
  return page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
}

interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** Violations as readable lines; axe is brought in from outside, since the page's own policy forbids scripts. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })") as axe.AxeResults;
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)
  );
}

async function inReport(
  test: (report: Report, browser: Browser, reports: string) => Promise<void>,
): Promise<void> {
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
    const report = await makeReport({ config, db, runRef: "latest", pdf: true });
    const browser = await launchBrowser(config);
    try {
      await test(report, browser, reports);
    } finally {
      await browser.close();
    }
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
}

Deno.test("a run's report, in a real browser", (t) =>
  inReport(async (report, browser, reports) => {
    const pages = { report: report.html, "list of runs": join(reports, "index.html") };
    for (const [name, file] of Object.entries(pages)) {
      const { page, requests, complaints } = await openOffline(browser, file, "light");
      for (const scheme of ["light", "dark"] as const) {
        await t.step(
          `the ${name} asks for no other file and has no axe violation when ${scheme}`,
          async () => {
            await page.setJavaScriptEnabled(false);
            await showIn(page, scheme);
            assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [pathToFileURL(file).href]);
            assert.deepEqual(complaints, []);
            await page.setJavaScriptEnabled(true);
            assert.deepEqual(await violations(page), []);
          },
        );
      }
      await showIn(page, "light");
      for (const width of [320, 390, 1280]) {
        await t.step(
          `nothing of the ${name} overflows ${width} px, and every chart can be read`,
          async () => {
            await page.setViewport({ width, height: 800 });
            assert.deepEqual(await page.evaluate(`(${overflows})()`), []);
            assert.deepEqual(await page.evaluate(`(${unreadable})()`), []);
          },
        );
      }
      await page.close();
    }

    await t.step("the check for violations finds one that is there", async () => {
      const { page } = await openOffline(browser, join(reports, "index.html"), "dark");
      await page.setJavaScriptEnabled(true);
      await page.evaluate("document.querySelector('h1').style.color = '#333'");
      assert.match((await violations(page)).join(), /^color-contrast: <h1/);
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

    await t.step(
      "the first page holds the whole decision in print, with a remark on the machine too",
      async () => {
        const { page } = await openOffline(browser, report.html, "light");
        await page.emulateMediaType("print");
        // A4 within its margins, in CSS pixels: 178 mm by 260 mm.
        await page.setViewport({ width: 673, height: 983 });
        await page.setJavaScriptEnabled(true);
        const bottom = await page.evaluate(`(() => {
        const remark = document.createElement("ul");
        remark.innerHTML = "<li>" + "Other programs on this machine used 31 % of its CPU time. ".repeat(6) + "</li>";
        document.querySelector(".verdict .why").append(remark);
        return document.querySelector(".provenance").getBoundingClientRect().bottom;
      })()`);
        assert.ok(Number(bottom) < 983, String(bottom));
        await page.close();
      },
    );

    await t.step("the PDF has an outline, tags, and the page numbers of its sections", async () => {
      const pdf = await readPdf(await Deno.readFile(report.pdf!));
      assert.ok(pdf.pages >= 5, String(pdf.pages));
      assert.ok(pdf.tagged);
      assert.ok(pdf.outline.includes("Method and how to reproduce"), pdf.outline.join());
      assert.equal(pdf.destinations.get("change"), 2);
      const text = await pdfText(report.pdf!);
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
  }));

/** In the page: what stands out of it, or is wider than its place and neither scrolls nor says that it does. */
const overflows = `() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  const found = scrollWidth > clientWidth ? ["the page: " + scrollWidth + " of " + clientWidth + " px"] : [];
  for (const element of document.querySelectorAll("figure, table, pre, p, li, dl, h1, h2, h3, caption")) {
    if (element.getClientRects().length === 0 || element.closest(".away")) continue;
    const name = element.tagName.toLowerCase() + " " + element.textContent.trim().slice(0, 40);
    const scroller = element.closest(".bb-scroll, figure, pre");
    if (scroller === null) {
      if (element.getBoundingClientRect().right > clientWidth + 1) found.push(name);
    } else if (scroller.scrollWidth > scroller.clientWidth + 1) {
      if (!["auto", "scroll"].includes(getComputedStyle(scroller).overflowX)) found.push(name + " is cut");
      if (scroller.tabIndex < 0) found.push(name + " cannot be scrolled by keyboard");
      const title = scroller.closest(".bb-figure")?.querySelector(".bb-title");
      const hinted = title && getComputedStyle(title, "::after").display === "block";
      const shaded = getComputedStyle(scroller).backgroundAttachment.includes("local");
      if (scroller.matches("figure") ? !hinted : !shaded && !scroller.matches("pre")) {
        found.push(name + " does not say that it scrolls");
      }
    }
  }
  return found;
}`;

/** In the page: letters of charts that are shown smaller than 11 px. A trend in a table is a picture without any. */
const unreadable = `() => [...document.querySelectorAll("figure svg.bb-plot")].flatMap((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return [...svg.querySelectorAll("text, tspan")].flatMap((text) => {
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    return size < 11 ? [size.toFixed(1) + " px: " + text.textContent.slice(0, 30)] : [];
  });
})`;

const TITLES: Readonly<Record<string, string>> = {
  operations: "Every operation",
  validity: "Can the numbers be trusted?",
  method: "Method and how to reproduce",
};

/** The text of each page, words separated by one space. */
async function pdfText(file: string): Promise<string[]> {
  const { getDocument } = await import("pdfjs-dist/legacy/build/pdf.mjs");
  const task = getDocument({ data: await Deno.readFile(file), verbosity: 0 });
  const pdf = await task.promise;
  const pages: string[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const content = await (await pdf.getPage(number)).getTextContent();
    const words = content.items.map((item) => "str" in item ? `${item.str}${item.hasEOL ? " " : ""}` : "");
    pages.push(words.join("").replace(/\s+/g, " "));
  }
  await task.destroy();
  return pages;
}
