import assert from "node:assert/strict";
import type { Phase, Run, Sample } from "../model/run.ts";
import type { Summary } from "../model/summary.ts";
import { isOff, type TierRefresh } from "../model/tier_settings.ts";
import type { TierSummary } from "../model/tier_summary.ts";
import type { Validity } from "../model/validity.ts";
import { loadSpool } from "../store/load.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { createSpool } from "../store/spool.ts";
import { tierRefreshTable } from "../store/tables/tier_refresh.ts";
import { bareRun, sqlOperation, steadyPhase, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { upkeepText } from "../model/tier_text.ts";
import { judgedBench } from "./judged.ts";
import { promisedMs } from "./tier_upkeep.ts";
import { askedPerSecond, tierSummaries } from "./tiers.ts";

const ARMS = ["sql", "aggregate", "matview", "matview+cache"].map((path) => ({ name: path, path }));
const OPERATIONS = ["sales-overview", "place-order"];
/** Service times, ms, by arm: a read, a write. */
const TOOK: Readonly<Record<string, readonly [read: number, write: number]>> = {
  sql: [9, 2],
  aggregate: [1, 6],
  matview: [1, 2],
  "matview+cache": [1, 2],
};
const ROUNDS = 13;
/** Three intervals. */
const TURN_SECONDS = 12;
/** The interval, the time that one takes, and how late the latest begins. */
const KEPT_MS = 4000 + 500 + 3000;
/** Of what the cache answers. */
const AGE_US = 2_500_000;
const BASE = bareRun("R1");
const RUN: Run = {
  ...BASE,
  config: {
    ...BASE.config,
    arms: ARMS.map(({ name }) => name),
    settings: { refresh_every: 4, cache_ttl: 3 },
    timeoutMs: 5000,
    operations: OPERATIONS.map((name) => ({ name, weight: 1, write: name === "place-order" })),
    streams: [
      {
        name: "dashboards",
        arrivals: "poisson",
        ratePerSecond: 40,
        stages: null,
        session: false,
        operations: ["sales-overview"],
      },
      {
        name: "orders",
        arrivals: "poisson",
        ratePerSecond: 4,
        stages: null,
        session: true,
        operations: ["place-order"],
      },
    ],
  },
};

const refresh = (changes: Partial<TierRefresh>): TierRefresh => ({
  tier: "matview",
  relation: "northwind_sales.sales_months",
  kind: "refresh",
  beganUs: 0,
  endedUs: 0,
  outcome: "ok",
  error: null,
  ...changes,
});

/** Each 4 s or so for half a second; the fourth is skipped, and the sixth fails. */
const REFRESHES: readonly TierRefresh[] = [
  refresh({ kind: "made" }),
  ...Array.from({ length: ROUNDS - 1 }, (_, n) => {
    // Each meets a block of another arm than the one before.
    const beganUs = 4e6 * (n + 1) + 1e6 * (n % 4);
    if (n === 3) {
      return refresh({
        beganUs,
        endedUs: beganUs,
        outcome: "skipped",
        error: "the one before was still at work",
      });
    }
    if (n === 5) {
      return refresh({ beganUs, endedUs: beganUs + 2e5, outcome: "failed", error: "division by zero" });
    }
    return refresh({ beganUs, endedUs: beganUs + 500_000 });
  }),
];

const work = (tier: string, operation: string, calls: number, ms: number): Sample[] =>
  [["calls", calls], ["exec_ms", ms]].map(([metric, value]) => ({
    atUs: 48e6,
    source: "tiers",
    metric: metric as string,
    labels: { tier, operation },
    value: value as number,
  }));

/** A second an arm in turn; each block has reads 20 ms apart and a write, and those over the view are noted. */
function stored(dir: string, slowed = 1, inTurns = 1) {
  const spool = createSpool(dir, RUN, { pid: 1, startedAt: "then" });
  const phases: Phase[] = Array.from({ length: 4 * ROUNDS }, (_, block) => ({
    ...steadyPhase(block, block * 1e6, (block + 1) * 1e6, ARMS[block % 4]!.name),
    block,
  }));
  spool.operations(
    ARMS.flatMap(({ name: path }, arm) =>
      OPERATIONS.map((name, at) => ({ ...sqlOperation(2 * arm + at), name, path, arm: path }))
    ),
  );
  spool.phases(phases);
  spool.write(tierRefreshTable, REFRESHES);
  spool.samples([
    ...work("none", "sales-overview", 100, 800),
    ...work("matview", "sales-overview", 200, 100),
    ...work("none", "place-order", 10, 15),
    ...work("aggregate", "place-order", 10, 55),
    ...work("aggregate", "sales-overview", 100, 90),
    { atUs: 48e6, source: "tiers", metric: "bytes", labels: { tier: "matview" }, value: 4096 },
  ]);
  const sentUs: number[] = [];
  const cachedReads: { at: number; asked: number }[] = [];
  let slot = 0;
  {
    using writer = new SegmentWriter(spool.segmentPath(0), 0);
    for (const { phaseId, startUs, arm } of phases) {
      for (let nth = 0; nth < 21; nth++) {
        const at = startUs + 20_000 * (nth + 1);
        const write = nth === 20;
        const beside = REFRESHES.some(({ outcome, beganUs, endedUs }) =>
          outcome === "ok" && at >= beganUs && at < endedUs
        );
        const us = 1000 * TOOK[arm!]![write ? 1 : 0] * (beside ? slowed : 1) *
          (isOff(at, TURN_SECONDS) ? 1 : inTurns);
        const hit = arm === "matview+cache" && !write && nth % 2 === 0;
        const cache = arm === "matview+cache" && !write ? hit ? 0 : 1 : -1;
        const operation = 2 * ARMS.findIndex(({ name }) => name === arm) + (write ? 1 : 0);
        const age = hit ? Math.min(AGE_US, at) : NaN;
        writer.push(
          slot++,
          0,
          phaseId,
          operation,
          at,
          at,
          at,
          at,
          at + us,
          0,
          null,
          cache,
          1,
          100,
          NaN,
          age,
          -1,
        );
        if (arm === "matview+cache" && !write) {
          cachedReads.push(hit ? { at: at + us, asked: at + us - age } : { at, asked: at });
        }
        if (arm === "matview" && !write) sentUs.push(at);
      }
    }
  }
  spool.end({ status: "complete", endedAt: new Date("2026-01-02T03:04:07.700Z") });
  spool.close();
  return { spoolDir: spool.dir, sentUs, cachedReads };
}

const summary = (arm: string, hitRate: number | null) =>
  [null, "sales-overview"].map((operation) =>
    ({ arm, operation, n: 100, cache: hitRate === null ? null : { hitRate } }) as unknown as Summary
  );

Deno.test("of a tier's arms the age of what they read is told, what they took at the server, and where the tier breaks even", () =>
  withTempDir(async (dir) => {
    const { spoolDir, sentUs, cachedReads } = stored(dir);
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spoolDir);
      const operations = ARMS.flatMap(({ name }) => summary(name, name.endsWith("+cache") ? 0.5 : null));
      const [aggregate, matview] = await tierSummaries(store, RUN, ARMS, operations);
      // By going through all of them.
      const ageOf = (at: number, asked = at) => {
        const seen = REFRESHES.filter(({ outcome, endedUs }) => outcome === "ok" && endedUs <= asked);
        return (at - Math.max(...seen.map(({ beganUs }) => beganUs))) / 1000;
      };
      const ages = sentUs.map((at) => ageOf(at));
      const cachedAges = cachedReads.map(({ at, asked }) => ageOf(at, asked));
      const [plain, cached] = matview!.arms;
      const staleness = plain!.staleness!;
      assert.equal(staleness.n, ages.length);
      assert.equal(staleness.longestMs, Math.max(...ages));
      assert.equal(staleness.promisedMs, KEPT_MS);
      assert.equal(staleness.beyond, ages.filter((age) => age > KEPT_MS).length);
      assert.ok(
        staleness.beyond > 0 && staleness.p50Ms < staleness.p95Ms && staleness.p95Ms <= staleness.longestMs,
      );
      const stacked = cached!.staleness!;
      assert.deepEqual([stacked.n, stacked.longestMs], [ROUNDS * 20, Math.max(...cachedAges)]);
      // An entry lives 3 s, 10 % more or less, and may have taken 5 s to ask for.
      assert.equal(stacked.promisedMs, KEPT_MS + 3300 + 5000);
      assert.equal(stacked.beyond, cachedAges.filter((age) => age > stacked.promisedMs).length);
      assert.deepEqual([plain!.databaseMs, plain!.tablesMs, cached!.databaseMs, cached!.hitRate], [
        0.5,
        8,
        0.25,
        0.5,
      ]);
      assert.deepEqual(matview!.upkeep!.outcomes, { ok: 10, skipped: 1, failed: 1 });
      assert.deepEqual([matview!.upkeep!.medianMs, matview!.upkeep!.longestMs, matview!.bytes], [
        500,
        500,
        4096,
      ]);
      assert.deepEqual(matview!.upkeep!.errors, ["division by zero"]);
      // 500 ms for 40 reads a second, each of which takes 8 ms less.
      assert.deepEqual(matview!.breakEven, {
        value: 500 / 320,
        low: 500 / 320,
        high: 500 / 320,
        unit: "seconds",
      });
      assert.ok(
        matview!.advice.some((told) => /^matview pays at 40 reads\/s and every 4 s/.test(told)),
        matview!.advice.join(),
      );
      assert.ok(
        matview!.advice.some((told) => /reads? of matview found rows older than the 7.5 s/.test(told)),
      );
      assert.ok(
        matview!.advice.some((told) => /was not brought up to date 1 time: division by zero/.test(told)),
      );
      assert.deepEqual([aggregate!.upkeep, aggregate!.arms[0]!.staleness], [null, null]);
      const run = {
        ...RUN,
        status: "complete",
        config: { ...RUN.config, slo: null, unavailableArms: [] },
      } as const;
      const judged = (tiers: readonly TierSummary[]) => {
        const validity = { valid: true } as Validity;
        return judgedBench(store, run, { validity, operations, caches: [], tiers, comparisons: [] });
      };
      const { verdict, reasons } = await judged([aggregate!, matview!]);
      assert.equal(verdict, "fail");
      assert.match(reasons[0]!, /^\d+ reads of matview found rows older than the 7.5 s promised, up to /);
      assert.equal((await judged([aggregate!])).verdict, null);
      assert.deepEqual(aggregate!.writes, [{ operation: "place-order", ms: 5.5, tablesMs: 1.5 }]);
      assert.equal(askedPerSecond(RUN, { write: true }), 4);
      // Each write takes 4 ms more.
      assert.deepEqual(aggregate!.breakEven, { value: 80, low: 80, high: 80, unit: "writes per second" });
    });
  }));

