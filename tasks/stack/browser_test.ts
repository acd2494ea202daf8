import assert from "node:assert/strict";
import { ServiceError } from "../model/errors.ts";
import { readConfig } from "../config.ts";
import { findBrowserPlan, launchBrowser } from "./browser.ts";
import { identify, isAlive } from "./process.ts";
import { sleep } from "../net/sleep.ts";

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

Deno.test("a browser ends with the process that it was started by, also with one that is killed", async () => {
  const script = `
    import { readConfig } from ${JSON.stringify(import.meta.resolve("../config.ts"))};
    import { launchBrowser } from ${JSON.stringify(import.meta.resolve("./browser.ts"))};
    const browser = await launchBrowser(readConfig(), { profile: Deno.args[0] });
    console.log(browser.process().pid);
    Deno.kill(Deno.pid, "SIGKILL");`;
  const profile = await Deno.makeTempDir({ prefix: "benchbook-browser-" });
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", script, profile],
      cwd: import.meta.dirname,
      stderr: "null",
    }).output();
    const id = identify(parseInt(new TextDecoder().decode(stdout)));
    // It may have ended already.
    for (let waited = 0; id !== null && isAlive(id) && waited < 60_000; waited += 20) {
      await sleep(20);
    }
    assert.ok(parseInt(new TextDecoder().decode(stdout)) > 0);
    assert.ok(id === null || !isAlive(id));
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
});
