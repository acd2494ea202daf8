import assert from "node:assert/strict";
import { openStore } from "../../store/open.ts";
import { resolveRun } from "../../store/runs.ts";
import type { Pause } from "../../model/probe.ts";
import type { Validity } from "../../model/validity.ts";
import { withTempHome } from "../../stack/testing.ts";
import { summarise } from "../summarise.ts";
import type { FixtureRow } from "../testing.ts";
import { exitCodeOf } from "../verdict.ts";
import { probeFindings } from "./summary.ts";
import { paused, type ProbeFixture, probeFixture, saw, serverLabels } from "./testing.ts";
import { judgeProbe } from "./verdict.ts";

const VALID = { valid: true, checks: [] } as unknown as Validity;

/** What a made-up probe comes to, its generator taken for valid. */
function judged(options: ProbeFixture) {
  return withTempHome(async (dir) => {
    const { db, runId } = await probeFixture(dir, options);
    using store = await openStore(db, { mode: "read" });
    const run = await resolveRun(store, runId);
    const { summary: probe, ofGenerator } = await probeFindings(store, run);
    return { probe, run, ...judgeProbe({ run, validity: VALID, probe, ofGenerator }) };
  });
}

Deno.test("a probe's summary has what it saw, and nothing that compares arms", () =>
  withTempHome(async (dir) => {
    const { db, runId } = await probeFixture(dir);
    using store = await openStore(db, { mode: "read" });
    const { probe, comparisons, steady, verdict, slo, operations } = await summarise(store, runId);
    assert.deepEqual([comparisons, steady, slo, verdict], [[], [], [], "zero-downtime"]);
    assert.deepEqual([probe!.pauses, probe!.seconds, probe!.ledger!.ok], [[], 10, 2500]);
    assert.deepEqual(operations.map(({ operation, n }) => [operation, n]), [
      [null, 5000],
      ["read", 2500],
      ["ledger-write", 2500],
    ]);
  }));

const isWrite = (name: string) => name === "ledger-write";

Deno.test("pauses of 20, 100 and 1,000 ms are told within 5 ms, in order, and reads and writes not again", async () => {
  const [a, b, c] = [paused(1000, 1020), paused(2000, 2100), paused(4000, 5000)];
  const { probe, verdict, reasons } = await judged({ change: (row) => a(b(c(row)!)!) });
  const lengths = [20, 100, 1000];
  assert.equal(probe.pauses.length, 3, JSON.stringify(probe.pauses));
  for (const [nth, { kind, path, ms, failed, endedBy }] of probe.pauses.entries()) {
    assert.ok(Math.abs(ms - lengths[nth]!) <= 5, `${ms}`);
    assert.deepEqual([kind, path, failed, endedBy], ["all", null, 0, "same connections"]);
  }
  assert.equal(verdict, "brief-pause");
  assert.match(
    reasons[0]!,
    /^The longest pause took 1 s, and 250 ms are allowed: all requests from 4 s on, 5\d\d due/,
  );
});

Deno.test("requests that fail at once are within a pause and do not end it", async () => {
  const { probe, verdict, reasons } = await judged({
    change: (row) =>
      row.intendedUs >= 3e6 && row.intendedUs < 3.5e6
        ? { ...row, outcome: "failed", error: "57P01", sentUs: NaN, doneUs: row.intendedUs + 100 }
        : row,
  });
  const [pause, ...others] = probe.pauses;
  assert.deepEqual(others, []);
  assert.ok(Math.abs(pause!.ms - 500) <= 5, `${pause!.ms}`);
  assert.equal(pause!.failed, 250);
  assert.equal(verdict, "fail");
  assert.equal(
    reasons[0],
    "250 requests failed from 3 s to 3.5 s: 250 × 57P01 (ended by an administrator).",
  );
});

