import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readConfig } from "../config.ts";
import { BROWSER_MS, launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { EVERYTHING, HOSTILE } from "../testing/hostile.ts";
import { printAt } from "./pdf.ts";
import { HOSTILE_PAGES } from "./testing_hostile.ts";
import { besidePages, printedPages } from "./testing_pdf.ts";

/** What a printer could take for more than text, on pages of each kind that is printed: all of both takes a minute. */
const FOR_PRINT = HOSTILE.filter(([what]) => /script|link|turned|nothing|tags|zero|halves/.test(what)).map((
  [, text],
) => text).join(" ");

const PRINTED = ["probe", "comparison", "history"];

/** A letter that no font of this machine has is read as U+0000. */
const UNSEEN = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[^\P{Cc}\n\t\0]/u;

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
          await page.goto(pathToFileURL(file).href, { waitUntil: "load", timeout: BROWSER_MS });
          assert.deepEqual(asked.filter((url) => !url.startsWith("data:")), [pathToFileURL(file).href]);
          assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
          await page.close();
        });
      }
    } finally {
      await browser.close();
    }
  }));

Deno.test("printed, no text from outside is a link, a script or a file of the PDF, or says what nobody sees", (t) =>
  withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: dir };
    placeBrowser(config.home);
    const browser = await launchBrowser(config);
    try {
      for (const name of PRINTED) {
        await t.step(name, async () => {
          const render = HOSTILE_PAGES[name]!;
          const page = await browser.newPage();
          await page.setJavaScriptEnabled(false);
          const print = async (text: string) =>
            await printAt(page, await render(text), {
              file: join(dir, "print.html"),
              paper: "A4",
              whole: true,
            });
          const bytes = await print(FOR_PRINT);
          const { urls, active, titles } = await besidePages(bytes);
          assert.deepEqual(new Set(urls), new Set((await besidePages(await print("x"))).urls));
          assert.deepEqual(active, []);
          const texts = (await printedPages(bytes)).map(({ text }) => text);
          assert.match(texts.join(""), /alert\(1\)/);
          for (const text of [...texts, ...titles]) assert.doesNotMatch(text, UNSEEN);
        });
      }
    } finally {
      await browser.close();
    }
  }));
