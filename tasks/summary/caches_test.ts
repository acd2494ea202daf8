import assert from "node:assert/strict";
import { loadSpool } from "../store/load.ts";
import { createSpool } from "../store/spool.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { bareRun, sqlOperation, steadyPhase, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { resolveRun } from "../store/runs.ts";
import { armsOfRun } from "../store/arms.ts";
import type { CacheSummary } from "../model/cache_summary.ts";
import type { RunConfig } from "../model/run.ts";
import { cacheMapCells } from "../charts/cache_map.ts";
import { CACHE_CHECKS, CACHE_SLOWEST_LOAD } from "../model/run.ts";
import { formatBytes } from "../model/units.ts";
import { cacheChecksText } from "../terminal/cache_text.ts";
import { cacheSummaries, stalenessWarnings } from "./caches.ts";
import { fixtureConfig } from "./testing_record.ts";

const USUAL = { cache_ttl: 5, cache_jitter: 0 };

/**
 * Ten lookups a second of two keys in turn, for a minute, through a cache with a TTL of 5 s; loads take 100 ms.
 * @param settings of several runs that were asked the same
 * @param oldestUs ages of the last answers
 * @param slowestMs the longest load that the cache told of; null: it told none
 */
async function cachesOf(
  settings: readonly RunConfig["settings"][],
  oldestUs: readonly number[] = [5_100_000],
  slowestMs: number | null = null,
) {
  return await withTempDir(async (dir) => {
    const record = bareRun("R1");
    const config = {
      ...fixtureConfig(60),
      settings: USUAL,
      arms: ["sql+cache"],
    };
    const spool = createSpool(dir, { ...record, config }, { pid: Deno.pid, startedAt: "fixture" });
    spool.operations([{ ...sqlOperation(), path: "sql+cache", arm: "sql+cache" }]);
    spool.phases([{ ...steadyPhase(0, 0, 60_000_000), arm: "sql+cache" }]);
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      const loaded = new Map<number, number>();
      for (let slot = 0; slot < 600; slot++) {
        const us = slot * 100_000;
        const key = slot % 2;
        const age = us - (loaded.get(key) ?? -Infinity);
        const hit = age <= 5_000_000;
        if (!hit) loaded.set(key, us);
        const done = us + (hit ? 500 : 100_000);
        const told = oldestUs[599 - slot] ?? age;
        writer.push(
          slot,
          0,
          0,
          0,
          us,
          us,
          us,
          us,
          done,
          0,
          null,
          hit ? 0 : 1,
          1,
          810,
          key + 7,
          hit ? told : NaN,
          hit ? 0 : 1,
        );
      }
    }
    const check = { arm: "sql+cache", ttl: "10", memory: "0.5" };
    const of = (metric: string, value: number, labels: Record<string, string> = check) => ({
      atUs: 60_000_000,
      source: "redis",
      metric,
      labels,
      value,
    });
    spool.samples([
      ...slowestMs === null ? [] : [of(CACHE_SLOWEST_LOAD, slowestMs, { arm: "sql+cache" })],
      of(CACHE_CHECKS.computed, 0.5),
      of(CACHE_CHECKS.measured, 0.49),
      of(CACHE_CHECKS.measured, 0.3, { ...check, arm: "other" }),
      of(CACHE_CHECKS.computed, 0.3, { ...check, ttl: "20" }),
    ]);
    spool.end({ status: "complete", endedAt: new Date("2026-01-02T03:05:07Z") });
    spool.close();
    return await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      const run = await resolveRun(store, "R1");
      const arms = await armsOfRun(store, run);
      const summaries: CacheSummary[] = [];
      for (const own of settings) {
        const asked = { ...run, config: { ...run.config, settings: { ...USUAL, ...own } } };
        const [cache, ...others] = await cacheSummaries(store, asked, arms);
        assert.equal(others.length, 0);
        summaries.push(cache!);
      }
      return summaries;
    });
  });
}

Deno.test("a cache is summed up by its loads, the age of its answers, and what other caches would have done", async () => {
  const [cache] = await cachesOf([{}]);
  const { age, map, ...rest } = cache!;
  assert.deepEqual(rest, { arm: "sql+cache", strategy: "cache-aside", loads: 24, backgroundLoads: 0 });
  assert.deepEqual([age!.n, age!.older, age!.maxMs, age!.promisedMs], [576, 0, 5100, 5150]);
  assert.deepEqual([map!.lookups, map!.sampled, map!.own.measured], [600, 1, 576 / 600]);
  assert.equal(map!.own.computed, 576 / 600);
  assert.deepEqual(map!.ttls, [1, 2, 5, 10, 20, 30]);
  // Both keys' entries are as large as what arrived for them, as Redis has room for it, and what it keeps beside them.
  assert.equal(map!.memories.at(-1), 2 * (896 + 200));
  assert.deepEqual(map!.hitRates.map((row) => row.at(-1)!.toFixed(3)), [
    "0.833",
    "0.907",
    "0.960",
    "0.980",
    "0.990",
    "0.993",
  ]);
  // One entry alone fits into half: the keys push each other out.
  assert.deepEqual(map!.hitRates.map((row) => row[4]), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(stalenessWarnings([cache!]), []);
  // Of another arm, or measured or computed alone, there is none.
  const memory = map!.memories[4]!;
  assert.deepEqual(map!.checks, [{ ttl: 10, memory, computed: 0.5, measured: 0.49 }]);
  const cells = cacheMapCells([cache!]).filter(({ measured }) => measured !== undefined);
  assert.deepEqual(cells.map(({ ttl, memory, measured }) => [ttl, memory, measured]), [[10, memory, 0.49]]);
  assert.deepEqual(cacheChecksText({ caches: [cache!] }, 80).split("\n").at(-1)!.trim().split(/  +/), [
    "sql+cache",
    "10 s",
    formatBytes(memory),
    "50 %",
    "49 %",
    "1 point",
  ]);
});

Deno.test("an answer that is older than promised is told, and what is promised hangs on the strategy", async () => {
  const [old, stale] = await cachesOf([{}, { strategy: "stale-while-revalidate", stale_ttl: 20 }], [
    5_200_000,
  ]);
  assert.equal(old!.age!.older, 1);
  assert.deepEqual(stalenessWarnings([old!]).map(({ code, text }) => [code, text]), [[
    "cache-staleness",
    "1 answer of sql+cache was older than cache-aside promises: up to 5.2 s, with 5.15 s promised.",
  ]]);
  // Loads that nobody waited for may have taken as long as a request may.
  assert.equal(stale!.age!.older, 0);
  assert.ok(stale!.age!.promisedMs >= 25_000);
});

Deno.test("of each strategy answers that are too old are found, by the TTL and the longest load that the cache told of", async () => {
  const strategies = ["cache-aside", "write-through", "xfetch", "stale-while-revalidate"] as const;
  const settings = strategies.map((strategy) => ({ strategy, stale_ttl: 20 }));
  // Loads took 300 ms at the most, and 50 ms are for the way: one is a millisecond too old, and one is not.
  const caches = await cachesOf(settings, [25_351_000, 5_351_000, 5_350_000], 300);
  assert.deepEqual(caches.map(({ strategy, age }) => [strategy, age!.promisedMs, age!.older]), [
    ["cache-aside", 5350, 2],
    ["write-through", 5350, 2],
    ["xfetch", 5350, 2],
    ["stale-while-revalidate", 25_350, 1],
  ]);
  assert.match(
    stalenessWarnings([caches[2]!])[0]!.text,
    /^2 answers of sql.cache were older than xfetch promises/,
  );
});
