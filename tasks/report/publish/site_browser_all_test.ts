import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../config.ts";
import { BROWSER_MS, launchBrowser } from "../../stack/browser.ts";
import { placeBrowser } from "../../stack/testing.ts";
import { withTempDir } from "../../store/testing.ts";
import { EVERYTHING } from "../../testing/hostile.ts";
import { checkPage } from "../testing_browser.ts";
import { FEED } from "./feed.ts";
import { publishPages, storedPages } from "./publish.ts";
import { claimSite } from "./site_folder.ts";
import { makeReports } from "./testing_site.ts";

Deno.test("a published site, in a real browser", (t) =>
  withTempDir(async (dir) => {
    const [reports, place] = [join(dir, "reports"), join(dir, "site")];
    const config = {
      ...readConfig(),
      home: join(dir, "home"),
      reports,
      root: resolve(import.meta.dirname!, "../../.."),
    };
    const runs = await makeReports(reports, [
      { label: "nightly one", slots: 240, run: { verdict: "pass" } },
      { label: "nightly two", slots: 240 },
      { label: EVERYTHING, slots: 240, run: { scenario: "other" } },
    ]);
    using site = claimSite(place, []);
    const listed = await storedPages(config, new Set(runs));
    await publishPages(site, { listed, histories: [] }, { config, title: "Of a test", url: null });
    placeBrowser(config.home);
    const browser = await launchBrowser(config);
    try {
      await checkPage(t, browser, "list of a site", join(place, "index.html"));
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(pathToFileURL(join(place, "index.html")).href, { timeout: BROWSER_MS });
      const shown = () => page.$$eval(".runs tbody tr:not([hidden])", (rows) => rows.length);

      await t.step("words and filters leave the runs that have them", async () => {
        assert.equal(await shown(), 3);
        await page.type(".find input", "Nightly");
        assert.equal(await shown(), 2);
        await page.type(".find input", " two");
        assert.equal(await shown(), 1);
        assert.equal(await page.$eval(".find output", (output) => output.textContent), "1 of 3");
        await page.$eval(".find input", (input) => {
          (input as unknown as { value: string }).value = "";
        });
        await page.select(".find label:last-of-type select", "other");
        assert.equal(await shown(), 1);
      });

      await t.step("the feed is XML to a browser too, with an item each", async () => {
        const text = await Deno.readTextFile(join(place, FEED));
        const read = await page.evaluate(`{
          const feed = new DOMParser().parseFromString(${JSON.stringify(text)}, "application/xml");
          [feed.querySelectorAll("parsererror").length, feed.querySelectorAll("channel > item > title + link + guid").length]
        }`);
        assert.deepEqual(read, [0, runs.length]);
      });
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
    }
  }));
