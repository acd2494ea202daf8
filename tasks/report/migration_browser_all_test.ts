import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import { launchBrowser } from "../stack/browser.ts";
import { placeBrowser } from "../stack/testing.ts";
import { makeReport } from "./report.ts";
import { checkPage } from "./testing_browser.ts";
import { storedMigrations } from "./testing_migration.ts";
import { checkPdf } from "./testing_pdf.ts";
import { probedIn } from "./testing_probe_page.ts";
import { readPdf } from "./toc.ts";

const REPORTS = [{
  what: "a migration",
  stored: storedMigrations,
  titles: ["What users felt", "The migration and its users", "Step by step", "Locks"],
}, {
  what: "a probe",
  stored: probedIn,
  titles: ["Pauses", "Errors by code", "Connections lost and regained", "Write ledger"],
}];

for (const { what, stored, titles } of REPORTS) {
  Deno.test(`${what}'s report, in a real browser`, async (t) => {
    const reports = await Deno.makeTempDir({ prefix: "benchbook-report-", dir: memoryFolder() });
    const config = { ...readConfig(), home: join(reports, "home"), reports };
    placeBrowser(config.home);
    try {
      const { db, runId } = await stored(reports);
      const report = await makeReport({ config, db, runRef: runId, pdf: true });
      const browser = await launchBrowser(config);
      try {
        await checkPage(t, browser, "report", report.html);
        await checkPage(t, browser, "list of runs", join(reports, "index.html"));
      } finally {
        await browser.close();
      }
      await t.step(`the PDF has each section of ${what} in its outline`, async () => {
        const bytes = await Deno.readFile(report.pdf!);
        await checkPdf(bytes);
        const { outline } = await readPdf(bytes);
        for (const title of titles) assert.ok(outline.includes(title), outline.join());
      });
    } finally {
      await Deno.remove(reports, { recursive: true });
    }
  });
}
