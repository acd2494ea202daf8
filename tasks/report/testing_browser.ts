import assert from "node:assert/strict";
import axe from "axe-core";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer";
import { BROWSER_MS } from "../stack/browser.ts";

/** What a reader gets: the page as a file, in a browser without scripts and without a network. */
export async function openOffline(browser: Browser, file: string, scheme: "light" | "dark"): Promise<Opened> {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setOfflineMode(true);
  await showIn(page, scheme);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(pathToFileURL(file).href, { waitUntil: "load", timeout: BROWSER_MS });
  return { page, requests, complaints };
}

function showIn(page: Page, scheme: "light" | "dark"): Promise<void> {
  return page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
}

export interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** Axe's rules about colours: nothing else differs when dark. */
export const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/**
 * Violations as readable lines; axe is brought in from outside, since the page's own policy forbids scripts.
 * @param rules which alone; absent: all of them
 */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ resultTypes: ["violations"], ...rules && { runOnly: rules } });
  const result = await page.evaluate(`axe.run(document, ${options})`) as axe.AxeResults;
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)
  );
}

/** Checks what any page must hold: no other file, nothing that assistive technology stumbles over, and nothing cut. */
export async function checkPage(
  t: Deno.TestContext,
  browser: Browser,
  name: string,
  file: string,
): Promise<void> {
  const { page, requests, complaints } = await openOffline(browser, file, "light");
  for (const scheme of ["light", "dark"] as const) {
    await t.step(`the ${name} asks for no other file and has no axe violation when ${scheme}`, async () => {
      await page.setJavaScriptEnabled(false);
      await showIn(page, scheme);
      assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [pathToFileURL(file).href]);
      assert.deepEqual(complaints, []);
      await page.setJavaScriptEnabled(true);
      assert.deepEqual(await violations(page, scheme === "dark" ? OF_COLOURS : undefined), []);
    });
  }
  await showIn(page, "light");
  for (const width of [320, 390, 1280]) {
    await t.step(`nothing of the ${name} overflows ${width} px, and every chart can be read`, async () => {
      await page.setViewport({ width, height: 800 });
      await page.evaluate(`(${unfolded})()`);
      assert.deepEqual(await page.evaluate(`(${overflows})()`), []);
      assert.deepEqual(await page.evaluate(`(${unreadable})()`), []);
    });
  }
  await page.close();
}

/** In the page: folded tables are opened. What scrolls knows it two frames later. */
const unfolded = `async () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}`;

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
      if (!scroller.matches("[aria-label], [aria-labelledby], pre")) found.push(name + " has no name");
      const title = scroller.closest(".bb-figure")?.querySelector(".bb-title");
      const hinted = title && getComputedStyle(title, "::after").display === "block";
      const shaded = getComputedStyle(scroller).backgroundAttachment.includes("local");
      const told = parseFloat(getComputedStyle(scroller, "::before").height) > 10;
      if (scroller.matches("figure") ? !hinted : !(shaded && told) && !scroller.matches("pre")) {
        found.push(name + " does not say that it scrolls");
      }
    } else if (parseFloat(getComputedStyle(scroller, "::before").height) > 10) {
      found.push(name + " says that it scrolls, and does not");
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
