import assert from "node:assert/strict";
import { placeStore, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { resolveRun } from "../store/runs.ts";
import { makeRun, makeSeries } from "./compare/testing.ts";
import { noiseBand, noiseFloor } from "./noise_floor.ts";
import { runNoise } from "./run_noise.ts";
import { fixtureRandom, normal } from "./testing_random.ts";

Deno.test("a run's noise: within itself, and among runs of the same fingerprint alone", () =>
  withTempDir(async (dir) => {
    await placeStore(storeFile(dir));
    await withStore(storeFile(dir), "write", async (store) => {
      await makeRun(store, { label: "first" });
      const alone = await runNoise(store, await resolveRun(store, "latest"));
      assert.ok(alone.within! > 0.005 && alone.within! < 0.2, `${alone.within}`);
      assert.deepEqual(alone.runs, { from: null, runs: 0, twoRuns: null });
      // Neither another load's nor what is not valid tells anything of it.
      await makeSeries(store, 5, { config: { ratePerSecond: 5000 } });
      for (let at = 0; at < 5; at++) await makeRun(store, { run: { verdict: "invalid" } });
      assert.deepEqual((await runNoise(store, await resolveRun(store, "first"))).runs, alone.runs);
      await makeSeries(store, 5);
      const known = await runNoise(store, await resolveRun(store, "first"));
      assert.deepEqual([known.runs.from, known.runs.runs], ["repeats", 6]);
      assert.ok(known.runs.twoRuns! > 1.005 && known.runs.twoRuns! < 1.15, `${known.runs.twoRuns}`);
    });
  }));

Deno.test("the noise band is that of repeats, else that of a history between its changes of level, else unknown", () => {
  const random = fixtureRandom(7);
  const levels = (n: number, level: number, subject: (at: number) => string) =>
    Array.from({ length: n }, (_, at) => ({ log: level + 0.02 * normal(random), subject: subject(at) }));
  assert.equal(noiseBand(levels(4, 0, () => "a")), null);
  assert.equal(noiseBand(levels(9, 0, String)), null);
  const repeats = noiseBand([...levels(4, 0, () => "a"), ...levels(3, 0.5, () => "b")])!;
  assert.deepEqual([repeats.from, repeats.degrees], ["repeats", 5]);
  assert.ok(repeats.deviation < 0.06, `${repeats.deviation}`);
  // A step of 50 % is no noise.
  const history = noiseBand([...levels(12, 0, (at) => `a${at}`), ...levels(12, 0.4, (at) => `b${at}`)])!;
  assert.equal(history.from, "history");
  assert.ok(history.deviation > 0.01 && history.deviation < 0.035, `${history.deviation}`);
  // t(4) = 2.776 for 95 %; two means of five stray by √(2/5) of what one run does.
  const band = { deviation: 0.01, degrees: 4 };
  assert.ok(Math.abs(noiseFloor(band) - Math.exp(2.776 * 0.01 * Math.SQRT2)) < 1e-4);
  assert.ok(Math.abs(noiseFloor(band, 5, 5) - Math.exp(2.776 * 0.01 * Math.sqrt(0.4))) < 1e-4);
});
