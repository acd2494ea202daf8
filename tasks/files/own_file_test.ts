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
    // One that was made later and has got the inode of ours.
    const ids = idsOf(path);
    if (ids.birthtimeMs > 0) {
      removeOwn(ownFile(path, { ...ids, birthtimeMs: ids.birthtimeMs - 1 }));
      assert.ok(existsSync(path));
    }
    removeOwn(ownFile(path, ids));
    assert.ok(!existsSync(path));
    removeOwn(own);
    // Where the file system does not tell when a file was made, its inode has to do.
    writeFileSync(path, "ours");
    removeOwn(ownFile(path, { ...idsOf(path), birthtimeMs: 0 }));
    assert.ok(!existsSync(path));
    return Promise.resolve();
  }));

function idsOf(path: string) {
  const { dev, ino, birthtimeMs } = statSync(path);
  return { dev, ino, birthtimeMs };
}
