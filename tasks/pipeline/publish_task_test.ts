import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeReports } from "../report/publish/testing_site.ts";
import { brokenLinks } from "../report/publish/testing_links.ts";
import { withTempDir } from "../store/testing.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { callTask } from "./testing.ts";

const HOSTILE = `<script>alert(1)</script>"'&amp;]]>\u202e\u001b[31m${"x".repeat(10_000)}`;

/** Three runs with pages, and what asks `publish` about them. */
function withReports(
  body: (place: {
    dir: string;
    reports: string;
    runs: string[];
    ask: (...words: string[]) => ReturnType<typeof callTask>;
  }) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    const reports = join(dir, "reports");
    const runs = await makeReports(reports, [
      { label: "one", slots: 240 },
      { label: "other", slots: 240 },
      { label: HOSTILE, slots: 240, run: { scenario: "other<b>" } },
    ]);
    const env = { BENCHBOOK_HOME: join(dir, "home"), BENCHBOOK_REPORTS: reports };
    await body({ dir, reports, runs, ask: (...words) => callTask("publish", [...words, "--no-pdf"], env) });
  });
}

Deno.test("publish writes a site of all stored runs, and nothing of what is the same", () =>
  withReports(async ({ dir, reports, runs, ask }) => {
    const site = join(dir, "site");
    // What lies in the reports folder beside the store's runs is not all of this store.
    const found = comparisonFixture();
    const [base, candidate] = [{ ...found.base, id: runs[0] }, { ...found.candidate, id: runs[1] }];
    for (
      const [id, comparison] of [["compare-ours", { ...found, base, candidate }], [
        "compare-others",
        found,
      ]] as const
    ) {
      mkdirSync(join(reports, id));
      writeFileSync(join(reports, id, "comparison.json"), JSON.stringify({ ...comparison, id }));
      writeFileSync(join(reports, id, "index.html"), "<h1>A comparison</h1>");
      writeFileSync(join(reports, id, "notes.txt"), "mine");
    }
    const first = await ask(site);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /1 page rendered, 3 unchanged/);
    assert.match(first.stdout, /5 pages: 12 files written, 0 unchanged/);
    assert.deepEqual(
      readdirSync(site).sort(),
      [...runs, "benchbook-site.json", "compare-ours", "feed.xml", "history", "index.html"].sort(),
    );
    assert.deepEqual(readdirSync(join(site, "compare-ours")).sort(), ["comparison.json", "index.html"]);
    assert.deepEqual(brokenLinks(site), []);
    const index = readFileSync(join(site, "index.html"), "utf8");
    assert.equal(index.match(/<script/g)?.length, 1);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(index, /[\u001b\u202e]/);
    assert.ok(index.length < 30_000, `${index.length}`);
    const history = readFileSync(join(site, "history/access-paths/index.html"), "utf8");
    for (const run of runs.slice(0, 2)) assert.ok(history.includes(`href="../../${run}/index.html"`), run);
    assert.match(
      (await ask(site)).stdout,
      /0 pages rendered, 4 unchanged[^]*5 pages: 0 files written, 12 unchanged/,
    );
    const some = await ask(join(dir, "some"), "one", runs[1]!, "--title", "Sample <b>");
    assert.match(some.stdout, /3 pages: 8 files written/);
    assert.ok(!existsSync(join(dir, "some/history")));
    assert.match(readFileSync(join(dir, "some/index.html"), "utf8"), /<h1>Sample &lt;b&gt;<\/h1>/);
    assert.deepEqual(brokenLinks(join(dir, "some")), []);
    const removed = await callTask("runs", ["rm", runs[1]!], {
      BENCHBOOK_HOME: join(dir, "home"),
      BENCHBOOK_REPORTS: reports,
    });
    assert.equal(removed.code, 0, removed.stderr);
    assert.match((await ask(site)).stdout, /2 pages: 2 files written, 4 unchanged, 6 removed/);
    assert.ok(!existsSync(join(site, runs[1]!)) && !existsSync(join(site, "compare-ours")));
    assert.deepEqual(brokenLinks(site), []);
  }));

Deno.test("a history's page is made again by neither task while its runs and their pages stay as they are", () =>
  withReports(async ({ dir, reports, runs, ask }) => {
    const [site, page] = [join(dir, "site"), join(reports, "history/access-paths/index.html")];
    const history = async () => {
      const env = { BENCHBOOK_HOME: join(dir, "home"), BENCHBOOK_REPORTS: reports };
      const ended = await callTask("history", ["access-paths", "--no-pdf"], env);
      assert.equal(ended.code, 0, ended.stderr);
      assert.ok(ended.stdout.includes(`Report  ${page}`), ended.stdout);
      return statSync(page).mtimeMs;
    };
    const first = await history();
    assert.match((await ask(site)).stdout, /0 pages rendered, 4 unchanged/);
    assert.equal(await history(), first);
    // It leads to each run that has a page.
    rmSync(join(reports, runs[0]!), { recursive: true });
    assert.notEqual(await history(), first);
  }));

Deno.test("what cannot be published is one sentence with its exit code, and leaves nothing", () =>
  withReports(async ({ dir, reports, runs, ask }) => {
    const site = join(dir, "site");
    const refused = async (code: number, said: RegExp, ...words: string[]) => {
      const ended = await ask(...words);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, said);
      assert.ok(!existsSync(site));
    };
    for (
      const url of [
        "lab.example",
        "javascript:alert(1)",
        "https://me:secret@lab.example/",
        "https://lab.example/?a",
      ]
    ) {
      await refused(2, /--url.*Write it as https:\/\/host\/path\//, site, "--url", url);
    }
    await refused(2, /^error: Cannot publish into .*: it lies in the reports folder/, join(reports, "site"));
    await refused(2, /^error: Cannot publish into .*: it is the reports folder/, reports);
    await refused(
      2,
      /^error: Cannot publish into .*home\/site: it lies in Benchbook's home/,
      join(dir, "home/site"),
    );
    await refused(2, /^error: .*there are no runs yet/, site, "--db", join(dir, "none.duckdb"));
    writeFileSync(join(dir, "text.duckdb"), "no store");
    writeFileSync(join(dir, "text.duckdb"), "no store");
    await refused(3, /^error: Cannot open .*text\.duckdb/, site, "--db", join(dir, "text.duckdb"));
    // A page that is out of date, and cannot be made anew.
    writeFileSync(join(reports, runs[0]!, "index.html"), "made from something else");
    writeFileSync(join(reports, "index.html"), "mine");
    await refused(2, /a page lies there that is not Benchbook's/, site);
  }));
