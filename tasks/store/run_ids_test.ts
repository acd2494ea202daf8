import assert from "node:assert/strict";
import { loadSpool } from "./load.ts";
import { createSpool } from "./spool.ts";
import { SpoolError } from "./spool_error.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

Deno.test("a spool whose run has an id that is none is not loaded, and can be set aside", async () => {
  await withTempDir(async (dir) => {
    for (const runId of ["sample", "a b", "x.y", "é", "a\u202eb", "\x1b[2J", "a\nb"]) {
      const spool = createSpool(dir, bareRun(runId), { pid: 1, startedAt: "x" });
      spool.close();
      await withStore(storeFile(dir), "write", async (store) => {
        await assert.rejects(
          loadSpool(store, spool.dir),
          (error) => error instanceof SpoolError && error.message.includes("is not a run id"),
        );
        assert.deepEqual(await store.rows("SELECT * FROM run"), []);
      });
    }
  });
});
