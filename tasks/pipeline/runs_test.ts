import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { makeReport } from "../report/report.ts";
import { historyFixture } from "../charts/testing_history.ts";
import { writeSite } from "../report/site.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { openStore } from "../store/open.ts";
import { deleteRun, insertRun, listRuns } from "../store/runs.ts";
import { keepSearch } from "../store/searches.ts";
import { bareRun } from "../store/testing.ts";
import { testConfig, withTempHome } from "../stack/testing.ts";
import { displayWidth, isPrintable } from "../terminal/safe_text.ts";
import { listStoredRuns, removeRun } from "./runs.ts";

const ID = "20260301-140500-ab12";
const EVIL = [
  "",
  ".",
  "..",
  "../x",
  "../precious",
  "a/b",
  "/etc/x",
  "C:\\x",
  "a\nb",
  "\x1b[2Jx",
  "a\u202eb",
  "é",
  "sample",
];

function write(path: string, content = "x"): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

Deno.test("ids of a store that would lead elsewhere are never a path: listed apart, not removed, not rendered", () =>
  withTempHome(async (home) => {
    const config = { ...await testConfig(home), reports: join(home, "work", "reports") };
    const db = join(home, "runs.duckdb");
    const environment = { dataset: { name: "d", scale: "s" }, services: [] } as never;
    const store = await openStore(db, { mode: "write" });
    for (const id of [...EVIL, "a\0b"]) {
      await insertRun(store, bareRun(id, { environment, label: `of ${id}` }));
    }
    await insertRun(store, bareRun(ID, { environment, label: `\x1b[31m${"x".repeat(10_000)}` }));
    store.close();
    write(join(home, "work", "precious", "file"));
    write(join(config.reports, "a", "b", "file"));
    write(join(config.reports, "sample", "summary.json"), '{"run":{"runId":"sample"}}');

    const listed = await listStoredRuns(db);
    assert.match(listed, /Left out, since Benchbook gives no such ids: ".*", …\.$/);
    for (const line of listed.split("\n")) {
      assert.ok(isPrintable(line));
      assert.ok(displayWidth(line) < 200, `${displayWidth(line)} columns`);
    }
    for (const reference of [...EVIL, "of ..", "of ../precious"]) {
      await assert.rejects(removeRun(config, db, reference), UsageError);
      await assert.rejects(makeReport({ config, db, runRef: reference, pdf: false }), UsageError);
    }
    assert.match(await removeRun(config, db, "latest"), new RegExp(`^Removed run ${ID}`));
    assert.deepEqual(readdirSync(config.reports).sort(), ["a", "sample"]);
    assert.ok(existsSync(join(home, "work", "precious", "file")));
  }));

