import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { oneArmPlan, readRecords } from "../selfbench/one_arm.ts";
import { SetTime } from "../net/testing_time.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { readSegment } from "../store/segment_reader.ts";
import { EventHub } from "./event_hub.ts";
import type { LoadPlan } from "./plan.ts";
import type { RunEventHub, RunEvents, Step } from "./run_events.ts";
import { runLoad } from "./run_load.ts";
import { type Action, blockSchedule, type Schedule } from "./schedule.ts";
import { ScheduleClock } from "./schedule_clock.ts";
import { sleep } from "../net/sleep.ts";

function scheduleOf(seconds: number, actions: readonly Action[]): Schedule {
  const plan = { arms: ["sql", "graphql"], seed: 1, warmupSeconds: 0, washoutSeconds: 0 };
  return {
    ...blockSchedule({ ...plan, durationSeconds: seconds, blockSeconds: seconds / 2 }),
    actions,
  };
}

/** What is told of phases and steps, in short. */
function heardBy(events: RunEventHub): string[] {
  const heard: string[] = [];
  events.on("phase", ({ state, phase }) => heard.push(`${phase.phaseId} ${state}`));
  events.on(
    "step",
    ({ name, endUs, error }) => heard.push(`${name} ${endUs === null ? "begun" : error ?? "done"}`),
  );
  return heard;
}

function start(events: RunEventHub, time: SetTime): void {
  events.emit("start", { nowUs: () => time.nowMs * 1000, startedAt: new Date() });
}

Deno.test("phases and actions come at their times, and one that fails is told and ends nothing", async () => {
  const events = new EventHub<RunEvents>();
  const heard = heardBy(events);
  const atMs: number[] = [];
  const time = new SetTime();
  const note = () => Promise.resolve(void atMs.push(time.nowMs));
  const clock = new ScheduleClock(
    scheduleOf(0.6, [
      {
        name: "sync",
        at: { atUs: 100_000 },
        run: () => {
          throw new Error("no such table");
        },
      },
      { name: "index", at: { phaseId: 1, edge: "start" }, run: note },
      { name: "tidy", at: { phaseId: 1, edge: "end" }, run: note },
    ]),
    events,
    time.later,
  );
  start(events, time);
  assert.deepEqual(heard, ["0 began"]);
  await time.pass(600);
  await clock.stop(600_000);
  assert.deepEqual(heard, [
    "0 began",
    "sync begun",
    "sync no such table",
    "0 ended",
    "1 began",
    "index begun",
    "index done",
    "1 ended",
    "tidy begun",
    "tidy done",
  ]);
  assert.deepEqual([atMs, time.waiting], [[300, 600], 0]);
});

Deno.test("a run that ends early asks its actions to end, tells what was not done, and cuts the phase", async () => {
  const events = new EventHub<RunEvents>();
  const heard = heardBy(events);
  const ended: RunEvents["phase"][] = [];
  events.on("phase", (event) => void (event.state === "ended" && ended.push(event)));
  const time = new SetTime();
  const clock = new ScheduleClock(
    scheduleOf(60, [
      {
        name: "backfill",
        at: { atUs: 0 },
        run: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
      },
      { name: "index", at: { phaseId: 1, edge: "start" }, run: () => Promise.resolve() },
    ]),
    events,
    time.later,
  );
  start(events, time);
  await time.pass(50);
  await Promise.all([clock.stop(40_000), clock.stop()]);
  assert.deepEqual(heard, [
    "0 began",
    "backfill begun",
    "0 ended",
    "index the run was over before",
    "backfill done",
  ]);
  assert.deepEqual(ended.map(({ phase }) => phase.endUs), [40_000]);
});

Deno.test("an action that does not end keeps the run for two seconds, and is told", async () => {
  const events = new EventHub<RunEvents>();
  const heard = heardBy(events);
  const stuck = Promise.withResolvers<void>();
  const time = new SetTime();
  const clock = new ScheduleClock(
    scheduleOf(60, [{ name: "stuck", at: { atUs: 0 }, run: () => stuck.promise }]),
    events,
    time.later,
  );
  start(events, time);
  const stopped = clock.stop(1);
  await time.pass(1999);
  assert.deepEqual(heard, ["0 began", "stuck begun", "0 ended"]);
  await time.pass(1);
  await stopped;
  stuck.resolve();
  await time.pass(1);
  assert.deepEqual(heard, ["0 began", "stuck begun", "0 ended", "stuck it did not end with the run"]);
});

Deno.test("a run that never began has no phases, and its actions were not done: that is told of what must be", async () => {
  const events = new EventHub<RunEvents>();
  const heard = heardBy(events);
  await new ScheduleClock(
    scheduleOf(60, [
      { name: "index", at: { atUs: 0 }, run: () => Promise.resolve() },
      { name: "look", at: { atUs: 0 }, optional: true, run: () => Promise.resolve() },
    ]),
    events,
  ).stop();
  assert.deepEqual(heard, ["index the run was over before"]);
});

