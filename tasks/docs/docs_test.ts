import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { freshPages, pageNames } from "./pages.ts";
import { sections } from "./sections.ts";

const root = resolve(import.meta.dirname!, "../..");
const text = (page: string) => Deno.readTextFileSync(join(root, page));

Deno.test("README and docs say what the code says", async () => {
  for (const [page, fresh] of await freshPages(root)) {
    assert.equal(text(page), fresh, `${page} differs from the code: run deno task docs`);
  }
});

Deno.test("every section that is made from the code stands in some page", async () => {
  const all = pageNames(root).map(text).join("\n");
  for (const name of Object.keys(await sections(root))) {
    assert.ok(all.includes(`<!-- from the code: ${name} -->`), `no page has "${name}"`);
  }
});

Deno.test("the README is short, and no line of a page is wider than 120 columns", () => {
  assert.ok(text("README.md").split("\n").length <= 200, "README.md has more than 200 lines");
  for (const page of pageNames(root)) {
    for (const [at, line] of text(page).split("\n").entries()) {
      assert.ok([...line].length <= 120, `${page}:${at + 1} has ${[...line].length} columns`);
    }
  }
});

Deno.test("every link leads to a file that is there, and to a heading in it", () => {
  let links = 0;
  for (const page of pageNames(root)) {
    for (const [, link] of text(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [path, heading] = link!.split("#") as [string, string?];
      const file = path === "" ? page : join(dirname(page), path);
      Deno.statSync(join(root, file));
      if (heading !== undefined) assert.ok(headings(text(file)).includes(heading), `${page}: ${link}`);
      links++;
    }
  }
  assert.ok(links > 25, `${links} links`);
});

Deno.test("the README leads to every page", () => {
  for (const page of pageNames(root).slice(1)) assert.ok(text("README.md").includes(`](${page})`), page);
});

/** As they stand in links. */
function headings(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-")
  );
}
