import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readConfig } from "../config.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { EVERYTHING } from "../testing/hostile.ts";
import { HOSTILE_PAGES } from "./testing_hostile.ts";

Deno.test("in a real browser no text from outside runs, asks for anything, or stands out of the page", (t) =>
  withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: dir };
    placeBrowser(config.home);
    const browser = await launchBrowser(config);
    try {
      for (const [name, render] of Object.entries(HOSTILE_PAGES)) {
        await t.step(name, async () => {
          const file = join(dir, `${name}.html`);
          // Without what keeps scripts out and requests in, were there any.
          const html = (await render(EVERYTHING)).replace(
            /<meta http-equiv="Content-Security-Policy"[^>]*>/,
            "",
          );
          Deno.writeTextFileSync(file, html);
          const page = await browser.newPage();
          const asked: string[] = [];
          page.on("request", (request) => void asked.push(request.url()));
          page.on("dialog", (dialog) => {
            asked.push(`a dialog: ${dialog.message()}`);
            void dialog.dismiss();
          });
          page.on("console", (message) => void asked.push(`said: ${message.text()}`));
          await page.setViewport({ width: 390, height: 800 });
          await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
          assert.deepEqual(asked.filter((url) => !url.startsWith("data:")), [pathToFileURL(file).href]);
          assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
          await page.close();
        });
      }
    } finally {
      await browser.close();
    }
  }));
