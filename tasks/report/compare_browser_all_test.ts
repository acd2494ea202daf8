import { join, resolve } from "node:path";
import { readConfig } from "../config.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { comparePageView, renderComparePage } from "./compare_page.ts";
import { checkPage } from "./testing_browser.ts";

Deno.test("a comparison's page, in a real browser", (t) =>
  withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: dir };
    placeBrowser(config.home);
    const templates = resolve(import.meta.dirname!, "../../templates");
    const file = join(dir, "index.html");
    Deno.writeTextFileSync(
      file,
      await renderComparePage(comparePageView({ comparison: comparisonFixture(), plans: [] }), templates),
    );
    const browser = await launchBrowser(config);
    try {
      await checkPage(t, browser, "comparison", file);
    } finally {
      await browser.close();
    }
  }));
