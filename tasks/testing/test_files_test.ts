import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { withTempHome } from "../stack/testing.ts";
import { inTurn, testFiles } from "./test_files.ts";

Deno.test("the quick part, what --all adds, and both are found; a named file runs in any part", () =>
  withTempHome((home) => {
    const at = (name: string) => join(home, name);
    mkdirSync(at("a/b"), { recursive: true });
    for (const name of ["a/x.ts", "a/x_test.ts", "a/b/y_test.ts", "a/b/z_all_test.ts", "a/all_test.ts"]) {
      writeFileSync(at(name), "");
    }
    const quick = [at("a/all_test.ts"), at("a/b/y_test.ts"), at("a/x_test.ts")];
    const long = at("a/b/z_all_test.ts");
    const timing = [at("a/x_timing_test.ts"), at("a/x_timing_all_test.ts")];
    const first = [at("stories_x_test.ts"), at("pipeline/x_test.ts")];
    assert.deepEqual(inTurn([...quick, ...timing, ...first.toReversed(), long]), {
      beside: [...first, ...quick, long],
      alone: timing,
    });
    assert.deepEqual(testFiles(home, "quick"), quick);
    assert.deepEqual(testFiles(home, "added"), [long]);
    assert.deepEqual(testFiles(home, "all"), [...quick, long].sort());
    assert.deepEqual(testFiles(home, "quick", [long, at("a/b"), long]), [long, at("a/b/y_test.ts")]);
    for (const none of [at("a/x.ts"), at("nowhere"), at("a/x_tset.ts")]) {
      assert.throws(() => testFiles(home, "all", [none]), UsageError);
    }
    mkdirSync(at("empty"));
    assert.throws(() => testFiles(home, "all", [at("empty")]), /^UsageError: Cannot run any test/);
    return Promise.resolve();
  }));
