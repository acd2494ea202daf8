import assert from "node:assert/strict";
import { Client } from "pg";
import type { Action, Schedule } from "../load/schedule.ts";
import { ExitCode } from "../model/errors.ts";
import type { Phase } from "../model/run.ts";
import { testConfig } from "../stack/testing.ts";
import { readSpool, rowsOf } from "../store/spool_reader.ts";
import { phaseTable } from "../store/tables/phase.ts";
import { withJob } from "./job.ts";
import { blocksOf } from "./load_plan.ts";
import { measure } from "./measure.ts";
import { benchRequest } from "./request.ts";
import { newRunId } from "./run_id.ts";
import { withSystem } from "./system.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import { withWorkbench } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

const GIVEN = {
  scale: "tiny",
  seed: 42,
  paths: "sql",
  rate: 50,
  duration: 2,
  warmup: 0,
  set: {},
  distribution: {},
  replace: false,
  abortOnFail: false,
  report: false,
  pdf: false,
  json: true,
};

const LONG_SECONDS = 120;

/** A real system, which is stopped afterwards. */
async function withTestSystem(use: (system: SystemUnderTest) => Promise<void>): Promise<void> {
  await withWorkbench(async ({ home }) => {
    const config = await testConfig(home);
    await withJob(await benchRequest("access-paths", GIVEN, config), config, async (job) => {
      await withSystem(job, use);
      return ExitCode.ok;
    });
  });
}

function scheduleOf(system: SystemUnderTest, actions: readonly Action[]): Schedule {
  return { ...blocksOf(system), actions };
}

/** When the run of a spool ended by its phases, µs from its start. */
function endOf(spoolDir: string): number {
  const phases: Phase[] = [];
  // The last one of an id counts: each is written when the run begins and when it ends.
  for (const phase of rowsOf(spoolDir, phaseTable, [])) phases[phase.phaseId] = phase;
  return phases.at(-1)!.endUs;
}

Deno.test("measuring does what a schedule says", (t) =>
  withTestSystem(async (system) => {
    await t.step("an action that fails ends nothing, and the run tells of it", async () => {
      const outcome = await measure(
        system,
        scheduleOf(system, [{
          name: "change",
          at: { atUs: 500_000 },
          async run() {
            const client = new Client({ connectionString: system.databaseUrl });
            await client.connect();
            await client.query("ALTER TABLE nowhere ADD n int").finally(() => client.end());
          },
        }]),
      );
      assert.deepEqual([outcome.status, outcome.crash, outcome.left], ["complete", null, []]);
      const { run, end } = readSpool(outcome.spoolDir);
      assert.equal(end?.status, "complete");
      assert.equal(endOf(outcome.spoolDir), 2_000_000);
      const { unavailable } = run.environment;
      const told = 'The action "change" failed: relation "nowhere" does not exist.';
      assert.ok(unavailable.includes(told), unavailable.join("\n"));
    });

    await t.step("a user who leaves ends the run and the action at work", async () => {
      const leaving = new AbortController();
      let ended = false;
      // Far from its end, however late a busy machine lets the user leave.
      const long = { ...system, plan: { ...system.plan, duration: LONG_SECONDS } };
      const outcome = await measure(
        { ...long, runId: newRunId(), signal: leaving.signal },
        scheduleOf(long, [{
          name: "backfill",
          at: { phaseId: 0, edge: "start" },
          async run(signal) {
            await sleep(500);
            leaving.abort();
            await sleep(600_000, signal).catch(() => ended = true);
          },
        }]),
      );
      assert.deepEqual([outcome.status, outcome.crash, ended], ["interrupted", null, true]);
      const { run, end } = readSpool(outcome.spoolDir);
      assert.equal(end?.status, "interrupted");
      const endUs = endOf(outcome.spoolDir);
      assert.ok(endUs > 300_000 && endUs < LONG_SECONDS * 1e6, `it ended at ${endUs} µs`);
      assert.ok(run.environment.unavailable.every((sentence) => !sentence.includes("backfill")));
    });
  }));
