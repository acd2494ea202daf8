import assert from "node:assert/strict";
import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunComparison } from "../model/run_comparison.ts";
import { placeStore, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { makeRun } from "../summary/compare/testing.ts";
import { openComparison } from "../summary/compare/open.ts";
import { readConfig } from "../config.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { compareStored } from "./compare_task.ts";
import { UNCONFIRMED } from "./confirm_slower.ts";
import { callTask } from "./testing.ts";

/** A home, a store with two runs, and what asks `compare` about them. */
function withTwoRuns(
  body: (
    place: { db: string; reports: string; ask: (...words: string[]) => ReturnType<typeof callTask> },
  ) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    const db = storeFile(dir);
    await placeStore(db);
    await withStore(db, "write", async (store) => {
      await makeRun(store, { label: "one" });
      await makeRun(store, { label: "other" });
    });
    const reports = join(dir, "reports");
    const env = { BENCHBOOK_HOME: join(dir, "home"), BENCHBOOK_REPORTS: reports };
    const ask = (...words: string[]) => callTask("compare", [...words, "--db", db], env);
    await body({ db, reports, ask });
  });
}

/** A terminal, and what is printed to it. */
function listening(): { terminal: Terminal; said: string[] } {
  const said: string[] = [];
  const progress = Object.assign(() => {}, { note: () => {} });
  return {
    said,
    terminal: {
      live: false,
      width: { columns: 100, prose: 100 },
      print: (text) => void said.push(text),
      step: async (_title, work) => (await work(progress)).value,
    },
  };
}

Deno.test("compare writes page, comparison.json and comment, and says where", () =>
  withTwoRuns(async ({ reports, ask }) => {
    const comment = join(reports, "../comment.md");
    const { code, stdout, stderr } = await ask("one", "other", "--no-pdf", "--json", "--markdown", comment);
    assert.equal(code, 0, stderr);
    const found = JSON.parse(stdout) as RunComparison;
    assert.equal(found.verdict, "inconclusive");
    assert.equal(found.files.html, join(reports, found.id, "index.html"));
    assert.equal(found.files.pdf, null);
    assert.match(readFileSync(found.files.html!, "utf8"), /other against one/);
    assert.match(readFileSync(found.files.markdown!, "utf8"), /\*\*INCONCLUSIVE\*\*/);
    const stored = JSON.parse(
      readFileSync(join(reports, found.id, "comparison.json"), "utf8"),
    ) as RunComparison;
    assert.deepEqual({ ...stored, files: null }, { ...JSON.parse(stdout), files: null });
    // Paths of this machine are not sent along with the page.
    assert.equal(stored.files.html, "index.html");
    assert.match(stderr, /^Report {2}\/.*index\.html$/m);
    // The same once more takes its place.
    assert.equal((await ask("one", "other", "--no-pdf")).code, 0);
  }));

Deno.test("a store that cannot be read is one sentence, and the former page stays", () =>
  withTwoRuns(async ({ db, reports, ask }) => {
    const first = JSON.parse((await ask("one", "other", "--no-pdf", "--json")).stdout) as RunComparison;
    const page = readFileSync(join(reports, first.id, "index.html"), "utf8");
    const whole = readFileSync(db);
    const refused = async (exit: number, said: RegExp) => {
      const { code, stderr } = await ask("one", "other", "--no-pdf");
      assert.equal(code, exit, stderr);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /defect of Benchbook|\n\s+at /);
      assert.equal(readFileSync(join(reports, first.id, "index.html"), "utf8"), page);
    };
    truncateSync(db, 20_000);
    await refused(3, /^error: Cannot (open|use|read) /m);
    writeFileSync(db, "no database at all, but long enough to be one".repeat(100));
    await refused(3, /is not a DuckDB file/);
    writeFileSync(db, whole);
    await withStore(db, "write", (store) => store.run("INSERT INTO schema_version (version) VALUES (999)"));
    await refused(3, /it has version 999/);
  }));

