import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";
import { isAlive, self } from "../stack/process.ts";
import { migrate, storeMigrations } from "./migrations.ts";
import type { Store } from "./open.ts";
import { deleteRun, insertRun, listRuns, probesOf, withoutProbes } from "./runs.ts";
import { endLeftSearches } from "./searches.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

const BENCH = "20260301-140000-0001";
const PROBE = "20260301-140100-0002";
const SEARCH = "20260301-140200-0003";

const inStore = (body: (store: Store) => Promise<void>) =>
  withTempDir((dir) => withStore(storeFile(dir), "write", body));

async function insertSearch(store: Store, runId: string, owner?: string): Promise<void> {
  await insertRun(store, bareRun(runId, { kind: "find-rate" }));
  if (owner === undefined) return;
  await store.run("INSERT INTO rate_search VALUES ($run, $owner, '{}')", { run: runId, owner });
}

const idsOf = (runs: readonly { readonly runId: string }[]) => runs.map(({ runId }) => runId).sort();

Deno.test("an owner that is none keeps no search alive, and ends no start", () =>
  inStore(async (store) => {
    const torn = [
      "null",
      "{}",
      "5",
      "[]",
      '"x"',
      '{"pid":"x"}',
      '{"pid":0,"startedAt":"x"}',
      '{"pid":1}',
      "NaN",
    ];
    for (const [at, owner] of torn.entries()) await insertSearch(store, `S${at}`, owner);
    await insertSearch(store, "ALIVE", JSON.stringify(self()));
    assert.deepEqual((await endLeftSearches(store, isAlive)).sort(), torn.map((_, at) => `S${at}`));
    assert.deepEqual(await endLeftSearches(store, isAlive), []);
    const running = (await listRuns(store)).filter(({ status }) => status === "running");
    assert.deepEqual(idsOf(running), ["ALIVE"]);
  }));

Deno.test("who is not identified is not alive", () => {
  for (const odd of [{}, { pid: "x" }, { pid: -1 }, 5, []]) assert.equal(isAlive(odd as never), false);
});

Deno.test("only runs of a search are its probes: others stay when what they name is removed, and are listed", () =>
  inStore(async (store) => {
    await insertRun(store, bareRun(BENCH));
    await insertRun(store, bareRun(PROBE, { searchId: BENCH }));
    await insertRun(store, bareRun("OWN", { searchId: "OWN" }));
    await insertRun(store, bareRun("NONE", { searchId: "x\nLine two" }));
    await insertSearch(store, SEARCH);
    await store.run("UPDATE run SET search_id = $id WHERE run_id = $id", { id: SEARCH });
    await insertRun(store, bareRun("P1", { searchId: SEARCH }));
    const shown = async () => idsOf(withoutProbes(await listRuns(store)));
    assert.deepEqual(await shown(), [BENCH, PROBE, SEARCH, "NONE", "OWN"].sort());
    assert.deepEqual(await probesOf(store, BENCH), { ids: [], areItsOwn: true });
    assert.deepEqual(await probesOf(store, "OWN"), { ids: [], areItsOwn: true });
    assert.deepEqual(await probesOf(store, SEARCH), { ids: ["P1"], areItsOwn: true });
    await deleteRun(store, BENCH);
    // It names nothing now, which the next start would make a search of.
    assert.deepEqual(await endLeftSearches(store, isAlive), [SEARCH]);
    assert.deepEqual(await shown(), [PROBE, SEARCH, "NONE", "OWN"].sort());
    await deleteRun(store, SEARCH);
    assert.deepEqual(idsOf(await listRuns(store)), [PROBE, "NONE", "OWN"].sort());
  }));

Deno.test("a bench has its own slots, and none of a run that names it", () =>
  inStore(async (store) => {
    await insertRun(store, bareRun(BENCH));
    await insertRun(store, bareRun(PROBE, { searchId: BENCH }));
    await store.run(
      `INSERT INTO timing VALUES ('${PROBE}', 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 'ok', NULL, NULL, 7, 8, NULL, NULL, NULL)`,
    );
    const slots = (await listRuns(store)).map(({ runId, slots }) => [runId, slots]);
    assert.deepEqual(Object.fromEntries(slots), { [BENCH]: 0, [PROBE]: 1 });
  }));

Deno.test("no search is made, or told of, by a name that Benchbook gives none", () =>
  inStore(async (store) => {
    const names = ["x\nLine two", "../x", "sample", "", "S1", `${SEARCH}\n`, `x${SEARCH}`];
    for (const [at, searchId] of names.entries()) await insertRun(store, bareRun(`R${at}`, { searchId }));
    await insertSearch(store, "y\nLine two");
    await insertRun(store, bareRun("PROBE", { searchId: SEARCH }));
    assert.deepEqual(await endLeftSearches(store, isAlive), [SEARCH]);
    assert.equal((await store.rows("SELECT 1 FROM run")).length, names.length + 3);
  }));

Deno.test("a label that names a bench, or its own run, makes no search of that when a store is brought forward", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const before = storeMigrations().filter(({ version }) => version <= 2);
    await migrate({ run: (sql) => connection.run(sql), version: () => Promise.resolve(0) }, before);
    for (const [id, named] of [[BENCH, BENCH], [PROBE, BENCH], ["R1", SEARCH]]) {
      await connection.run(
        `INSERT INTO run VALUES ('${id}', 'find-rate ${named} 600/s', 'bench', 'access-paths',
        '2026-03-01 15:00:00', '2026-03-01 15:00:30', 'complete', NULL, 1, '{}', '{}', NULL)`,
      );
    }
    connection.closeSync();
    instance.closeSync();
    await withStore(file, "write", async (store) => {
      const runs = await listRuns(store);
      assert.deepEqual(runs.filter(({ searchId }) => searchId !== null).map(({ runId }) => runId), ["R1"]);
      assert.deepEqual(idsOf(withoutProbes(runs)), [BENCH, PROBE, SEARCH].sort());
      assert.deepEqual(await store.rows("SELECT run_id FROM rate_search"), [{ run_id: SEARCH }]);
    });
  }));
