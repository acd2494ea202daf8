import assert from "node:assert/strict";
import type { Sample } from "../model/run.ts";
import type { Validity, ValidityCheck } from "../model/validity.ts";
import { resolveRun } from "../store/runs.ts";
import { withStore, withTempDir } from "../store/testing.ts";
import { type FixtureOptions, fixtureRun } from "./testing.ts";
import { judgeValidity } from "./validity.ts";

/** A run of 12 s, 0.6 of them warm-up. */
const SHORT = { blocks: 4, blockSeconds: 0.95, warmupSeconds: 0.6, rate: 200 } as const;

async function validity(options: FixtureOptions): Promise<Validity> {
  return await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { ...SHORT, ...options });
    return await withStore(
      db,
      "read",
      async (store) => await judgeValidity(store, await resolveRun(store, runId)),
    );
  });
}

function check(judged: Validity, name: ValidityCheck["name"]): ValidityCheck {
  return judged.checks.find((each) => each.name === name)!;
}

function failing(judged: Validity): string[] {
  return judged.checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

Deno.test("a run whose generator kept up is valid by every rule", async () => {
  const judged = await validity({});
  assert.deepEqual(failing(judged), []);
  assert.equal(judged.valid, true);
  assert.deepEqual(judged.checks.map(({ name }) => name), [
    "generator-gap",
    "on-time",
    "arrivals",
    "samples",
    "slots",
  ]);
});

Deno.test("a standstill of the generator's event loop makes a run invalid, but not during the warm-up", async () => {
  const at = (atUs: number) => (samples: Sample[]): Sample[] => [
    ...samples,
    { atUs, source: "generator", metric: "gap_ms", labels: {}, value: 251 },
  ];
  assert.deepEqual(failing(await validity({ samples: at(5_000_000) })), ["generator-gap"]);
  assert.deepEqual(failing(await validity({ samples: at(300_000) })), []);
  assert.deepEqual(failing(await validity({ samples: at(5_000_000), thresholds: { maxGapMs: 300 } })), []);
});

Deno.test("a slot that woke a quarter of a second late shows the standstill too", async () => {
  const judged = await validity({
    change: (row) =>
      row.slot === 1500
        ? { ...row, wokeUs: row.intendedUs + 260_000, doneUs: row.intendedUs + 270_000 }
        : row,
  });
  assert.deepEqual(failing(judged), ["generator-gap"]);
  assert.equal(judged.lagMs.max, 260);
  assert.match(check(judged, "generator-gap").measured, /260 ms/);
});

Deno.test("one slot in fifty off by two milliseconds is not on time, unless the median allows for it", async () => {
  const late = (ms: number): FixtureOptions => ({
    change: (row) => ({
      ...row,
      wokeUs: row.intendedUs + (row.slot % 50 === 0 ? 2000 : 10),
      doneUs: row.intendedUs + ms * 1000,
      outcome: "ok",
    }),
  });
  const judged = await validity(late(3));
  assert.deepEqual(failing(judged), ["on-time"]);
  assert.match(check(judged, "on-time").measured, /^9[78](\.\d+)? % of /);
  const allowed = await validity(late(25));
  assert.deepEqual(failing(allowed), []);
  assert.match(check(allowed, "on-time").limit, /within 2\.5 ms/);
});

Deno.test("of few slots more must be late than a healthy generator may have by chance", async () => {
  const late = (share: number): FixtureOptions => ({
    rate: 20,
    change: (row) => {
      const wokeUs = row.intendedUs + (row.slot % Math.round(1 / share) === 7 ? 2000 : 10);
      return { ...row, wokeUs, doneUs: wokeUs + 3000, outcome: "ok" };
    },
  });
  const judged = await validity(late(1 / 80));
  assert.deepEqual(failing(judged), []);
  assert.match(
    check(judged, "on-time").measured,
    /^98(\.\d+)? % of 1\d\d, too few to tell from the limit$/,
  );
  assert.deepEqual(failing(await validity(late(1 / 20))), ["on-time"]);
});

Deno.test("a generator that had no time left is named as the cause, before what others took", async () => {
  const busy = (cores: number) => (samples: Sample[]): Sample[] => [
    ...samples,
    ...samples.filter(({ metric }) => metric === "gap_ms").map((sample) => ({
      ...sample,
      metric: "cpu_cores",
      value: cores,
    })),
  ];
  const change: FixtureOptions["change"] = (row) => ({ ...row, wokeUs: row.intendedUs + 5000 });
  const cause = async (cores: number) =>
    check(await validity({ samples: busy(cores), change }), "on-time").cause;
  assert.match(
    (await cause(0.97))!,
    /^1 worker is not enough for this load: busy for 97 % of the time .*--workers/,
  );
  assert.equal(await cause(0.6), null);
});

Deno.test("a timer that bunches requests strays from the drawn intervals though each is on time", async () => {
  const judged = await validity({
    change: (row) => ({
      ...row,
      wokeUs: Math.ceil(row.intendedUs / 10_000) * 10_000,
      doneUs: row.intendedUs + 200_000,
      outcome: "ok",
    }),
  });
  assert.deepEqual(failing(judged), ["arrivals"]);
});

/** A run of constant arrivals whose requests leave `lagUs` after they were due. */
function constant(rate: number, lagUs: (intendedUs: number, slot: number) => number): FixtureOptions {
  const periodUs = 1e6 / rate;
  return {
    rate,
    run: (run) => ({ ...run, config: { ...run.config, arrivals: "constant", streams: undefined } }),
    change(row) {
      const intendedUs = row.slot * periodUs;
      const wokeUs = intendedUs + lagUs(intendedUs, row.slot);
      return { ...row, intendedUs, wokeUs, doneUs: wokeUs + 500, outcome: "ok" };
    },
  };
}

/** A timer's error as a healthy generator has it: some ten microseconds, one in five hundred up to 0.9 ms. */
const healthy = (_: number, slot: number) => slot % 500 === 499 ? 900 : 40 + (slot * 7919) % 90;
/** When a thread that is stopped for the first 5 of every 20 ms gets to what was due at a time. */
const starved = (intendedUs: number) => Math.max(60, 5000 - intendedUs % 20_000);

for (const rate of [10, 40, 200, 1000, 5000]) {
  Deno.test(`constant arrivals at ${rate}/s: a healthy generator is valid, a starved one is not`, async () => {
    assert.deepEqual(failing(await validity(constant(rate, healthy))), []);
    // Off the grid of the stops: a rate that divides their period would always or never meet one.
    const judged = await validity(constant(rate * 1.037, starved));
    assert.ok(!judged.valid && failing(judged).includes("on-time"), JSON.stringify(judged.checks));
  });
}

Deno.test("constant arrivals that are bunched stray from their interval though each is on time", async () => {
  const judged = await validity({
    ...constant(200, (us) => Math.ceil(us / 10_000) * 10_000 - us),
    thresholds: { onTimeMs: 100 },
  });
  assert.deepEqual(failing(judged), ["arrivals"]);
  assert.match(check(judged, "arrivals").measured, /^deviation \d/);
  assert.match(check(judged, "arrivals").limit, /25 % of the interval, or of 1 ms/);
});

Deno.test("host samples missing for more than three periods make a run invalid; none at all do so too", async () => {
  const without = (from: number, to: number) => (samples: Sample[]): Sample[] =>
    samples.filter(({ source, atUs }) => source !== "host" || atUs < from * 1e6 || atUs > to * 1e6);
  assert.deepEqual(failing(await validity({ samples: without(4.5, 6.5) })), []);
  assert.deepEqual(failing(await validity({ samples: without(3.5, 7.5) })), ["samples"]);
  assert.deepEqual(failing(await validity({ samples: () => [] })), ["samples"]);
});

Deno.test("a slot without a row makes a complete run invalid; an interrupted one only says so", async () => {
  const change: FixtureOptions["change"] = (row) => row.slot === 700 ? null : row;
  const judged = await validity({ change });
  assert.deepEqual(failing(judged), ["slots"]);
  assert.match(check(judged, "slots").measured, /^1 of /);
  const interrupted = await validity({ change, status: "interrupted" });
  assert.deepEqual(failing(interrupted), []);
  assert.match(check(interrupted, "slots").measured, /^1 of .*ended early/);
});

Deno.test("a retry without its first attempt is missing a slot", async () => {
  const judged = await validity({ change: (row) => row.slot === 700 ? { ...row, attempt: 1 } : row });
  assert.deepEqual(failing(judged), ["slots"]);
});

Deno.test("CPU taken by neighbours is named as the cause of a failed rule, and only then", async () => {
  const stolen = (samples: Sample[]): Sample[] =>
    samples.map((sample) => sample.metric === "cpu_steal" ? { ...sample, value: 0.31 } : sample);
  const fine = await validity({ samples: stolen });
  assert.ok(fine.checks.every(({ cause }) => cause === null));
  const judged = await validity({
    samples: stolen,
    change: (row) => ({
      ...row,
      wokeUs: row.intendedUs + 5000,
      doneUs: row.intendedUs + 6000,
      outcome: "ok",
    }),
  });
  assert.match(check(judged, "on-time").cause!, /31 % of the CPU \(steal\)/);
  assert.equal(check(judged, "samples").cause, null);
});

Deno.test("a generator that was late without real-time priority is told how to get it", async () => {
  const late: FixtureOptions["change"] = (row) => ({ ...row, wokeUs: row.intendedUs + 5000 });
  const ordinary = (value: number) => (samples: Sample[]): Sample[] => [
    ...samples,
    ...samples.filter(({ metric }) => metric === "gap_ms").map((sample) => ({
      ...sample,
      metric: "real_time",
      value,
    })),
  ];
  const judged = await validity({ samples: ordinary(0), change: late });
  assert.match(check(judged, "on-time").cause!, /no real-time priority.*--rtprio=1/);
  assert.equal(check(judged, "generator-gap").cause, null);
  assert.equal(check(await validity({ samples: ordinary(1), change: late }), "on-time").cause, null);
  assert.equal(check(await validity({ samples: ordinary(0) }), "on-time").cause, null);
});
