import assert from "node:assert/strict";
import { join } from "node:path";
import { siteRows, writeSite } from "./site.ts";
import { exampleRun, exampleSummary } from "./testing.ts";

const templates = join(import.meta.dirname!, "..", "..", "templates");

function stored(directory: string, day: number, changes: Record<string, unknown> = {}) {
  const run = { ...exampleRun(), runId: directory, startedAt: new Date(Date.UTC(2026, 2, day)), ...changes };
  return { ...JSON.parse(JSON.stringify(exampleSummary({ run }))), directory };
}

Deno.test("runs are listed newest first, with a trend from the second run of a scenario on", () => {
  const rows = siteRows([stored("b", 2), stored("c", 3, { scenario: "other" }), stored("a", 1)]);
  assert.deepEqual(rows.map(({ runId }) => runId), ["c", "b", "a"]);
  assert.deepEqual(rows.map(({ trend }) => trend !== ""), [false, true, false]);
});

Deno.test("links in the list are relative", () => {
  assert.deepEqual(siteRows([stored("a", 1)]).map(({ href }) => href), ["a/index.html"]);
});

Deno.test("an interrupted run is listed as such whatever its verdict", () => {
  assert.equal(siteRows([stored("a", 1, { status: "interrupted" })])[0]!.verdict, "✗ interrupted");
});

Deno.test("the list leaves out what is no report and still lists the rest", async () => {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-site-" });
  try {
    for (const [name, text] of [["good", JSON.stringify(stored("good", 1))], ["bad", "{"], ["other", "{}"]]) {
      await Deno.mkdir(join(reports, name!));
      await Deno.writeTextFile(join(reports, name!, "summary.json"), text!);
    }
    await Deno.mkdir(join(reports, "empty"));
    const html = await Deno.readTextFile(await writeSite(reports, templates));
    assert.deepEqual([...html.matchAll(/<a href="([^"]+)"/g)].map((match) => match[1]), ["good/index.html"]);
    assert.match(html, /1 run, newest first/);
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});
