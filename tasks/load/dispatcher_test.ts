import assert from "node:assert/strict";
import { join } from "node:path";
import type { Phase } from "../model/run.ts";
import { OUTCOMES } from "../model/timing.ts";
import { readSegment } from "../store/segment_reader.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { FakeTarget, type Script } from "../targets/testing_fake.ts";
import type { Call, Target } from "../targets/target.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Mix } from "./mix.ts";
import { sleep } from "../net/sleep.ts";

const PHASES: Phase[] = [
  { phaseId: 0, segment: "warmup", measured: false, block: 0, arm: "a", startUs: 0, endUs: 1000 },
  { phaseId: 1, segment: "steady", measured: true, block: 1, arm: "b", startUs: 1000, endUs: 2000 },
];
const MIX: Mix = { operationOf: (slot) => slot % 2, valuesOf: (slot) => ({ id: slot }) };

/** Dispatches a slot and waits for its end. */
function ended(
  dispatcher: Dispatcher,
  slot: number,
  operation: number,
  intendedUs: number,
  wokeUs: number,
): Promise<Call | null> {
  const ready = dispatcher.ready(slot, operation, intendedUs);
  return new Promise((resolve) => dispatcher.send(ready, wokeUs, resolve));
}

interface Row {
  slot: number;
  attempt: number;
  phase: number;
  operation: number;
  outcome: string;
  woke: number;
  sent: number;
  done: number;
  error: string | null;
}

