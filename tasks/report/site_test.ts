import assert from "node:assert/strict";
import { join } from "node:path";
import { writeSite } from "./site.ts";
import { type KeptPages, keptPages, keptText } from "./kept_pages.ts";
import { listedRun, listedSearch } from "./site_pages.ts";
import { siteRows } from "./site_rows.ts";
import { readReports } from "./site_summaries.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { exampleSearch } from "./testing_find_rate.ts";
import { exampleRun, exampleSummary } from "./testing.ts";

/** The places of a list: what is kept lies beside the reports. */
function placesOf(reports: string) {
  return { root: join(import.meta.dirname!, "../.."), reports, home: join(reports, "home") };
}

/** The list of a reports folder as it is written. */
async function listOf(reports: string): Promise<string> {
  return await Deno.readTextFile(await writeSite(placesOf(reports)));
}

function stored(directory: string, day: number, changes: Record<string, unknown> = {}) {
  const run = { ...exampleRun(), runId: directory, startedAt: new Date(Date.UTC(2026, 2, day)), ...changes };
  return { ...JSON.parse(JSON.stringify(exampleSummary({ run }))), directory };
}

const rowsOf = (...runs: ReturnType<typeof stored>[]) => siteRows(runs.map(listedRun));

Deno.test("runs are listed newest first, with a trend from the second run of a scenario on", () => {
  const rows = rowsOf(stored("b", 2), stored("c", 3, { scenario: "other" }), stored("a", 1));
  assert.deepEqual(rows.map(({ runId }) => runId), ["c", "b", "a"]);
  assert.deepEqual(rows.map(({ trend }) => trend !== ""), [false, true, false]);
});

Deno.test("a trend holds only runs of one load on one machine that counted", () => {
  const run = exampleRun();
  const rate = { config: { ...run.config, ratePerSecond: 900 } };
  const closed = { config: { ...run.config, loop: "closed", concurrency: 8 } };
  const machine = { environment: { ...run.environment, cpu: "another" } };
  const server = { ...run.environment.services[0]!, origin: "user", address: "db.example:5432" };
  const servers = { environment: { ...run.environment, services: [server] } };
  const dataset = { ...run.environment.dataset, scale: "medium" };
  const scale = { environment: { ...run.environment, dataset } };
  const other = (changes: Record<string, unknown>) =>
    rowsOf(stored("a", 1), stored("b", 2, changes)).map(({ trendText }) => trendText)[0]!;
  assert.match(other({}), /^p95 of the last 2 runs/);
  for (const changes of [rate, closed, machine, servers, scale]) {
    assert.match(other(changes), /^the first run of this scenario/);
  }
  for (const changes of [{ status: "interrupted" }, { status: "crashed" }]) assert.equal(other(changes), "");
  const invalid = { ...stored("b", 2), verdict: "invalid" };
  assert.equal(rowsOf(stored("a", 1), invalid)[0]!.trendText, "");
  assert.match(rowsOf(stored("a", 1), invalid, stored("c", 3))[0]!.trendText, /last 2 runs/);
});