Deno.test("where upkeep is off and on by turns, requests of whole turns are compared, and more is promised", () =>
  withTempDir(async (dir) => {
    const { spoolDir } = stored(dir, 1, 1.5);
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spoolDir);
      const settings = { ...RUN.config.settings, upkeep: "in-turn" };
      const run = { ...RUN, config: { ...RUN.config, settings } };
      const [, matview] = await tierSummaries(store, run, ARMS, []);
      const { seconds, reads, writes } = matview!.upkeep!.inTurn!;
      assert.equal(seconds, TURN_SECONDS);
      for (const found of [reads, writes]) {
        // Four whole turns, and a part of a fifth.
        assert.deepEqual([found!.ratio.toFixed(3), found!.pairs, found!.verdict], [
          "1.500",
          2,
          "too few pairs",
        ]);
      }
      assert.equal(matview!.arms[0]!.staleness!.promisedMs, KEPT_MS + 12_000);
      const told = upkeepText(matview!).filter((sentence) => / off: /.test(sentence));
      assert.deepEqual(told, [
        "Reads of all arms with what keeps tiers up on for 12 s, against it off: 1.5×, too few pairs (2 of 8).",
        "Writes of all arms with what keeps tiers up on for 12 s, against it off: 1.5×, too few pairs (2 of 8).",
      ]);
    });
  }));