async function rowsOf(
  script: (call: Call, index: number) => Script,
  use: (dispatcher: Dispatcher, clock: { us: number }) => Promise<void>,
  inFlightCap = 100,
  retry: { attempts: number; backoffMs: number } | null = null,
  phases = PHASES,
): Promise<Row[]> {
  const dir = Deno.makeTempDirSync();
  try {
    const path = join(dir, "timing-0.seg");
    const recorder = new SegmentWriter(path, 0, 8);
    const clock = { us: 0 };
    const nowUs = () => clock.us;
    const target = new FakeTarget(nowUs, script);
    const statements = [0, 1].map((index) => ({
      operationId: index,
      name: `op${index}`,
      write: false,
      text: "",
      parameters: ["id"],
    }));
    const arms = ["a", "b"].map((name) => ({
      name,
      target: { path: "sql", url: "" } as const,
      statements: statements.map((each) => ({
        ...each,
        operationId: each.operationId + (name === "b" ? 10 : 0),
      })),
    }));
    const dispatcher = new Dispatcher({
      seed: 1,
      phases,
      arms,
      targets: [target, target],
      mix: MIX,
      recorder,
      nowUs,
      timeoutMs: 5,
      inFlightCap,
      retry,
      later: (atUs, work) => setTimeout(work, (atUs - clock.us) / 1000),
    });
    await use(dispatcher, clock);
    recorder.close();
    return read(path);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

function read(path: string): Row[] {
  const rows: Row[] = [];
  for (const { rows: n, columns, codes } of readSegment(path, { droppedBytes: 0 })) {
    for (let at = 0; at < n; at++) {
      rows.push({
        slot: columns.slot[at]!,
        attempt: columns.attempt[at]!,
        phase: columns.phase[at]!,
        operation: columns.operation[at]!,
        outcome: OUTCOMES[columns.outcome[at]!]!,
        woke: columns.woke[at]!,
        sent: columns.sent[at]!,
        done: columns.done[at]!,
        error: columns.error[at] === 0 ? null : codes[columns.error[at]! - 1]!,
      });
    }
  }
  return rows.sort((a, b) => a.slot - b.slot || a.attempt - b.attempt);
}

Deno.test("a slot belongs to the block of its intended time, with that block's arm", async () => {
  const rows = await rowsOf(() => ({ serviceMs: 0 }), async (dispatcher, clock) => {
    clock.us = 1500;
    await Promise.all([ended(dispatcher, 0, 0, 999, 1500), ended(dispatcher, 1, 1, 1000, 1500)]);
  });
  assert.deepEqual(rows.map(({ phase, operation }) => [phase, operation]), [[0, 0], [1, 11]]);
});

Deno.test("every slot leaves one row: ok, failed, timed out, shed and unsent", async () => {
  const scripts: Script[] = [{ serviceMs: 0 }, { serviceMs: 0, outcome: "failed", error: "57P01" }, {
    serviceMs: Infinity,
  }];
  const rows = await rowsOf((_, index) => scripts[index]!, async (dispatcher, clock) => {
    await ended(dispatcher, 0, 0, 10, 11);
    await ended(dispatcher, 1, 1, 20, 21);
    const stuck = ended(dispatcher, 2, 0, 30, 31);
    await ended(dispatcher, 3, 1, 40, 41);
    clock.us = 5030;
    dispatcher.sweep();
    assert.equal(dispatcher.inFlight, 1);
    clock.us = 5031;
    dispatcher.sweep();
    assert.equal(dispatcher.inFlight, 0);
    await stuck;
    dispatcher.unsent(4, 0, 50);
    assert.deepEqual(dispatcher.progress, { due: 5, ok: 1, failed: 1, timeout: 1, shed: 1, inFlight: 0 });
  }, 1);
  assert.deepEqual(rows.map(({ slot, outcome, error }) => [slot, outcome, error]), [
    [0, "ok", null],
    [1, "failed", "57P01"],
    [2, "timeout", null],
    [3, "shed", null],
    [4, "unsent", null],
  ]);
  assert.equal(rows[2]!.done, 5031);
  assert.ok(Number.isNaN(rows[3]!.sent) && Number.isNaN(rows[3]!.done) && rows[3]!.woke === 41);
  assert.ok(Number.isNaN(rows[4]!.woke));
});

Deno.test("what is under way when the run ends is censored there", async () => {
  const rows = await rowsOf(() => ({ serviceMs: Infinity }), async (dispatcher, clock) => {
    const flying = ended(dispatcher, 0, 0, 10, 11);
    clock.us = 900;
    dispatcher.endAll();
    await flying;
    assert.deepEqual(dispatcher.progress, { due: 1, ok: 0, failed: 0, timeout: 0, shed: 0, inFlight: 0 });
  });
  assert.deepEqual(rows.map(({ outcome, done }) => [outcome, done]), [["timeout", 900]]);
});

Deno.test("a retry is a further attempt of its slot, and each attempt a row", async () => {
  const scripts: Script[] = [
    { serviceMs: 0, outcome: "failed", error: "40001" },
    { serviceMs: 0, outcome: "failed", error: "40001" },
    { serviceMs: 0 },
    { serviceMs: 0 },
  ];
  let last: Call | null = null;
  const rows = await rowsOf(
    (_, index) => scripts[index]!,
    async (dispatcher, clock) => {
      clock.us = 100;
      last = await ended(dispatcher, 0, 0, 10, 11);
      await ended(dispatcher, 1, 1, 20, 21);
      assert.deepEqual(dispatcher.progress, { due: 2, ok: 2, failed: 0, timeout: 0, shed: 0, inFlight: 0 });
    },
    100,
    { attempts: 3, backoffMs: 1 },
  );
  assert.deepEqual(rows.map(({ slot, attempt, outcome }) => [slot, attempt, outcome]), [
    [0, 0, "failed"],
    [0, 1, "failed"],
    [0, 2, "ok"],
    [1, 0, "ok"],
  ]);
  assert.equal(last!.outcome, "ok");
});

Deno.test("no further attempt begins once the run has ended", async () => {
  const rows = await rowsOf(
    () => ({ serviceMs: 0, outcome: "failed", error: "XX000" }),
    async (dispatcher) => {
      const flying = ended(dispatcher, 0, 0, 10, 11);
      await Promise.resolve();
      dispatcher.endAll();
      await flying;
    },
    100,
    { attempts: 5, backoffMs: 1 },
  );
  assert.equal(rows.length, 1);
});

Deno.test("a slot that waits for its next attempt when the run ends came to what its last one came to", async () => {
  const rows = await rowsOf(
    () => ({ serviceMs: 0, outcome: "failed", error: "XX000" }),
    async (dispatcher) => {
      const flying = ended(dispatcher, 0, 0, 10, 11);
      await sleep(5);
      assert.deepEqual(dispatcher.progress, { due: 1, ok: 0, failed: 0, timeout: 0, shed: 0, inFlight: 0 });
      dispatcher.endAll();
      assert.deepEqual(dispatcher.progress, { due: 1, ok: 0, failed: 1, timeout: 0, shed: 0, inFlight: 0 });
      assert.equal((await flying)!.outcome, "failed");
    },
    100,
    { attempts: 5, backoffMs: 1000 },
  );
  assert.deepEqual(rows.map(({ attempt, outcome }) => [attempt, outcome]), [[0, "failed"]]);
});

Deno.test("a request that cannot be written is a failed row, and the next one goes on", async () => {
  const rows = await rowsOf(({ values }) => {
    if (values[0] === 0) throw new RangeError("too deep");
    return { serviceMs: 0 };
  }, async (dispatcher) => {
    assert.equal((await ended(dispatcher, 0, 0, 0, 0))?.outcome, "failed");
    assert.equal((await ended(dispatcher, 1, 0, 0, 0))?.outcome, "ok");
  });
  assert.deepEqual(rows.map(({ outcome, error }) => [outcome, error]), [["failed", "RangeError"], [
    "ok",
    null,
  ]]);
});

Deno.test("a row that cannot be recorded when its answer comes is told at the next sweep, not in the answer's turn", () => {
  let end = () => {};
  const target: Target = {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    run: (call) => end = () => call.onDone(),
  };
  const arm = {
    name: "a",
    target: { path: "sql", url: "" } as const,
    statements: [{ operationId: 0, name: "op", write: false, text: "", parameters: [] }],
  };
  const dispatcher = new Dispatcher({
    phases: PHASES.slice(0, 1),
    arms: [arm],
    targets: [target],
    mix: { operationOf: () => 0, valuesOf: () => ({}) },
    recorder: {
      push() {
        throw new Error("disk full");
      },
    },
    nowUs: () => 0,
    timeoutMs: 5,
    inFlightCap: 1,
    retry: null,
  });
  dispatcher.send(dispatcher.ready(0, 0, 0), 0, () => {});
  dispatcher.sweep();
  end();
  assert.throws(() => dispatcher.sweep(), /disk full/);
});

Deno.test("in a phase of all arms each slot's arm is drawn, the same for the same slot, and all as often", async () => {
  const phases = [{ ...PHASES[0]!, arm: null }];
  const ask = () =>
    rowsOf(
      () => ({ serviceMs: 0 }),
      async (dispatcher) => {
        const slots = Array.from({ length: 1000 }, (_, slot) => slot);
        await Promise.all(slots.map((slot) => ended(dispatcher, slot, 0, slot, slot)));
        dispatcher.unsent(1000, 0, 1000);
      },
      undefined,
      undefined,
      phases,
    );
  const rows = await ask();
  const second = rows.filter(({ operation }) => operation === 10).length;
  // Five standard deviations.
  assert.ok(Math.abs(second - 500) < 5 * Math.sqrt(250), `${second} of 1000`);
  assert.equal(rows.length, 1001);
  assert.deepEqual((await ask()).map(({ operation }) => operation), rows.map(({ operation }) => operation));
});

Deno.test("a request that was made ready before its phase ended early belongs to the phase that came then", async () => {
  const phases = PHASES.map((phase) => ({ ...phase, arm: null }));
  const rows = await rowsOf(
    () => ({ serviceMs: 0 }),
    async (dispatcher, clock) => {
      const ready = dispatcher.ready(0, 0, 900);
      dispatcher.reschedule([{ ...phases[0]!, endUs: 500 }, { ...phases[1]!, startUs: 500, endUs: 1500 }]);
      clock.us = 900;
      await new Promise((resolve) => dispatcher.send(ready, 900, resolve));
      await ended(dispatcher, 1, 0, 499, 900);
    },
    undefined,
    undefined,
    phases,
  );
  assert.deepEqual(rows.map(({ phase }) => phase), [1, 0]);
});
