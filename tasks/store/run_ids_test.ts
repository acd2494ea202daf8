import assert from "node:assert/strict";
import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import { loadSpool } from "./load.ts";
import { createSpool } from "./spool.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

Deno.test("a spool whose run has an id that would lead elsewhere is not loaded", async () => {
  await withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), { pid: 1, startedAt: "x" });
    spool.close();
    for (const runId of ["..", "a/b", "", "a\0b", "sample", 5, null]) {
      Deno.writeTextFileSync(join(spool.dir, "run.json"), JSON.stringify({ ...bareRun("R1"), runId }));
      await withStore(storeFile(dir), "write", async (store) => {
        await assert.rejects(
          loadSpool(store, spool.dir),
          (error) => error instanceof ServiceError && error.message.includes("is no id of a run"),
        );
        assert.deepEqual(await store.rows("SELECT * FROM run"), []);
      });
    }
  });
});
