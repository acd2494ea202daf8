import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";
import type { RateSearch } from "../model/rate_search.ts";
import { migrate, storeMigrations } from "./migrations.ts";
import type { Store } from "./open.ts";
import { deleteRun, findRun, insertRun, listRuns, probesOf, withoutProbes } from "./runs.ts";
import { endLeftSearches, keepSearch, type KeptSearch, searchOf } from "./searches.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

const ID = "20260301-140500-ab12";
const OWNER = { pid: 1, startedAt: "then" };
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 14, minute));

function found(label: string | null = "nightly"): RateSearch {
  return {
    schema: 2,
    search: { id: ID, label, startedAt: at(5), seed: 7, slo: "p95<1s" },
    arms: [{
      arm: "sql",
      slo: "p95<1s",
      interval: [100, 110],
      confirmed: true,
      limitedBy: "system",
      probes: [],
    }],
    unavailable: [],
    files: { html: null, pdf: null, store: "/somewhere" },
  } as unknown as RateSearch;
}

const running: KeptSearch = { found: found(), status: "running", verdict: null, endedAt: null, owner: OWNER };

/** Two runs of a search, and one before and after it. */
async function fill(store: Store): Promise<void> {
  const probe = { searchId: ID, endedAt: at(9), status: "complete" } as const;
  await insertRun(store, bareRun("20260301-140000-0001", { label: "before", startedAt: at(0) }));
  await insertRun(
    store,
    bareRun("20260301-140501-0002", { ...probe, label: `find-rate ${ID} 100/s`, startedAt: at(6) }),
  );
  await insertRun(
    store,
    bareRun("20260301-140601-0003", { ...probe, label: `find-rate ${ID} 200/s`, startedAt: at(7) }),
  );
}

async function listed(store: Store) {
  return withoutProbes(await listRuns(store)).map(({ runId, kind, status }) => `${runId} ${kind} ${status}`);
}

const BEFORE = "20260301-140000-0001 bench running";

Deno.test("a search is one entry from its first run on, found by its id, its beginning, its label and latest", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      await keepSearch(store, running);
      assert.deepEqual(await listRuns(store), [], "nothing was measured yet");
      await fill(store);
      await keepSearch(store, running);
      assert.deepEqual(await listed(store), [`${ID} find-rate running`, BEFORE]);
      await keepSearch(store, { ...running, status: "complete", verdict: "pass", endedAt: at(9) });
      assert.deepEqual(await listed(store), [`${ID} find-rate complete`, BEFORE]);
      const runs = await listRuns(store);
      const id = (reference: string) => findRun(runs, reference).runId;
      for (const reference of [ID, "20260301-1405", "nightly", "latest"]) assert.equal(id(reference), ID);
      assert.equal(id("latest~1"), "20260301-140000-0001");
      assert.throws(() => id("latest~2"), /only 2 runs are stored/);
      for (const reference of ["20260301-140501-0002", "20260301-140501", `find-rate ${ID} 100/s`]) {
        assert.equal(id(reference), "20260301-140501-0002");
      }
      const { search, label, verdict, seed } = findRun(runs, ID);
      assert.deepEqual([label, verdict, seed], ["nightly", "pass", 7]);
      assert.deepEqual(search!.arms[0]!.interval, [100, 110]);
      assert.deepEqual(search!.search.startedAt, at(5));
    })
  ));

Deno.test("a search that is removed takes its probes along, and nothing else", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      await fill(store);
      await keepSearch(store, running);
      await deleteRun(store, ID);
      assert.deepEqual((await listRuns(store)).map(({ runId }) => runId), ["20260301-140000-0001"]);
      assert.deepEqual(await store.rows("SELECT * FROM rate_search"), []);
    })
  ));

Deno.test("a search whose process is gone has crashed, with what it had found; one that goes on is left alone", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      await fill(store);
      await keepSearch(store, running);
      assert.deepEqual(await endLeftSearches(store, () => true), []);
      assert.deepEqual(await endLeftSearches(store, ({ pid }) => pid !== OWNER.pid), [ID]);
      assert.deepEqual(await listed(store), [`${ID} find-rate crashed`, BEFORE]);
      const { search, endedAt } = findRun(await listRuns(store), ID);
      assert.equal(search!.arms.length, 1);
      assert.deepEqual(endedAt, at(9));
      assert.deepEqual(await endLeftSearches(store, () => false), []);
    })
  ));

