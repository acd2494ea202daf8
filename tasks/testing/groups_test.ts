import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withTempHome } from "../stack/testing.ts";
import { grouped } from "./groups.ts";

/** Files that keep to themselves, and those that do not, by a call of their own or of a module of tests. */
const QUIET = ["a/1_test.ts", "a/2_test.ts", "a/deep/3_test.ts", "a/4_test.ts", "a/5_test.ts", "a/6_test.ts"];
const APART: Readonly<Record<string, string>> = {
  "a/program_test.ts": 'new Deno.Command("true");',
  "a/thread_test.ts": "new Worker(url);",
  "a/signal_test.ts": "process.kill(1);",
  "a/server_test.ts": "await withPostgres(use);",
  "a/picture_test.ts": "await t.assertSnapshot(text);",
  "a/by_another_test.ts": 'import { start } from "../b/testing_start.ts";',
  "a/days_all_test.ts": "",
};
const MODULES: Readonly<Record<string, string>> = {
  "b/testing_start.ts": 'import { more } from "./testing_more.ts";',
  "b/testing_more.ts": "await withStack(use);",
  // What the tested code itself does is its own matter.
  "b/code.ts": 'new Deno.Command("true");',
  "stack/testing.ts": "new Deno.Command(`sh`);",
};
const BESIDE = ["b/code_test.ts", "b/database_test.ts"];

Deno.test("files of a folder share a process, up to eight, where none of them starts anything", () =>
  withTempHome((home) => {
    const texts = {
      ...Object.fromEntries(QUIET.map((name) => [name, ""])),
      ...APART,
      ...MODULES,
      "b/code_test.ts": 'import "./code.ts";',
      "b/database_test.ts": 'import { withDatabase } from "../stack/testing.ts"; await withDatabase(use);',
    };
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    }
    const groups = (names: readonly string[]) =>
      grouped(home, names.map((name) => join(home, name))).map((group) =>
        group.map((file) => file.slice(home.length + 1))
      );
    const apart = Object.keys(APART);
    assert.deepEqual(groups([QUIET[0]!, ...apart, ...QUIET.slice(1), ...BESIDE]), [
      QUIET,
      ...apart.map((name) => [name]),
      BESIDE,
    ]);
    assert.deepEqual(groups([...QUIET, ...QUIET]).map(({ length }) => length), [6, 6]);
    return Promise.resolve();
  }));
