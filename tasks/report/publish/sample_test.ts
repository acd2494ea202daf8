import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { brokenLinks } from "./testing_links.ts";

const sample = resolve(import.meta.dirname!, "../../../reports/sample");

Deno.test("the sample site says that it is one, has a regression that was found, and small files", () => {
  const site = join(sample, "site");
  assert.deepEqual(brokenLinks(site), []);
  const index = readFileSync(join(site, "index.html"), "utf8");
  assert.match(index, /<h1>Sample: /);
  assert.match(index, />✗ regressed</);
  for (const name of readdirSync(sample, { recursive: true, encoding: "utf8" })) {
    assert.ok(statSync(join(sample, name)).size < 2_000_000, name);
  }
});
