import assert from "node:assert/strict";
import fc from "fast-check";
import { counter } from "../random/counter.ts";
import { zipf } from "../random/zipf.ts";
import { type CachePoint, hitRates, type Trace } from "./miss_ratio.ts";

/** The plainest cache: entries in the order in which they were asked for last, looked through one by one. */
function simulated(
  { atUs, key, bytes, counts, loadUs }: Trace,
  { ttlSeconds, memoryBytes }: CachePoint,
): number {
  let entries: { key: number; loadedUs: number }[] = [];
  let [hits, lookups] = [0, 0];
  for (let at = 0; at < atUs.length; at++) {
    const now = atUs[at]!;
    entries = entries.filter(({ loadedUs }) => now - loadedUs <= ttlSeconds * 1e6);
    const found = entries.find((entry) => entry.key === key[at]);
    const hit = found !== undefined && now - found.loadedUs >= loadUs;
    entries = entries.filter((entry) => entry !== found);
    entries.push(found ?? { key: key[at]!, loadedUs: now });
    let used = entries.reduce((sum, entry) => sum + bytes[entry.key]!, 0);
    while (used > memoryBytes) used -= bytes[entries.shift()!.key]!;
    if (counts[at] === 1) lookups++;
    if (counts[at] === 1 && hit) hits++;
  }
  return hits / lookups;
}

/** Lookups by Zipf's law, one every millisecond on the average. */
function traceOf(seed: number, lookups: number, keys: number, skew: number, loadUs = 0): Trace {
  const random = counter(seed, "trace");
  const ranks = zipf(keys, skew);
  let us = 0;
  return {
    atUs: Float64Array.from({ length: lookups }, (_, at) => us += -1000 * Math.log(1 - random.float(at, 0))),
    key: Int32Array.from({ length: lookups }, (_, at) => ranks.sample(random, at, 1)),
    keys,
    bytes: Float64Array.from({ length: keys }, (_, key) => 100 + Math.floor(900 * random.float(key, 3))),
    counts: Uint8Array.from({ length: lookups }, (_, at) => at >= lookups / 5 ? 1 : 0),
    loadUs,
  };
}

const shape = fc.record({
  seed: fc.nat(),
  lookups: fc.integer({ min: 10, max: 1500 }),
  keys: fc.integer({ min: 1, max: 200 }),
  skew: fc.double({ min: 0, max: 1.5, noNaN: true }),
  loadUs: fc.constantFrom(0, 500, 5000),
});
const traces = shape.map(({ seed, lookups, keys, skew, loadUs }) =>
  traceOf(seed, lookups, keys, skew, loadUs)
);

Deno.test("the hit rate of any TTL and any memory is that of the plainest cache", () => {
  const ttlSeconds = fc.constantFrom(0.001, 0.01, 0.1, 0.5, 10, Infinity);
  const memoryBytes = fc.oneof(fc.integer({ min: 500, max: 100_000 }), fc.constant(Infinity));
  fc.assert(
    fc.property(traces, fc.record({ ttlSeconds, memoryBytes }), (trace, point) => {
      assert.equal(hitRates(trace, [point])[0], simulated(trace, point));
    }),
    { numRuns: 50 },
  );
});

Deno.test("more time and more memory never answer less, and without lookups that count nothing is said", () => {
  const trace = traceOf(7, 5000, 300, 0.9);
  const at = (ttlSeconds: number, memoryBytes: number) => hitRates(trace, [{ ttlSeconds, memoryBytes }])[0]!;
  for (const [less, more] of [[at(1, 20_000), at(1, 40_000)], [at(0.5, Infinity), at(1, Infinity)]]) {
    assert.ok(less! < more!);
  }
  assert.deepEqual(
    hitRates({ ...trace, counts: new Uint8Array(5000) }, [{ ttlSeconds: 1, memoryBytes: 1e9 }]),
    [NaN],
  );
});
