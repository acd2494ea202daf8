import assert from "node:assert/strict";
import { ServiceError } from "../model/errors.ts";
import { readConfig } from "../config.ts";
import { findBrowserPlan, launchBrowser } from "./browser.ts";

Deno.test("a browser starts and prints a PDF", async () => {
  const config = readConfig();
  assert.notEqual(await findBrowserPlan(config), "");
  const browser = await launchBrowser(config);
  try {
    const page = await browser.newPage();
    await page.setContent("<h1>One page</h1>");
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(new TextDecoder().decode(pdf.subarray(0, 5)), "%PDF-");
  } finally {
    await browser.close();
  }
});

Deno.test("a browser that is not there is a sentence that names the variable", async () => {
  const config = { ...readConfig(), chromePath: "/no/such/browser" };
  await assert.rejects(
    launchBrowser(config),
    (error) =>
      error instanceof ServiceError && error.message.includes("CHROME_PATH") &&
      error.next!.includes("CHROME_PATH"),
  );
  await assert.rejects(
    launchBrowser({ ...config, chromePath: "/bin/false" }),
    (error) => error instanceof ServiceError && error.message.includes("Cannot start the browser /bin/false"),
  );
});