Deno.test("a table changes under a real load at its moment, and a change that fails costs no slot", async () => {
  await withDatabase(async (url) => {
    const dir = Deno.makeTempDirSync();
    const plan = oneArmPlan({
      target: { path: "sql", url },
      text: "SELECT $1::int AS n",
      params: { n: { kind: "integer", min: 1, max: 9 } },
      load: { arrivals: "constant", rate: 200 },
      warmup: 0,
      seconds: 300,
      connections: 2,
    }, dir);
    const { phaseId } = plan.phases.at(-1)!;
    const sql = (text: string) => async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(text);
      } finally {
        await client.end();
      }
    };
    const make = sql("CREATE TABLE made AS SELECT 1 AS n");
    const fail = sql("ALTER TABLE nowhere ADD n int");
    const made = Promise.withResolvers<void>();
    const events = new EventHub<RunEvents>();
    const steps: Step[] = [];
    events.on("step", (step) => void (step.endUs !== null && steps.push(step)));
    const clock = new ScheduleClock({
      phases: plan.phases,
      actions: [
        { name: "table", at: { atUs: 200_000 }, run: () => make().finally(made.resolve) },
        // The run goes on until both are over, however long a busy machine takes for them.
        { name: "wrong", at: { atUs: 300_000 }, ends: phaseId, run: () => made.promise.then(fail) },
      ],
      outages: [],
    }, events);
    try {
      const { signal } = new AbortController();
      const { progress, interrupted, phases } = await runLoad({ plan, signal, events });
      const { endUs } = phases.at(-1)!;
      await clock.stop(endUs);
      const due = Math.ceil(endUs / 5000);
      assert.deepEqual([interrupted, progress.ok, readRecords(plan).rows], [false, due, due]);
      steps.sort((a, b) => a.startUs - b.startUs);
      assert.deepEqual(steps.map(({ name, error }) => [name, error]), [
        ["table", null],
        ["wrong", 'relation "nowhere" does not exist'],
      ]);
      assert.ok(steps[0]!.startUs >= 200_000, JSON.stringify(steps));
      assert.ok(endUs > steps[1]!.endUs! && endUs < 300e6, `${endUs} µs`);
      await sql("DROP TABLE made")();
    } finally {
      await clock.stop();
      Deno.removeSync(dir, { recursive: true });
    }
  });
});

Deno.test("a phase ends when its action is over, for the generators too, and what follows moves up", async () => {
  await withDatabase(async (url) => {
    const dir = Deno.makeTempDirSync();
    const one = oneArmPlan({
      target: { path: "sql", url },
      text: "SELECT $1::int AS n",
      params: { n: { kind: "integer", min: 1, max: 9 } },
      load: { arrivals: "constant", rate: 200 },
      warmup: 0,
      seconds: 61,
      connections: 4,
    }, dir);
    const phase = (phaseId: number, segment: string, startUs: number, endUs: number) => ({
      phaseId,
      segment,
      measured: true,
      block: phaseId,
      arm: null,
      startUs,
      endUs,
    });
    const [first] = one.arms;
    const second = { ...first!.statements[0]!, operationId: 1 };
    const plan: LoadPlan = {
      ...one,
      workers: 2,
      arms: [first!, { ...first!, name: "twin", statements: [second] }],
      phases: [
        phase(0, "baseline", 0, 3e5),
        phase(1, "migrate", 3e5, 60e6),
        phase(2, "recovery", 60e6, 60.5e6),
      ],
    };
    const events = new EventHub<RunEvents>();
    const heard = heardBy(events);
    const migrate: Action = {
      name: "migrate",
      at: { phaseId: 1, edge: "start" },
      ends: 1,
      run: () => sleep(200),
    };
    const clock = new ScheduleClock({ phases: plan.phases, actions: [migrate], outages: [] }, events);
    try {
      const { signal } = new AbortController();
      const { progress, interrupted, phases } = await runLoad({ plan, signal, events });
      await clock.stop(phases.at(-1)!.endUs);
      const [baseline, migrated, recovery] = phases;
      assert.deepEqual(baseline, plan.phases[0]);
      assert.ok(migrated!.endUs >= 750_000 && migrated!.endUs < 30e6, `${migrated!.endUs}`);
      assert.deepEqual([recovery!.startUs, recovery!.endUs - recovery!.startUs], [migrated!.endUs, 500_000]);
      assert.deepEqual(heard.slice(0, 6), [
        "0 began",
        "0 ended",
        "1 began",
        "migrate begun",
        "migrate done",
        "1 ended",
      ]);
      assert.equal(heard.at(-1), "2 ended");
      assert.equal(interrupted, false);
      const due = Math.ceil(recovery!.endUs / 5000);
      assert.deepEqual([progress.due, progress.ok], [due, due]);
      const rows: { slot: number; phase: number; operation: number; intendedUs: number }[] = [];
      for (const worker of [0, 1]) {
        const file = join(dir, `timing-${worker}.seg`);
        for (const { rows: n, columns } of readSegment(file, { droppedBytes: 0 })) {
          for (let at = 0; at < n; at++) {
            rows.push({
              slot: columns.slot[at]!,
              phase: columns.phase[at]!,
              operation: columns.operation[at]!,
              intendedUs: columns.intended[at]!,
            });
          }
        }
      }
      assert.equal(new Set(rows.map(({ slot }) => slot)).size, due);
      for (const { phase, intendedUs } of rows) {
        const { startUs, endUs } = phases[phase]!;
        assert.ok(intendedUs >= startUs && intendedUs < endUs, `${intendedUs} in phase ${phase}`);
      }
      assert.equal(new Set(rows.map(({ phase, operation }) => `${phase} ${operation}`)).size, 6);
    } finally {
      await clock.stop();
      Deno.removeSync(dir, { recursive: true });
    }
  });
});