Deno.test("a search that was killed before it could write an entry gets one from its runs", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      await fill(store);
      assert.deepEqual(await endLeftSearches(store, () => true), [ID]);
      assert.deepEqual(await listed(store), [`${ID} find-rate crashed`, BEFORE]);
      // Another process of which this one knows nothing may still be at it: it goes on as if nothing had been.
      await keepSearch(store, running);
      assert.deepEqual(await listed(store), [`${ID} find-rate running`, BEFORE]);
    })
  ));

Deno.test("a store whose searches were only labels is brought forward: one entry each, labels of users left alone", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const before = storeMigrations().filter(({ version }) => version <= 2);
    await migrate({ run: (sql) => connection.run(sql), version: () => Promise.resolve(0) }, before);
    const other = "20260301-150000-cd34";
    const rows = [
      ["R0", "before", 0, "complete"],
      ["R1", `find-rate ${ID} warm-up`, 1, "complete"],
      ["R2", `find-rate ${ID} 600/s`, 2, "complete"],
      ["R3", `find-rate ${ID} 0.512/s`, 3, "interrupted"],
      ["R4", `find-rate ${other} 1200/s`, 4, "complete"],
      ["R5", "find-rate of my own 600/s", 5, "complete"],
      ["R6", `find-rate ${ID} by hand`, 6, "complete"],
    ];
    for (const [id, label, minute, status] of rows) {
      await connection.run(`
        INSERT INTO run VALUES ('${id}', '${label}', 'bench', 'access-paths', '2026-03-01 15:0${minute}:00',
          '2026-03-01 15:0${minute}:30', '${status}', NULL, 1, '{"slo": "p95<1s"}', '{}', NULL);
        INSERT INTO timing VALUES ('${id}', 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 'ok', NULL, NULL, 7, 8)`);
    }
    connection.closeSync();
    instance.closeSync();
    await withStore(file, "read", async (store) => {
      const runs = await listRuns(store);
      assert.deepEqual(
        withoutProbes(runs).map(({ runId, kind, status, slots }) => [runId, kind, status, slots]),
        [
          ["R6", "bench", "complete", 1],
          ["R5", "bench", "complete", 1],
          [other, "find-rate", "complete", 1],
          [ID, "find-rate", "interrupted", 3],
          ["R0", "bench", "complete", 1],
        ],
      );
      assert.equal(findRun(runs, ID).search, null);
      assert.equal(runs.length, 9);
      assert.equal((await store.rows("SELECT * FROM request")).length, 7);
    });
    // A label is no mark: whoever gave a run of theirs such a one does not lose it with the search.
    await withStore(file, "write", async (store) => {
      assert.deepEqual(await probesOf(store, ID), { ids: ["R1", "R2", "R3"], areItsOwn: false });
      await deleteRun(store, ID);
      const left = withoutProbes(await listRuns(store)).map(({ runId }) => runId);
      assert.deepEqual(left, ["R6", "R5", other, "R3", "R2", "R1", "R0"]);
      assert.equal((await store.rows("SELECT * FROM request")).length, 7);
    });
  }));

Deno.test("a search of a version that called arms paths is read as any other", () => {
  const { arms: [{ arm, ...rest }], ...own } = found() as RateSearch & { arms: [RateSearch["arms"][number]] };
  const unavailable = [{ path: "graphql", reason: "It is not there." }];
  const older = { ...own, schema: 1, paths: [{ path: arm, ...rest }], unavailable };
  assert.deepEqual(searchOf(JSON.stringify(older)), {
    ...found(),
    unavailable: [{ arm: "graphql", reason: "It is not there." }],
  });
});

Deno.test("a kept search that is damaged or of another shape is none, and never an error", () => {
  assert.equal(searchOf(JSON.stringify(found()))!.search.id, ID);
  const { search, arms } = found();
  const odd = [
    null,
    1,
    {},
    { schema: 1, search },
    { schema: 3, search, arms },
    { schema: 2, search },
    { schema: 2, search, arms: [null] },
    { schema: 2, search, arms: [{ ...arms[0], interval: "ab" }] },
    { schema: 2, search, arms: [{ ...arms[0], interval: [1, {}] }] },
    { schema: 2, search, arms: [{ ...arms[0], probes: [null] }] },
    { schema: 2, search: { ...search, startedAt: "never" }, arms },
    { schema: 2, search: { ...search, id: 1 }, arms },
  ];
  for (const value of odd) assert.equal(searchOf(JSON.stringify(value)), null, JSON.stringify(value));
  assert.equal(searchOf("{"), null);
});