Deno.test("what is promised of a cached arm is by its own settings, and before what writers keep it is the age of entries", () =>
  withTempDir(async (dir) => {
    const { spoolDir } = stored(dir);
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spoolDir);
      const promised = async (settings: Record<string, number | string>, path = "matview+cache") => {
        const run = { ...RUN, config: { ...RUN.config, settings: { ...RUN.config.settings, ...settings } } };
        const arm = { name: "matview+cache", path, overrides: { settings: { cache_ttl: 20 } } };
        const [tier] = await tierSummaries(store, run, [arm], []);
        return tier!.arms[0]!.staleness;
      };
      const kept = KEPT_MS + 5000;
      assert.equal((await promised({}))!.promisedMs, kept + 22_000);
      // An answer without rows lives longer.
      assert.equal(Math.round((await promised({ negative_ttl: 100 }))!.promisedMs), kept + 110_000);
      const stale = { strategy: "stale-while-revalidate", stale_ttl: 7 };
      assert.equal((await promised(stale))!.promisedMs, kept + 29_000);
      assert.equal((await promised({ strategy: "none" }))!.promisedMs, KEPT_MS);
      // Every other read is a hit.
      const written = (await promised({}, "aggregate+cache"))!;
      assert.equal(written.promisedMs, 22_000 + 5000 + 100);
      assert.deepEqual([written.n, written.longestMs, written.beyond], [ROUNDS * 20, AGE_US / 1000, 0]);
      assert.equal(await promised({ strategy: "none" }, "aggregate+cache"), null);
    });
  }));

