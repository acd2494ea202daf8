import assert from "node:assert/strict";
import { USUAL_CACHE } from "../../model/cache_settings.ts";
import { counter } from "../../random/counter.ts";
import { exponential } from "../../random/distributions.ts";
import { freshnessOf } from "../../targets/cache_freshness.ts";
import { cacheFindings, curveFindings } from "./task.ts";
import { type Event, expiriesOf } from "./stampede.ts";

/** Loads and waits of one key: `[ms, kind]`. */
function eventsOf(key: number, of: readonly (readonly [ms: number, kind: Event["kind"]])[]): Event[] {
  return of.map(([ms, kind]) => ({ key, us: ms * 1000, kind }));
}

Deno.test("an expiry is its loads and those that waited for them; the first fill and the last are none", () => {
  const one = eventsOf(1, [[0, "load"], [0, "wait"], [1100, "load"], [1110, "load"], [1110, "wait"], [
    2200,
    "load",
  ]]);
  const other = eventsOf(2, [[10, "load"], [1000, "load"], [1900, "load"], [1890, "wait"], [2900, "load"]]);
  assert.deepEqual(expiriesOf([...one, ...other], 100), [
    { loads: 2, waited: 1 },
    { loads: 1, waited: 0 },
    { loads: 1, waited: 1 },
  ]);
  assert.deepEqual(expiriesOf([], 100), []);
});

/** Loads an expiry of XFetch alone. @param lateUs from the end of a load until its entry is found */
function simulatedLoads(lateUs: number): number {
  const behaviour = { ...USUAL_CACHE, strategy: "xfetch" } as const;
  const random = counter(3, "theory");
  let drawn = 0;
  const [rate, loadUs, ttlMs, expiries] = [500, 100_000, 2000, 700];
  let loads = 0;
  for (let nth = 0; nth < expiries; nth++) {
    const entry = { storedUs: 1e6, loadUs, ttlMs, rows: 1, tag: 0, negative: false };
    let foundUs = Infinity;
    // Requests arrive by chance; each that finds the entry early or over loads it, until that of the first load is there.
    // Twelve load times before its end hardly any does.
    for (let us = 3e6 - 12 * loadUs; us < foundUs; us += exponential(random.float(drawn++), 1e6 / rate)) {
      if (freshnessOf(entry, behaviour, us, () => 1 - random.float(drawn++)) === "fresh") continue;
      loads++;
      foundUs = Math.min(foundUs, us + loadUs + lateUs);
    }
  }
  return loads / expiries;
}

Deno.test("XFetch alone comes to e loads an expiry, and to more where an entry is found after the time that its load took", () => {
  const found = [0, 12_000].map(simulatedLoads);
  const theory = [Math.E, Math.exp(1.12)];
  found.forEach((loads, at) => {
    assert.ok(Math.abs(loads / theory[at]! - 1) < 0.1, `${loads} loads an expiry, ${theory[at]} by theory`);
  });
});

Deno.test("findings hold the cost of a hit and the loads of an expiry against what is promised", () => {
  const one = [{ loads: 1, waited: 0 }];
  const found = {
    "no protection": [{ loads: 21, waited: 20 }],
    "single flight": [{ loads: 1, waited: 20 }, { loads: 2, waited: 20 }],
    "XFetch": [{ loads: 2, waited: 0 }, { loads: 3, waited: 0 }],
    "both": one,
  };
  const told = cacheFindings({ ours: [2, 2.4], theirs: [2, 2] }, found)
    .map(({ what, ours, reached }) => [what.split(", ").at(-1), ours!.median, reached]);
  assert.deepEqual(told, [
    ["CPU of the client for a hit", 2.2, true],
    ["no protection", 21, null],
    ["single flight", 1.5, false],
    ["XFetch", 2.5, true],
    ["both", 1, true],
    ["both", 100, true],
  ]);
  assert.equal(cacheFindings({ ours: [3], theirs: [2] }, { ...found, both: [] })[0]!.reached, false);
});

Deno.test("hit rates are told with how far off they were computed, at the worst point", () => {
  const point = { ttlSeconds: 2, memoryBytes: Infinity, computed: 0.5, measured: 0.51 };
  const [told] = curveFindings([point, { ...point, memoryBytes: 1e6, computed: 0.4, measured: 0.43 }]);
  assert.deepEqual([told!.ours!.high.toFixed(6), told!.reached], ["3.000000", false]);
  assert.match(told!.note!, /^2 s, room for all: 50 % computed, 51 % measured; 2 s, 977 KiB: 40 % computed/);
  assert.deepEqual(curveFindings([]), []);
});