Deno.test("a replica answers reads and refuses writes: that is a pause of writes alone", async () => {
  const { probe } = await judged({
    change: (row) =>
      isWrite(row.operation.name) && row.intendedUs >= 2e6 && row.intendedUs < 3e6
        ? { ...row, outcome: "failed", error: "25006" }
        : row,
  });
  assert.deepEqual(probe.pauses.map(({ kind, path }) => [kind, path]), [["write", "sql"]]);
  assert.ok(Math.abs(probe.pauses[0]!.ms - 1000) <= 6, `${probe.pauses[0]!.ms}`);
  assert.deepEqual(probe.errors.map(({ code, kind, n, meaning }) => [code, kind, n, meaning]), [
    ["25006", "write", 250, "the server takes no writes"],
  ]);
});

Deno.test("a pause that goes on at the end is told so", async () => {
  const { probe } = await judged({
    change: (row) => row.intendedUs >= 9e6 ? { ...row, outcome: "timeout", doneUs: 14e6 } : row,
  });
  const last = probe.pauses.at(-1)!;
  assert.deepEqual([last.endedBy, last.untilUs], [null, 10e6]);
});

Deno.test("writes that find no table of the probe's are neither failures nor a pause", async () => {
  const { probe, verdict, reasons } = await judged({
    change: (row) =>
      isWrite(row.operation.name) && row.intendedUs >= 2e6 && row.intendedUs < 3e6
        ? { ...row, outcome: "failed", error: "42P01" }
        : row,
  });
  assert.deepEqual([probe.pauses, probe.errors, probe.withoutTable], [[], [], 250]);
  assert.equal(verdict, "zero-downtime");
  assert.match(reasons.join(" "), /250 writes found no table of the probe's at the new server \(42P01\)/);
});

Deno.test("what the generator itself was late for is no pause of the server's", async () => {
  const { probe, reasons } = await judged({
    change: (row) => {
      if (row.intendedUs < 5e6 || row.intendedUs >= 5.1e6) return row;
      const wokeUs = 5.1e6 + 20;
      return { ...row, wokeUs, acquiredUs: wokeUs, sentUs: wokeUs, doneUs: wokeUs + 900 };
    },
  });
  assert.deepEqual(probe.pauses, []);
  assert.match(reasons.join(" "), /1 pause is left out: the load generator was late/);
});

/** The generator does not run for a time: what is due then is sent after it, and what was answered is read then. */
function asleep(fromMs: number, untilMs: number) {
  return (row: FixtureRow): FixtureRow => {
    const within = (us: number) => us >= 1000 * fromMs && us < 1000 * untilMs;
    const wokeUs = within(row.intendedUs) ? 1000 * untilMs : row.wokeUs;
    const doneUs = within(row.doneUs) ? 1000 * untilMs + 50 : Math.max(row.doneUs, wokeUs + 100);
    return {
      ...row,
      wokeUs,
      acquiredUs: Math.max(row.acquiredUs, wokeUs),
      sentUs: Math.max(row.sentUs, wokeUs),
      doneUs,
    };
  };
}

Deno.test("a generator that is late in a pause changes nothing, and one that is late at an end of it leaves its least length", async () => {
  const pause = paused(4000, 4600);
  const [within, atEnd, atBegin] = [asleep(4200, 4300), asleep(4500, 4700), asleep(3901, 4100)];
  const cases: [(row: FixtureRow) => FixtureRow, { ms: number; leastMs: number }][] = [
    [(row) => within(pause(row)!), { ms: 600, leastMs: 600 }],
    [(row) => atEnd(pause(row)!), { ms: 700, leastMs: 500 }],
    // What is not sent yet is within the pause.
    [(row) => pause(atBegin(row))!, { ms: 700, leastMs: 500 }],
  ];
  for (const [change, expected] of cases) {
    const { probe } = await judged({ change });
    const [{ ms, leastMs }, ...others] = probe.pauses as [Pause, ...Pause[]];
    assert.deepEqual(others, []);
    assert.ok(Math.abs(ms - expected.ms) <= 5, JSON.stringify({ ms, expected }));
    assert.ok(Math.abs(leastMs - expected.leastMs) <= 5, JSON.stringify({ leastMs, expected }));
  }
});

Deno.test("a failover is told with its server, connections and what ended the pause", async () => {
  const pause = paused(4000, 4600);
  const { probe } = await judged({
    change: pause,
    samples: [
      saw(0, "server", serverLabels()),
      saw(10, "resolved", { addresses: "10.0.0.1" }),
      saw(4_010_000, "lost", { code: "57P01" }),
      saw(4_011_000, "lost", { code: "57P01" }),
      saw(4_200_000, "away", { code: "ECONNREFUSED" }),
      saw(4_300_000, "refused", { code: "ECONNREFUSED" }),
      saw(4_599_000, "regained", { code: "" }, 590),
      saw(4_610_000, "regained", { code: "" }, 599),
      saw(4_900_000, "server", serverLabels({ address: "10.0.0.2", started: "2", timeline: "2" })),
    ],
  });
  assert.deepEqual(probe.changes.map(({ kind, text }) => [kind, text]), [
    ["server", "10.0.0.1:5432, takes writes, timeline 1"],
    ["resolved", "the host's name stands for 10.0.0.1"],
    ["away", "new connections fail: ECONNREFUSED (connection refused)"],
    ["server", "10.0.0.2:5432, timeline 1 → 2, before: 10.0.0.1:5432, started anew"],
  ]);
  const { lost, regained, refused, longestMs, events } = probe.connections;
  assert.deepEqual([lost, regained, refused, longestMs], [2, 2, 1, 599]);
  assert.deepEqual(events.map(({ kind, n }) => [kind, n]), [["lost", 2], ["refused", 1], ["regained", 2]]);
  const { endedBy, server } = probe.pauses[0]!;
  assert.equal(endedBy, "new connections");
  assert.equal(server, "10.0.0.2:5432, timeline 1 → 2, before: 10.0.0.1:5432, started anew");
});

Deno.test("a ledger that was not replicated leaves the verdict open, and a lost write decides it", async () => {
  const notReplicated = await judged({
    ledger: (entries) => entries.map((entry) => entry.slot < 1000 ? { ...entry, verified: null } : entry),
    samples: [
      saw(0, "server", serverLabels()),
      saw(10e6, "notReplicated", {}, 500),
      saw(10e6, "carried", { text: "The server B had no table." }),
    ],
  });
  assert.equal(notReplicated.verdict, "inconclusive");
  assert.equal(exitCodeOf(notReplicated), 4);
  assert.deepEqual(notReplicated.reasons.slice(0, 2), [
    "The server B had no table.",
    "So whether a write was lost cannot be told by this ledger.",
  ]);
  assert.deepEqual(notReplicated.probe.ledger!.problems, []);
  const lost = await judged({
    ledger: (entries) =>
      entries.map((entry) => entry.slot === 101 ? { ...entry, verified: false, problem: "lost" } : entry),
  });
  assert.equal(lost.verdict, "fail");
  assert.equal(
    lost.reasons[0],
    "1 write is acknowledged but missing: ledger-write, client 0, write 50, slot 101.",
  );
});

Deno.test("without a ledger nothing is said of writes, and a quiet server is zero-downtime", async () => {
  const { verdict, reasons, probe } = await judged({
    run: (run) => ({ ...run, config: { ...run.config, probe: { ...run.config.probe!, schema: null } } }),
  });
  assert.equal(verdict, "zero-downtime");
  assert.equal(probe.ledger, null);
  assert.deepEqual(reasons, [
    "No request failed, and there was no pause (pauses under 10 ms are not reported).",
    "Nothing was written (--no-ledger): nothing is said of writes.",
    "No other server, address or state of it was seen.",
  ]);
});
