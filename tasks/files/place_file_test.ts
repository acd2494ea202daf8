import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeFile } from "./place_file.ts";
import { memoryFolder } from "./testing_memory.ts";

for (
  const [where, folder] of [["on the same file system", tmpdir()], [
    "on another one",
    memoryFolder(),
  ]] as const
) {
  Deno.test(`a file is put in its place by a part ${where}, and over no other`, (t) => {
    const [from, to] = [
      mkdtempSync(join(folder, "benchbook-part-")),
      mkdtempSync(join(tmpdir(), "benchbook-")),
    ];
    try {
      const [part, place] = [join(from, "part"), join(to, "place")];
      writeFileSync(part, "ours");
      placeFile(part, place);
      assert.equal(readFileSync(place, "utf8"), "ours");
      assert.ok(!existsSync(part));
      writeFileSync(place, "theirs");
      writeFileSync(part, "ours");
      assert.throws(() => placeFile(part, place), { code: "EEXIST" });
      assert.equal(readFileSync(place, "utf8"), "theirs");
      assert.ok(existsSync(part), t.name);
      assert.equal(statSync(place).nlink, 1);
    } finally {
      for (const folder of [from, to]) rmSync(folder, { recursive: true });
    }
  });
}
