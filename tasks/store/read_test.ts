import assert from "node:assert/strict";
import { ServiceError, UsageError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import { writePrepared } from "./prepared.ts";
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

Deno.test("what was read of a run is not read again, but for another run and with other parameters it is", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", async (store) => {
      for (const id of ["R1", "R2"]) await insertRun(store, bareRun(id));
    });
    const { run } = await openRun("R1", { db: file });
    const prepared = `${dir}/prepared`;
    const rows = { slots: [{ at: new Date(0), ms: Infinity, none: null }] };
    writePrepared(prepared, { run, summary: { run } as Partial<RunSummary> as RunSummary, rows });
    const reader = await openRun("R1", { db: file, prepared });
    assert.deepEqual([reader.run, reader.summary, reader.db], [run, { run }, file]);
    assert.deepEqual(await reader.rows("slots"), rows.slots);
    assert.deepEqual(await reader.rows("slots", {}), []);
    assert.deepEqual(await reader.rows("errors"), []);
    assert.deepEqual(await reader.rows("SELECT $run AS run"), [{ run: "R1" }]);
    const other = await openRun("R2", { db: file, prepared });
    assert.deepEqual([other.run.runId, other.summary, await other.rows("slots")], ["R2", undefined, []]);
  }));
