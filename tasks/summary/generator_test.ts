import assert from "node:assert/strict";
import type { Sample } from "../model/run.ts";
import { resolveRun } from "../store/runs.ts";
import { withStore, withTempDir } from "../store/testing.ts";
import { fixtureRun } from "./testing.ts";
import { judgeValidity } from "./validity.ts";

/** A run of 12 s, 0.6 of them warm-up. */
const SHORT = { blocks: 4, blockSeconds: 0.95, warmupSeconds: 0.6, rate: 100 } as const;

async function generatorOf(own: readonly Sample[]) {
  return await withTempDir(async (dir) => {
    const samples = (rest: Sample[]) => [...rest.filter(({ source }) => source !== "generator"), ...own];
    const { db, runId } = await fixtureRun(dir, { ...SHORT, samples });
    return await withStore(db, "read", async (store) => {
      const { generator } = await judgeValidity(store, await resolveRun(store, runId));
      return generator;
    });
  });
}

/** One sample of each second and worker. */
function series(
  metric: string,
  values: readonly [seconds: number, worker: number, value: number][],
): Sample[] {
  return values.map(([seconds, worker, value]) => ({
    atUs: seconds * 1e6,
    source: "generator",
    metric,
    labels: { worker: String(worker) },
    value,
  }));
}

Deno.test("the generator's cost is that of all workers over the measured time, warm-up and drain left out", async () => {
  const figures = await generatorOf([
    ...series("cpu_per_request_us", [[0.5, 0, 900], [2, 0, 20], [2, 1, 30], [3, 0, 40], [13, 0, 5000]]),
    ...series("cpu_cores", [[0.5, 0, 1], [2, 0, 0.2], [2, 1, 0.3], [3, 0, 0.4], [3, 1, 0.3], [13, 0, 0.9]]),
    ...series("gc_ms", [[0.5, 0, 500], [2, 0, 1], [3, 0, 3]]),
    ...series("gc_longest_ms", [[0.5, 0, 50], [2, 0, 1], [3, 0, 2.5]]),
    ...series("loop_delay_p50_ms", [[2, 0, 0.5], [3, 0, 0.7], [4, 0, 9]]),
    ...series("loop_delay_p99_ms", [[2, 0, 1.5], [3, 0, 1.7], [4, 0, 90]]),
    ...series("native_loop", [[2, 0, 1], [2, 1, 1], [3, 0, 1]]),
    ...series("real_time", [[2, 0, 1], [2, 1, 0], [3, 0, 1]]),
  ]);
  assert.deepEqual({ ...figures, cpuCores: figures.cpuCores!.toFixed(9) }, {
    cpuPerRequestUs: 30,
    cpuCores: "0.600000000",
    loopDelayP50Ms: 0.7,
    loopDelayP99Ms: 1.7,
    gcShare: 0.002,
    gcLongestMs: 2.5,
    nativeLoop: true,
    realTime: false,
  });
});

Deno.test("a run that recorded none of it has no figures", async () => {
  assert.deepEqual(await generatorOf([]), {
    cpuPerRequestUs: null,
    cpuCores: null,
    loopDelayP50Ms: null,
    loopDelayP99Ms: null,
    gcShare: null,
    gcLongestMs: null,
    nativeLoop: null,
    realTime: null,
  });
});