Deno.test("a run whose report is somebody else's folder is removed from the store only, and says so", () =>
  withTempHome(async (home) => {
    const config = await testConfig(home);
    const db = join(home, "runs.duckdb");
    const store = await openStore(db, { mode: "write" });
    await insertRun(store, bareRun(ID));
    await insertRun(store, bareRun("R2"));
    store.close();
    write(join(config.reports, ID, "thesis.tex"));
    assert.match(await removeRun(config, db, ID), /Left .* alone: it is not a report of Benchbook's\.$/);
    assert.ok(existsSync(join(config.reports, ID, "thesis.tex")));
    assert.match(await removeRun(config, db, "R2"), /It had no report\.$/);
    const after = await openStore(db, { mode: "write" });
    assert.deepEqual(await listRuns(after), []);
    await deleteRun(after, ID);
    after.close();
  }));

Deno.test("a search is one line of the list unless its probes are asked for, and goes with them and their reports", () =>
  withTempHome(async (home) => {
    const config = await testConfig(home);
    const db = join(home, "runs.duckdb");
    const found = exampleSearch();
    const { id } = found.search;
    const environment = { dataset: { name: "d", scale: "s" }, services: [] } as never;
    const store = await openStore(db, { mode: "write" });
    const probes = ["20260314-090101-0001", "20260314-090102-0002"];
    for (const probe of probes) {
      await insertRun(store, bareRun(probe, { environment, searchId: id, label: `find-rate ${id} 600/s` }));
    }
    await insertRun(store, bareRun(ID, { environment }));
    const owner = { pid: 1, startedAt: "then" };
    await keepSearch(store, { found, status: "complete", verdict: "pass", endedAt: new Date(), owner });
    store.close();
    const listed = await listStoredRuns(db);
    assert.match(listed, new RegExp(`${id} +nightly +access-paths \\(find-rate\\)`));
    assert.match(listed, /sql 1,200–1,253\/s, sql\+cache ≥ 4,800\/s/);
    for (const probe of probes) {
      assert(!listed.includes(probe));
      assert((await listStoredRuns(db, { probes: true })).includes(probe));
    }
    write(join(config.reports, id, "search.json"), JSON.stringify(found));
    write(join(config.reports, probes[0]!, "summary.json"), JSON.stringify({ run: { runId: probes[0] } }));
    write(join(config.reports, probes[1]!, "summary.json"), JSON.stringify({ run: { runId: probes[1] } }));
    write(join(config.reports, probes[1]!, "notes.txt"));
    const index = await writeSite(config);
    assert.match(Deno.readTextFileSync(index), new RegExp(`href="${id}/index.html"`));
    assert.equal(
      await removeRun(config, db, "nightly"),
      `Removed search ${id} (nightly) with its 2 runs and its report. Left in ${
        join(config.reports, probes[1]!)
      }, as they are not Benchbook's: notes.txt.`,
    );
    assert.deepEqual(readdirSync(config.reports).sort(), [probes[1], "index.html"]);
    assert.doesNotMatch(Deno.readTextFileSync(index), new RegExp(id));
    assert.equal((await listStoredRuns(db, { probes: true })).includes(ID), true);
    await assert.rejects(removeRun(config, db, id), UsageError);
  }));

Deno.test("a bench that is removed takes no other run's rows or report along, whatever names it", () =>
  withTempHome(async (home) => {
    const config = await testConfig(home);
    const db = join(home, "runs.duckdb");
    const other = "20260301-150000-cd34";
    const environment = { dataset: { name: "d", scale: "s" }, services: [] } as never;
    const store = await openStore(db, { mode: "write" });
    await insertRun(store, bareRun(ID, { environment }));
    await insertRun(store, bareRun(other, { environment, searchId: ID }));
    store.close();
    for (const id of [ID, other]) {
      write(join(config.reports, id, "summary.json"), JSON.stringify({ run: { runId: id } }));
    }
    assert.equal(await removeRun(config, db, ID), `Removed run ${ID} and its report.`);
    assert.deepEqual(readdirSync(config.reports), [other]);
    assert.deepEqual(readdirSync(join(config.reports, other)), ["summary.json"]);
    assert.match(await listStoredRuns(db), new RegExp(other));
  }));

Deno.test("a search is removed also where a run of it has an id that would lead elsewhere", () =>
  withTempHome(async (home) => {
    const config = { ...await testConfig(home), reports: join(home, "work", "reports") };
    const db = join(home, "runs.duckdb");
    const store = await openStore(db, { mode: "write" });
    await insertRun(store, bareRun(ID, { kind: "find-rate" }));
    for (const id of EVIL) await insertRun(store, bareRun(id, { searchId: ID }));
    store.close();
    write(join(home, "work", "precious", "summary.json"), '{"run":{"runId":"../precious"}}');
    write(join(config.reports, "sample", "summary.json"), '{"run":{"runId":"sample"}}');
    assert.match(
      await removeRun(config, db, ID),
      new RegExp(`^Removed search ${ID} with its ${EVIL.length} runs`),
    );
    assert.ok(existsSync(join(home, "work", "precious", "summary.json")));
    assert.ok(existsSync(join(config.reports, "sample", "summary.json")));
  }));

Deno.test("the page of a history leads no more to a run that is removed, and still to the others", () =>
  withTempHome(async (home) => {
    const config = await testConfig(home);
    const db = join(home, "runs.duckdb");
    const other = "20260301-150000-cd34";
    const environment = { dataset: { name: "d", scale: "s" }, services: [] } as never;
    const store = await openStore(db, { mode: "write" });
    for (const id of [ID, other]) {
      await insertRun(store, bareRun(id, { environment }));
      write(join(config.reports, id, "summary.json"), JSON.stringify({ run: { runId: id } }));
      write(join(config.reports, id, "index.html"));
    }
    store.close();
    const { renderHistoryPage } = await import("../report/history_page.ts");
    const history = historyFixture();
    const [first, second] = history.stretches[0]!.runs;
    const named = { [first!.runId]: ID, [second!.runId]: other };
    const linkOf = (id: string) => id in named ? `../../${named[id]}/index.html` : null;
    const page = join(config.reports, "history", history.scenario, "index.html");
    write(page, await renderHistoryPage({ history, linkOf }, join(config.root, "templates")));
    write(join(page, "../history.json"), JSON.stringify(history));
    const links = () =>
      [...Deno.readTextFileSync(page).matchAll(/href="\.\.\/\.\.\/(.*?)\//g)].map(([, id]) => id);
    const rows = () => Deno.readTextFileSync(page).match(/<th scope="row">/g)!.length;
    const before = rows();
    assert.deepEqual(links().sort(), [ID, other].sort());
    await removeRun(config, db, ID);
    assert.deepEqual(links(), [other]);
    assert.equal(rows(), before);
  }));
