import assert from "node:assert/strict";
import { Client } from "pg";
import { oneArmPlan } from "../selfbench/one_arm.ts";
import { eventually } from "../net/testing.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { EventHub } from "./event_hub.ts";
import type { LoadPlan } from "./plan.ts";
import type { RunEvents } from "./run_events.ts";
import { runLoad } from "./run_load.ts";

const SESSION = "benchbook test load";

/** Runs a load of writes that wait for a lock until it ends, and looks at what of it is left at the server, then and when the lock is free. */
async function leavesNothing(
  run: (plan: LoadPlan, underWay: () => Promise<number>) => Promise<void>,
): Promise<void> {
  await withDatabase(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query("CREATE TABLE written (n int); SELECT pg_advisory_lock(7)");
    const dir = Deno.makeTempDirSync();
    try {
      const made = oneArmPlan({
        target: { path: "sql", url, session: SESSION },
        text: "INSERT INTO written SELECT $1::int FROM pg_advisory_xact_lock_shared(7)",
        params: { n: { kind: "integer", min: 1, max: 9 } },
        load: { arrivals: "constant", rate: 50 },
        warmup: 0,
        seconds: 30,
        connections: 4,
      }, dir);
      // What writes is not rehearsed.
      const arms = made.arms.map((arm) => ({
        ...arm,
        statements: arm.statements.map((statement) => ({ ...statement, write: true })),
      }));
      const underWay = async () => {
        const { rowCount } = await admin.query(
          // Not those that only prepare what they are going to ask.
          "SELECT FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database() " +
            "AND state = 'active' AND wait_event = 'advisory'",
          [SESSION],
        );
        return rowCount!;
      };
      await run({ ...made, arms }, underWay);
      assert.equal(await underWay(), 0);
      await admin.query("SELECT pg_advisory_unlock(7)");
      assert.deepEqual((await admin.query("SELECT count(*)::int AS n FROM written")).rows, [{ n: 0 }]);
    } finally {
      await admin.end();
      Deno.removeSync(dir, { recursive: true });
    }
  });
}

Deno.test("a run that ends with writes under way leaves none that is committed afterwards", async () => {
  await leavesNothing(async (plan, underWay) => {
    const ending = new AbortController();
    const events = new EventHub<RunEvents>();
    events.on("start", () => void eventually(async () => await underWay() > 0).then(() => ending.abort()));
    const { interrupted, progress } = await runLoad({ plan, signal: ending.signal, events });
    // What the end has cut off is neither an answer nor an error.
    assert.ok(interrupted && progress.due > 0 && progress.ok === 0, JSON.stringify(progress));
  });
});

Deno.test("a generator that fails leaves none either", async () => {
  await leavesNothing(async (plan) => {
    const [phase] = plan.phases as [LoadPlan["phases"][number]];
    // Half a second on there is an arm that nobody knows.
    const phases = [{ ...phase, endUs: 500_000 }, { ...phase, phaseId: 9, startUs: 500_000, arm: "none" }];
    const signal = new AbortController().signal;
    await assert.rejects(runLoad({ plan: { ...plan, phases, workers: 2 }, signal }));
  });
});
