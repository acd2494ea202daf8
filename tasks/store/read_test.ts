import assert from "node:assert/strict";
import { ServiceError, UsageError } from "../model/errors.ts";
import { openRun } from "./read.ts";
import { insertRun } from "./runs.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";
import { whileHeld } from "./testing_hold.ts";

Deno.test("an idle reader holds no lock: another process writes between two of its queries", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", (store) => insertRun(store, bareRun("R1")));
    const reader = await openRun("latest", { db: file, waitMs: 200 });
    assert.equal(reader.run.runId, "R1");
    assert.deepEqual(await reader.rows("SELECT $run AS run, 1 AS one"), [{ run: "R1", one: 1 }]);
    await whileHeld(file, "write", async ({ release }) => {
      await assert.rejects(reader.rows("SELECT 1"), ServiceError);
      await release();
      assert.deepEqual(await reader.rows("slots"), []);
    });
  }));

Deno.test("every analysis of queries/analysis runs on a run without rows", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", (store) => insertRun(store, bareRun("R1")));
    const reader = await openRun("R1", { db: file });
    const folder = new URL("../../queries/analysis/", import.meta.url);
    const names = [...Deno.readDirSync(folder)].filter((entry) => entry.isFile).map(({ name }) => name);
    assert.ok(names.includes("timeline.sql"));
    for (const name of names) assert.ok(Array.isArray(await reader.rows(name.replace(/\.sql$/, ""))), name);
  }));

Deno.test("a run that does not exist and a missing store are usage errors", () =>
  withTempDir(async (dir) => {
    await assert.rejects(openRun("latest", { db: storeFile(dir) }), UsageError);
    await withStore(storeFile(dir), "write", (store) => insertRun(store, bareRun("R1")));
    await assert.rejects(openRun("nothing", { db: storeFile(dir) }), UsageError);
  }));
