import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { planClean } from "./clean.ts";
import { historyFolder, historyFolders, historyName } from "./history_folder.ts";
import { withTempHome } from "./testing.ts";

function write(folder: string, files: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

const ours = (scenario: string) => ({ "history.json": JSON.stringify({ scenario }), "index.html": "" });

Deno.test("the name of a scenario, whatever a store says, names a folder inside that of histories", () => {
  assert.equal(historyName("access-paths"), "history/access-paths");
  for (const name of ["", "..", "../x", "a/b", ".hidden", "é", "a\nb", "x".repeat(300)]) {
    assert.match(historyName(name), /^history\/scenario-[0-9a-f]{16}$/);
  }
});

Deno.test("a history is written over its own earlier page, and over nothing else", () =>
  withTempHome((reports) => {
    const free = historyFolder(reports, "shop");
    assert.equal(free, join(reports, "history/shop"));
    write(free, { "notes.txt": "the user's" });
    assert.throws(() => historyFolder(reports, "shop"), UsageError);
    write(free, ours("shop"));
    assert.equal(historyFolder(reports, "shop"), free);
    write(join(reports, "history/other"), ours("shop"));
    assert.throws(() => historyFolder(reports, "other"), UsageError);
    assert.deepEqual(historyFolders(reports), ["history/shop"]);
    const elsewhere = join(reports, "reports");
    write(elsewhere, { history: "a file of the user's" });
    assert.throws(() => historyFolder(elsewhere, "shop"), UsageError);
    assert.deepEqual(historyFolders(elsewhere), []);
    return Promise.resolve();
  }));

Deno.test("clean removes histories, and leaves what else lies beside them", () =>
  withTempHome((dir) => {
    const reports = join(dir, "reports");
    write(join(reports, "history/shop"), ours("shop"));
    write(join(reports, "history/mixed"), { ...ours("mixed"), "notes.txt": "" });
    write(join(reports, "history/.report-ab12"), { "index.html": "" });
    write(join(reports, "history/mine"), { "index.html": "" });
    const targets = planClean({ home: join(dir, "home"), reports }).map(({ path, what }) => [
      path.slice(reports.length + 1),
      what,
    ]);
    assert.deepEqual(targets, [
      ["history/mixed/history.json", "history of a scenario"],
      ["history/mixed/index.html", "history of a scenario"],
      ["history/shop", "history of a scenario"],
      ["history/.report-ab12", "part of a report, left by a kill"],
    ]);
    assert.ok(existsSync(join(reports, "history/mine")));
    return Promise.resolve();
  }));