Deno.test("beside a run that failed stands what it missed, and numbers of an INVALID run are struck", async () => {
  const reasons = ["graphql misses p95 < 200 ms: 424 ms"];
  const runs = [{ ...stored("a", 1), verdict: "fail", reasons }, {
    ...stored("b", 2),
    verdict: "invalid",
    reasons,
  }];
  const [invalid, failed] = rowsOf(...runs);
  assert.deepEqual([failed!.remark, failed!.struck], [reasons[0], false]);
  assert.deepEqual([invalid!.remark, invalid!.struck], ["", true]);
  const reports = await Deno.makeTempDir();
  try {
    for (const run of runs) {
      await Deno.mkdir(join(reports, run.directory));
      await Deno.writeTextFile(join(reports, run.directory, "summary.json"), JSON.stringify(run));
      await Deno.writeTextFile(join(reports, run.directory, "index.html"), "");
    }
    assert.equal(
      (await listOf(reports)).match(/<span class="away">invalid: <\/span><s>\d[^<]*<\/s>/g)!.length,
      1,
    );
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});

Deno.test("links in the list are relative", () => {
  assert.deepEqual(rowsOf(stored("a", 1)).map(({ href }) => href), ["a/index.html"]);
});

Deno.test("an interrupted run is listed as such whatever its verdict", () => {
  assert.equal(rowsOf(stored("a", 1, { status: "interrupted" }))[0]!.verdict, "✗ interrupted");
});

Deno.test("the list leaves out what is no report and still lists the rest", async () => {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-site-" });
  try {
    for (const [name, text] of [["good", JSON.stringify(stored("good", 1))], ["bad", "{"], ["other", "{}"]]) {
      await Deno.mkdir(join(reports, name!));
      await Deno.writeTextFile(join(reports, name!, "summary.json"), text!);
    }
    await Deno.mkdir(join(reports, "empty"));
    const html = await listOf(reports);
    assert.deepEqual([...html.matchAll(/<a href="([^"]+)"/g)].map((match) => match[1]), ["good/index.html"]);
    assert.match(html, /1 run, newest first/);
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});

Deno.test("a search is one line of the list, with what each path holds", async () => {
  const found = exampleSearch();
  const rows = siteRows([listedRun(stored("a", 13)), listedRun(stored("b", 15)), listedSearch(found)]);
  assert.deepEqual(rows.map(({ runId }) => runId), ["b", found.search.id, "a"]);
  const { verdict, scenario, label, requests } = rows[1]!;
  assert.equal(verdict, "sql 1,200–1,253/s, sql+cache ≥ 4,800/s");
  assert.deepEqual([scenario, label], ["access-paths (find-rate)", "nightly"]);
  assert.match(requests, /^\d+,\d+/);
  const reports = await Deno.makeTempDir({ prefix: "benchbook-site-" });
  try {
    const torn = JSON.stringify({ ...found, search: { ...found.search, startedAt: "never" } });
    for (
      const [name, text] of [[found.search.id, JSON.stringify(found)], ["other", JSON.stringify(found)], [
        "torn",
        torn,
      ]]
    ) {
      await Deno.mkdir(join(reports, name!));
      await Deno.writeTextFile(join(reports, name!, "search.json"), text!);
    }
    const html = await listOf(reports);
    assert.deepEqual(
      [...html.matchAll(/<a href="([^"]+)"/g)].map((match) => match[1]),
      [`${found.search.id}/index.html`],
    );
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});

Deno.test("the list has a column of trends only where some kind has a second run, and counts measured requests", async () => {
  const listed = async (directories: readonly string[]) => {
    const reports = await Deno.makeTempDir({ prefix: "benchbook-site-" });
    try {
      for (const [index, directory] of directories.entries()) {
        await Deno.mkdir(join(reports, directory));
        const text = JSON.stringify(stored(directory, index + 1));
        await Deno.writeTextFile(join(reports, directory, "summary.json"), text);
      }
      return await listOf(reports);
    } finally {
      await Deno.remove(reports, { recursive: true });
    }
  };
  const ids = ["20260301-140500-aaaa", "20260302-140500-bbbb"];
  const one = await listed(ids.slice(0, 1));
  assert.doesNotMatch(one, /p95 so far|class="trend"/);
  assert.match(one, />Measured requests</);
  assert.match(one, />1 run, newest first\.</);
  assert.match(await listed(ids), />p95 so far<.*class="trend"/s);
});

Deno.test("a comparison is a line with its verdict; a file that is none, or another folder's, is left out", async () => {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-site-" });
  const put = async (folder: string, comparison: unknown) => {
    await Deno.mkdir(join(reports, folder));
    await Deno.writeTextFile(join(reports, folder, "comparison.json"), JSON.stringify(comparison));
  };
  try {
    const found = comparisonFixture();
    await put(found.id, { ...found, scenario: "<b>access-paths</b>" });
    await put("compare-another", found);
    await put("compare-torn", { id: "compare-torn", scenario: "x", base: { id: "a", runs: [] } });
    await put("compare-null", null);
    const html = await listOf(reports);
    assert.deepEqual([...html.matchAll(/<a href="([^"]+)"/g)].map((match) => match[1]), [
      `${found.id}/index.html`,
    ]);
    assert.match(html, />0 runs and 1 comparison, newest first\.</);
    assert.match(
      html,
      /after against before<[\s\S]*<span class="bad">✗ regressed<[\s\S]*&lt;b&gt;access-paths&lt;\/b&gt; \(compare\)/,
    );
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});

Deno.test("what the list shows of a page is kept, and read again where the page changed, went or came", async () => {
  const reports = await Deno.makeTempDir({ prefix: "benchbook-site-" });
  const [first, second] = ["20260301-140500-aaaa", "20260302-140500-bbbb"];
  const put = async (directory: string, label: string) => {
    const file = join(reports, directory, "summary.json");
    await Deno.mkdir(join(reports, directory), { recursive: true });
    await Deno.writeTextFile(file, JSON.stringify(stored(directory, 1, { label })));
    return file;
  };
  const kept = () => Deno.readTextFile([...Deno.readDirSync(lists)].map(({ name }) => join(lists, name))[0]!);
  const lists = join(reports, "home/lists");
  try {
    const file = await put(first, "one");
    assert.match(await listOf(reports), />one</);
    assert.match(await kept(), /^[0-9a-f]{64}\n/);
    // So soon after a change another could leave the same time.
    const soon: KeptPages = new Map();
    await readReports(reports, soon, (await Deno.stat(file)).ctime!.getTime() + 1000);
    assert.equal(soon.size, 0);
    const settled = Date.now() + 10_000;
    const pages: KeptPages = new Map();
    const labels = async () =>
      (await readReports(reports, pages, settled)).map(({ row }) => row.label).sort();
    await Deno.utime(file, 1e9, 1e9);
    assert.deepEqual(await labels(), ["one"]);
    const { state, page } = pages.get(first)!;
    // It is not read a second time.
    pages.set(first, { state, page: { ...page, row: { ...page.row, label: "known" } } });
    assert.deepEqual(await labels(), ["known"]);
    // As long as before; then another file with the former one's time.
    await put(first, "two");
    assert.deepEqual(await labels(), ["two"]);
    await Deno.writeTextFile(`${file}.new`, (await Deno.readTextFile(file)).replace("two", "six"));
    const { atime, mtime } = await Deno.stat(file);
    await Deno.utime(`${file}.new`, atime!, mtime!);
    await Deno.rename(`${file}.new`, file);
    assert.deepEqual(await labels(), ["six"]);
    await put(second, "more");
    assert.deepEqual(await labels(), ["more", "six"]);
    await Deno.writeTextFile(join(reports, first, "comparison.json"), JSON.stringify(comparisonFixture()));
    assert.deepEqual(await labels(), ["more", "six"]);
    await Deno.remove(join(reports, first), { recursive: true });
    assert.deepEqual(await labels(), ["more"]);
    const text = keptText("code", pages);
    assert.deepEqual(keptPages("code", text), pages);
    for (const other of [text.replace("more", "MORE"), text.slice(0, -9), "", "{}\nnull"]) {
      assert.equal(keptPages("code", other).size, 0);
    }
    assert.equal(keptPages("other code", text).size, 0);
  } finally {
    await Deno.remove(reports, { recursive: true });
  }
});