Deno.test("what was found is said although its page cannot be made, and the former one stays", () =>
  withTwoRuns(async ({ db, reports, ask }) => {
    const first = JSON.parse((await ask("one", "other", "--no-pdf", "--json")).stdout) as RunComparison;
    const page = readFileSync(join(reports, first.id, "index.html"), "utf8");
    const root = join(reports, "../edited");
    cpSync(join(readConfig().root, "templates"), join(root, "templates"), { recursive: true });
    writeFileSync(join(root, "templates/compare.hbs"), "{{#if verdict}}");
    const { terminal, said } = listening();
    const comment = join(root, "comment.md");
    const { code, comparison, unwritten } = await compareStored("one", "other", {
      report: true,
      pdf: false,
      ignoreFingerprint: false,
    }, { config: { ...readConfig(), root, reports }, db, terminal, comment, signal: AbortSignal.any([]) });
    assert.equal(code, 0);
    assert.match(unwritten!.message, /^Cannot render templates\/compare\.hbs: Parse error on line 1$/);
    assert.match(said.join("\n"), /INCONCLUSIVE: /);
    assert.deepEqual(comparison.files, { html: null, pdf: null, markdown: comment });
    assert.match(readFileSync(comment, "utf8"), /INCONCLUSIVE/);
    assert.equal(readFileSync(join(reports, first.id, "index.html"), "utf8"), page);
    assert.deepEqual([...Deno.readDirSync(reports)].filter(({ name }) => name.startsWith(".report-")), []);
  }));

Deno.test("what is slower than a stored run is a regression that terminal and comment call unconfirmed", () =>
  withTwoRuns(async ({ db, reports }) => {
    await withStore(db, "write", async (store) => {
      for (let run = 0; run < 5; run++) await makeRun(store, { label: `before ${run}`, slots: 600 });
      await makeRun(store, { label: "after", slots: 600, factor: 3 });
    });
    const { terminal, said } = listening();
    const comment = join(reports, "../comment.md");
    const { code } = await compareStored("before 4", "after", {
      report: false,
      pdf: false,
      ignoreFingerprint: false,
    }, {
      config: readConfig(),
      db,
      terminal,
      comment,
      unconfirmed: UNCONFIRMED,
      signal: AbortSignal.any([]),
    });
    assert.equal(code, 1, said.join("\n"));
    assert.match(said.at(-1)!, /^\nUnconfirmed: a stored run cannot be measured again beside this one, /);
    assert.match(readFileSync(comment, "utf8"), /\*\*REGRESSED\*\*\n\n- Unconfirmed: a stored run .*\n- /);
  }));

Deno.test("an unknown option, run or file is a usage error before anything is made", () =>
  withTwoRuns(async ({ reports, ask }) => {
    const refused = async (said: RegExp, ...words: string[]) => {
      const { code, stderr } = await ask(...words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    };
    await refused(/missing required argument 'candidate'/, "one");
    await refused(/Did you mean "other"/, "one", "othr");
    await refused(/unknown option '--markdwn'/, "one", "other", "--markdwn", "x");
    const theirs = join(reports, "../theirs.md");
    writeFileSync(theirs, "precious");
    await refused(/has not written/, "one", "other", "--markdown", theirs);
    assert.equal(readFileSync(theirs, "utf8"), "precious");
  }));

Deno.test("a notebook compares a run with the newest before it, and says where there is none", () =>
  withTwoRuns(async ({ db }) => {
    const { comparison } = await openComparison({ base: "", run: "latest", db });
    assert.deepEqual([comparison?.base.label, comparison?.candidate.label], ["one", "other"]);
    const none = await openComparison({ base: "", run: "one", db });
    assert.equal(none.comparison, null);
    assert.match(none.why!, /^No earlier run with the same machine/);
    const named = await openComparison({ base: "other", run: "one", db });
    assert.equal(named.comparison?.base.label, "other");
  }));