Deno.test("what is promised holds where no interval was left out, however late one began and was cut off by the run's end", () => {
  const arm = { name: "matview", path: "matview" };
  const done = [0, 4e6 + 250_000, 8e6].map((beganUs) => refresh({ beganUs, endedUs: beganUs + 300_000 }));
  assert.equal(promisedMs(arm, RUN, done), 4000 + 300 + 250);
  // A timer may be a little early, which is no interval late.
  assert.equal(promisedMs(arm, RUN, [refresh({ beganUs: 4e6 - 400, endedUs: 4.2e6 })]), 4000 + 200.4 + 100);
  const cut = refresh({ beganUs: 12e6, endedUs: 14e6, outcome: "cancelled", error: "the run was over" });
  assert.equal(promisedMs(arm, RUN, [...done, cut]), 4000 + 2000 + 250);
});

Deno.test("reads beside a refresh are held against those between, each against its own arm's, with a verdict from eight pairs on", async () => {
  // Some begin in a block of direct SQL, which is slow: that is not the refresh's doing.
  for (const [slowed, expected] of [[1, "inconclusive"], [1.5, "slower"]] as const) {
    await withTempDir(async (dir) => {
      const { spoolDir } = stored(dir, slowed);
      await withStore(storeFile(dir), "write", async (store) => {
        await loadSpool(store, spoolDir);
        const [, matview] = await tierSummaries(store, RUN, ARMS, []);
        const { pairs, verdict, ratio } = matview!.upkeep!.disturbance!;
        // Of ten the last has no next one, and another had no reads before the next.
        assert.deepEqual([pairs, verdict], [8, expected]);
        assert.ok(Math.abs(ratio - slowed) < 0.1, String(ratio));
        assert.deepEqual(await tierSummaries(store, RUN, ARMS.slice(0, 1), []), []);
      });
    });
  }
});
