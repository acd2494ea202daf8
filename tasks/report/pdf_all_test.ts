import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { printPdf } from "./pdf.ts";
import { printedPages } from "./testing_pdf.ts";
import { readPdf } from "./toc.ts";

const CSS = new URL("../../templates/report.css", import.meta.url);
const CONTENTS = `<p>What decides</p><nav class="contents"><p>Contents</p></nav>`;
const block = (rem: number, text: string) =>
  `<div style="height: ${rem}rem; break-inside: avoid">${text}</div>`;

/** A page of the report's style is printed. */
function printed(body: string, use: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const config = { ...readConfig(), home: join(dir, "home"), reports: dir };
    placeBrowser(config.home);
    const css = await Deno.readTextFile(CSS);
    const html =
      `<!doctype html><html lang="en"><title>A page</title><style>${css}</style><body>${body}</html>`;
    const browser = await launchBrowser(config);
    try {
      const render = () => Promise.resolve(html);
      await use(await printPdf(browser, { render, paper: "A4", file: join(dir, "print.html") }));
    } finally {
      await browser.close();
    }
  });
}

Deno.test("what would leave a page largely empty is printed smaller, until it does not", () =>
  // 70 rem are a page: the second block fits behind the first one only when both are smaller.
  printed(`${CONTENTS}${block(20, "one")}${block(51, "two")}<p>end</p>`, async (bytes) => {
    const { filled } = await readPdf(bytes);
    assert.equal(filled.length, 2, filled.join());
  }));

Deno.test("a head of a table with one row at the end of a page is found", () =>
  printed(
    `${CONTENTS}${block(60, "one")}<table style="line-height: 4rem"><caption>Rows</caption>` +
      `<thead><tr><th>Head</th></tr></thead><tbody style="break-inside: auto">` +
      [1, 2, 3].map((row) => `<tr style="break-after: auto !important"><td>row ${row}</td></tr>`).join("") +
      `</tbody></table>`,
    async (bytes) => {
      assert.deepEqual((await printedPages(bytes)).map(({ lonelyHead }) => lonelyHead), [
        null,
        "Rows Head row 1",
        null,
      ]);
    },
  ));
