import assert from "node:assert/strict";
import { join } from "node:path";
import type { Phase, Sample } from "../model/run.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { GENERATOR_METRICS } from "../observe/sources/generator.ts";
import { EventHub } from "./event_hub.ts";
import type { LoadPlan } from "./plan.ts";
import type { RunEvents } from "./run_events.ts";
import { runLoad } from "./run_load.ts";

const SECONDS = 2.2;

function planOf(url: string, spoolDir: string): LoadPlan {
  const phase: Phase = {
    phaseId: 0,
    segment: "steady",
    measured: true,
    block: 0,
    arm: "sql",
    startUs: 0,
    endUs: SECONDS * 1e6,
  };
  const statement = { operationId: 0, name: "one", write: false, text: "SELECT 1 AS one", parameters: [] };
  // As many a second as a p99 of its lag takes.
  const stream = { name: "load", arrivals: "poisson", rate: 800, stages: null, session: null } as const;
  return {
    seed: 1,
    loop: { kind: "open" },
    streams: [{ ...stream, first: 0, count: 1 }],
    phases: [phase],
    arms: [{ name: "sql", target: { path: "sql", url }, statements: [statement] }],
    operations: [{ name: "one", weight: 1, params: {} }],
    dataset: null,
    sources: {},
    retry: null,
    connections: 4,
    // All of them: what a busy machine holds up for a moment is neither shed nor given up.
    inFlightCap: 10_000,
    timeoutMs: 60_000,
    workers: 1,
    spoolDir,
  };
}

Deno.test("generators tell how a run goes while it goes, and what they cost, once a second", async () => {
  await withDatabase(async (url, { home }) => {
    const spoolDir = join(home, "spool");
    await Deno.mkdir(spoolDir);
    const told: RunEvents["tick"][] = [];
    const samples: Sample[] = [];
    const events = new EventHub<RunEvents>();
    events.on("tick", (tick) => told.push(tick));
    events.on("sample", (more) => samples.push(...more));
    const { signal } = new AbortController();
    const { progress } = await runLoad({ plan: planOf(url, spoolDir), signal, events });

    // About twice a second; late timers of a busy machine make it fewer.
    assert.ok(told.length >= 2, `${told.length} times`);
    assert.ok(told.every(({ elapsedUs }, index) => index === 0 || elapsedUs >= told[index - 1]!.elapsedUs));
    const { counts, figures } = told.at(-1)!;
    assert.equal(counts.due, progress.due);
    assert.equal(counts.ok, progress.ok);
    assert.ok(progress.due > 0 && progress.ok === progress.due);
    assert.ok(figures.p50Ms! > 0 && figures.p50Ms! <= figures.p95Ms! && figures.p95Ms! <= figures.p99Ms!);
    assert.ok(figures.lagP99Ms! > 0 && figures.lagP99Ms! < 1000 * SECONDS);
    assert.equal(figures.hitRate, null);
    assert.ok(told.some(({ figures }) => figures.offeredPerSecond > 0 && figures.achievedPerSecond > 0));

    // Of moves nothing is told where the thread has real-time priority, or cores enough.
    for (const { name: metric } of GENERATOR_METRICS.filter(({ name }) => name !== "thread_moves")) {
      const values = samples.filter((sample) => sample.metric === metric).map(({ value }) => value);
      assert.ok(values.length >= 1 && values.length <= SECONDS + 2, `${values.length} samples of ${metric}`);
      assert.ok(values.every((value) => Number.isFinite(value) && value >= 0), metric);
    }
    // What a request costs is work of microseconds, not of nothing and not of seconds.
    const costs = samples.filter(({ metric }) => metric === "cpu_per_request_us").map(({ value }) => value);
    assert.ok(costs.every((us) => us > 1 && us < 100_000), `${costs}`);
    assert.ok(samples.every(({ source, labels }) => source === "generator" && labels["worker"] === "0"));
  });
});
