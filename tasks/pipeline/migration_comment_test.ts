import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { refuseOthersFile, writeComment } from "./migration_comment.ts";

Deno.test("a summary for a pull request is written over one of its kind alone", () =>
  withTempDir((dir) => {
    const path = join(dir, "comment.md");
    refuseOthersFile(path);
    for (const ours of ["", "### Migration `lock-queue`: naive **FAIL**\n"]) {
      writeFileSync(path, ours);
      refuseOthersFile(path);
    }
    writeFileSync(path, "# My README\n");
    assert.throws(
      () => refuseOthersFile(path),
      (error) => error instanceof UsageError && error.exitCode === 2,
    );
    // It may have come there while a run went on.
    assert.throws(() => writeComment(path, []), /there is a file that Benchbook has not written/);
    assert.equal(readFileSync(path, "utf8"), "# My README\n");
    mkdirSync(join(dir, "folder"));
    assert.throws(() => refuseOthersFile(join(dir, "folder")), UsageError);
    assert.throws(
      () => refuseOthersFile(join(dir, "none", "comment.md")),
      (error) => error instanceof UsageError && /there is no folder .*none$/.test(error.message),
    );
    return Promise.resolve();
  }));
