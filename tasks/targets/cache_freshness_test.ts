import assert from "node:assert/strict";
import { STRATEGIES, USUAL_CACHE } from "../model/cache_settings.ts";
import { counter } from "../random/counter.ts";
import { freshnessOf } from "./cache_freshness.ts";

const ENTRY = { storedUs: 5e6, loadUs: 100_000, ttlMs: 2000, rows: 1, tag: 0, negative: false };
const never = () => assert.fail("nothing was to be drawn");

Deno.test("an entry is fresh until its TTL is over, and then worth nothing but where it may be stale", () => {
  for (const strategy of STRATEGIES) {
    const behaviour = { ...USUAL_CACHE, strategy, staleSeconds: 3 };
    const at = (seconds: number) =>
      freshnessOf(ENTRY, behaviour, seconds * 1e6, strategy === "xfetch" ? () => 1 : never);
    const after = strategy === "stale-while-revalidate" ? "stale" : "expired";
    assert.deepEqual([5, 6.9, 7.1, 9.9, 10.1].map(at), ["fresh", "fresh", after, after, "expired"], strategy);
    // Of a clock that is not this machine's.
    assert.equal(at(4), "expired");
  }
});

Deno.test("XFetch loads early with the probability exp(-left / (beta × load time))", () => {
  const random = counter(1, "xfetch");
  let drawn = 0;
  for (const beta of [0.5, 1, 2]) {
    for (const leftUs of [20_000, 100_000, 300_000]) {
      let early = 0;
      for (let nth = 0; nth < 20_000; nth++) {
        const nowUs = ENTRY.storedUs + 2e6 - leftUs;
        const state = freshnessOf(
          ENTRY,
          { ...USUAL_CACHE, strategy: "xfetch", beta },
          nowUs,
          () => 1 - random.float(drawn++),
        );
        if (state === "early") early++;
      }
      const wanted = Math.exp(-leftUs / (beta * ENTRY.loadUs));
      assert.ok(Math.abs(early / 20_000 - wanted) < 0.015, `${early / 20_000}, not ${wanted}`);
    }
  }
});
