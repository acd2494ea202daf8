import { join, resolve } from "node:path";
import { PAPERS, readConfig } from "../config.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { comparePageView, renderComparePage } from "./compare_page.ts";
import type { Pages } from "./html.ts";
import { printPdf } from "./pdf.ts";
import { checkPage } from "./testing_browser.ts";
import { checkPdf } from "./testing_pdf.ts";

Deno.test("a comparison's page, in a real browser", (t) =>
  withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: dir };
    placeBrowser(config.home);
    const templates = resolve(import.meta.dirname!, "../../templates");
    const file = join(dir, "index.html");
    const view = comparePageView({ comparison: comparisonFixture(), plans: [] });
    Deno.writeTextFileSync(file, await renderComparePage(view, templates));
    const browser = await launchBrowser(config);
    try {
      await checkPage(t, browser, "comparison", file);
      for (const paper of PAPERS) {
        await t.step(`it fills the pages of ${paper}`, async () => {
          const render = (pages?: Pages) => renderComparePage(view, templates, pages);
          await checkPdf(await printPdf(browser, { render, paper, file: join(dir, "print.html") }));
        });
      }
    } finally {
      await browser.close();
    }
  }));
