import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import { ownFile, removeOwn } from "./own_file.ts";

Deno.test("a file of our own is removed, and one that somebody has put in its place stays", () =>
  withTempDir((dir) => {
    const [path, theirs] = [join(dir, "a"), join(dir, "b")];
    writeFileSync(path, "ours");
    const own = ownFile(path, statSync(path));
    writeFileSync(theirs, "theirs");
    renameSync(theirs, path);
    removeOwn(own);
    assert.equal(readFileSync(path, "utf8"), "theirs");
    removeOwn(ownFile(path, statSync(path)));
    assert.ok(!existsSync(path));
    removeOwn(own);
    return Promise.resolve();
  }));
