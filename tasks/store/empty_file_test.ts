import assert from "node:assert/strict";
import { join } from "node:path";
import { fillEmpty } from "./empty_file.ts";

Deno.test("an empty file that another process is filling is left to it", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "benchbook-empty-" });
  try {
    const file = join(dir, "store.duckdb");
    Deno.writeTextFileSync(file, "");
    using other = Deno.openSync(file, { read: true, write: true });
    other.lockSync(true);
    let waited = 0;
    await fillEmpty(file, () => {
      if (++waited < 3) return Promise.resolve();
      assert.equal(other.statSync().size, 0);
      other.writeSync(new TextEncoder().encode("theirs"));
      other.unlockSync();
      return Promise.resolve();
    });
    assert.equal(waited, 3);
    assert.equal(Deno.readTextFileSync(file), "theirs");
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
