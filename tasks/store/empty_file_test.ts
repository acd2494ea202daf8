import assert from "node:assert/strict";
import { join } from "node:path";
import { fillEmpty } from "./empty_file.ts";
import { sleep } from "../net/sleep.ts";

Deno.test("an empty file that another process is filling is left to it", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "benchbook-empty-" });
  try {
    const file = join(dir, "store.duckdb");
    Deno.writeTextFileSync(file, "");
    using other = Deno.openSync(file, { read: true, write: true });
    other.lockSync(true);
    const filled = fillEmpty(file);
    // Longer than it takes to make an empty database beside it; were it less, nothing would fail wrongly.
    await sleep(500);
    assert.equal(other.statSync().size, 0);
    other.writeSync(new TextEncoder().encode("theirs"));
    other.unlockSync();
    await filled;
    assert.equal(Deno.readTextFileSync(file), "theirs");
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
