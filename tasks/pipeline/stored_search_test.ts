import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RateSearch } from "../model/rate_search.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { findRun, insertRun, listRuns } from "../store/runs.ts";
import { endLeftSearches, keepSearch } from "../store/searches.ts";
import { bareRun, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { fixtureRun } from "../summary/testing.ts";
import { storedSearch } from "./stored_search.ts";

const ID = "20260301-140500-ab12";

/** A probe as a search stores it; its requests are those of a fixture. */
async function probe(
  dir: string,
  minute: number,
  rate: number,
  seconds: number,
  slo = "p95<200ms",
): Promise<string> {
  const runId = `20260301-1410${String(minute).padStart(2, "0")}-0000`;
  await fixtureRun(dir, {
    runId,
    blocks: 2,
    rate,
    slo,
    startedAt: new Date(Date.UTC(2026, 2, 1, 14, 10 + minute)),
    run: (run) => ({
      ...run,
      label: `find-rate ${ID} ${rate}/s`,
      searchId: ID,
      config: { ...run.config, arms: ["sql"], durationSeconds: seconds },
    }),
  });
  return runId;
}

async function read(dir: string, reports = dir): Promise<RateSearch> {
  return await withStore(
    storeFile(dir),
    "write",
    async (store) => await storedSearch(store, { reports }, findRun(await listRuns(store), ID)),
  );
}

Deno.test("a search of which only the runs are left is made anew from these, confirmations and all", () =>
  withTempDir(async (dir) => {
    const runs = [
      await probe(dir, 1, 200, 5),
      await probe(dir, 2, 400, 5, "p95<1ms"),
      await probe(dir, 3, 200, 10),
    ];
    await withStore(storeFile(dir), "write", async (store) => {
      const warm = bareRun("20260301-140501-0000", { searchId: ID, status: "complete" });
      await insertRun(store, { ...warm, config: { ...warm.config, loop: "closed", arms: ["sql"] } });
      await endLeftSearches(store, () => false);
    });
    const { search, arms: [arm], files } = await read(dir);
    assert.deepEqual([search.id, search.startRate, search.durationSeconds], [ID, 200, 5]);
    assert.equal(arm!.arm, "sql");
    assert.deepEqual(arm!.probes.map(({ run }) => run), runs);
    assert.deepEqual(
      arm!.probes.map(({ rate, confirmation, outcome }) => [rate, confirmation, outcome]),
      [[200, false, "holds"], [400, false, "fails"], [200, true, "holds"]],
    );
    assert.deepEqual(arm!.interval, [200, 400]);
    assert.equal(files.store, storeFile(dir));
  }));

Deno.test("a search that was kept is as it was; killed, with the probe that it had no time to judge", () =>
  withTempDir(async (dir) => {
    const first = await probe(dir, 1, 200, 5);
    const example = exampleSearch();
    const [sql] = example.arms;
    const one = { ...sql!, probes: [{ ...sql!.probes[0]!, run: first }] };
    const found = { ...example, search: { ...example.search, id: ID }, arms: [one] };
    const owner = { pid: 1, startedAt: "then" };
    const kept = { found, verdict: null, endedAt: null, owner };
    await withStore(storeFile(dir), "write", (store) => keepSearch(store, { ...kept, status: "running" }));
    const { files: _, ...asKept } = JSON.parse(JSON.stringify(found));
    const same = ({ files: _, ...rest }: RateSearch) => JSON.parse(JSON.stringify(rest));
    assert.deepEqual(same(await read(dir)), asKept);
    const second = await probe(dir, 2, 400, 5);
    assert.deepEqual(same(await read(dir)), asKept, "it still goes on");
    await withStore(storeFile(dir), "write", (store) => endLeftSearches(store, () => false));
    const crashed = await read(dir);
    assert.equal(crashed.search.title, found.search.title);
    assert.deepEqual(crashed.arms[0]!.probes.map(({ run }) => run), [first, second]);
  }));

Deno.test("a search of an older store is as its page has it, where that is still there", () =>
  withTempDir(async (dir) => {
    await probe(dir, 1, 200, 5);
    await withStore(storeFile(dir), "write", (store) => endLeftSearches(store, () => false));
    const example = exampleSearch();
    const found = { ...example, search: { ...example.search, id: ID }, arms: example.arms.slice(0, 1) };
    mkdirSync(join(dir, ID));
    const keepPage = (page: unknown) => writeFileSync(join(dir, ID, "search.json"), JSON.stringify(page));
    keepPage({ ...found, search: { ...found.search, id: "another" } });
    assert.equal((await read(dir)).search.startRate, 200);
    keepPage(found);
    const { search } = await read(dir);
    assert.deepEqual([search.startRate, search.label, search.startedAt.getTime()], [
      600,
      "nightly",
      example.search.startedAt.getTime(),
    ]);
  }));
