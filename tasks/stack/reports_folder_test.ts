import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ServiceError, UsageError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import {
  isOurIndex,
  leftInFolder,
  prepareReports,
  refuseForeignIndex,
  removeReport,
  reportFolder,
  reportFolders,
} from "./reports_folder.ts";
import { withTempHome } from "./testing.ts";

const ID = "20260301-140500-ab12";
const summary = (id: string) => JSON.stringify({ schema: 1, run: { runId: id } });
const search = (id: string) => JSON.stringify({ schema: 1, search: { id } });
const OURS = "<!doctype html><title>Benchbook: all runs</title>";

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** An id as a hostile or broken store may hold it. */
export const NO_IDS = [
  "",
  ".",
  "..",
  "../x",
  "a/b",
  "/etc",
  "a\\b",
  "C:\\x",
  "a\0b",
  "a\nb",
  "\x1b[2J",
  ".hidden",
  "-rf",
  "é",
  "a\u202eb",
  "\u200b",
  "sample",
  "x".repeat(65),
];

Deno.test("ids of runs are letters, digits and dashes; nothing else becomes a path", () => {
  for (const id of [ID, "20260301-140500-k3x9", "R1", "run_1"]) assert.ok(isRunId(id), id);
  for (const id of [...NO_IDS, null, undefined, 5, {}, [ID]]) assert.ok(!isRunId(id), String(id));
  for (const id of NO_IDS) {
    assert.throws(() => reportFolder("/nowhere", id), UsageError);
    assert.throws(() => removeReport("/nowhere", id), UsageError);
  }
});

Deno.test("a report takes its place again, and never that of something else", () =>
  withTempHome((reports) => {
    assert.equal(reportFolder(reports, ID), join(reports, ID));
    write(join(reports, ID, "summary.json"), summary(ID));
    assert.equal(reportFolder(reports, ID), join(reports, ID));
    for (
      const [id, file, text] of [["a", "thesis.tex", "x"], ["b", "summary.json", summary(ID)], [
        "c",
        "summary.json",
        "{",
      ]]
    ) {
      write(join(reports, id!, file!), text!);
      assert.throws(() => reportFolder(reports, id!), /what lies there is not the report of/);
      assert.equal(removeReport(reports, id!), null);
      assert.ok(existsSync(join(reports, id!, file!)));
    }
    write(join(reports, "d"), "a file");
    assert.throws(() => reportFolder(reports, "d"), UsageError);
    assert.equal(removeReport(reports, "d"), null);
    return Promise.resolve();
  }));

Deno.test("a report is removed, a link in its place without what it leads to", () =>
  withTempHome((home) => {
    const reports = join(home, "reports");
    write(join(reports, ID, "summary.json"), summary(ID));
    write(join(home, "elsewhere", "precious"), "x");
    symlinkSync(join(home, "elsewhere"), join(reports, "linked"));
    assert.equal(removeReport(reports, ID), true);
    assert.equal(removeReport(reports, ID), false);
    assert.equal(removeReport(reports, "linked"), true);
    assert.deepEqual(readdirSync(reports), []);
    assert.equal(readFileSync(join(home, "elsewhere", "precious"), "utf8"), "x");
    return Promise.resolve();
  }));

Deno.test("what lies beside a report stays when it is removed, and is named", () =>
  withTempHome((reports) => {
    write(join(reports, ID, "summary.json"), summary(ID));
    write(join(reports, ID, "index.html"), "");
    write(join(reports, ID, "notes.md"), "mine");
    write(join(reports, ID, "print.html", "mine.txt"), "mine");
    assert.equal(removeReport(reports, ID), true);
    assert.deepEqual(readdirSync(join(reports, ID)).sort(), ["notes.md", "print.html"]);
    assert.deepEqual(leftInFolder(reports, ID), ["notes.md", "print.html"]);
    return Promise.resolve();
  }));

Deno.test("reports are those folders that say so themselves", () =>
  withTempHome((reports) => {
    write(join(reports, ID, "summary.json"), summary(ID));
    write(join(reports, "s1", "search.json"), search("s1"));
    write(join(reports, "sample", "summary.json"), summary("sample"));
    write(join(reports, "other", "summary.json"), summary(ID));
    write(join(reports, "notes", "a.txt"), "");
    symlinkSync(join(reports, ID), join(reports, "link"));
    assert.deepEqual(reportFolders(reports), [ID, "s1"].sort());
    assert.deepEqual(reportFolders(join(reports, "nowhere")), []);
    return Promise.resolve();
  }));

Deno.test("a page of the user's in the place of the list of runs is refused and kept", () =>
  withTempHome((reports) => {
    const index = join(reports, "index.html");
    refuseForeignIndex(reports);
    assert.equal(isOurIndex(reports), false);
    for (const page of ["<h1>My home page</h1>", ""]) {
      write(index, page);
      assert.throws(() => prepareReports(reports), /a page lies there that is not Benchbook's/);
      assert.equal(readFileSync(index, "utf8"), page);
    }
    write(index, OURS);
    prepareReports(reports);
    assert.ok(isOurIndex(reports));
    return Promise.resolve();
  }));

Deno.test("a reports folder that cannot be used is a sentence, and nothing is left in it", () =>
  withTempHome((home) => {
    const reports = join(home, "new", "reports");
    prepareReports(reports);
    assert.deepEqual(readdirSync(reports), []);
    assert.throws(
      () => prepareReports(reports, 1e18),
      (error) => error instanceof ServiceError && /MB are free there/.test(error.message),
    );
    write(join(home, "file"), "");
    assert.throws(
      () => prepareReports(join(home, "file")),
      (error) =>
        error instanceof ServiceError && error.exitCode === 3 && /BENCHBOOK_REPORTS/.test(error.next!),
    );
    assert.ok(lstatSync(join(home, "file")).isFile());
    return Promise.resolve();
  }));
