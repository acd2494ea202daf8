import assert from "node:assert/strict";
import { Client } from "pg";
import { ExitCode } from "../model/errors.ts";
import { testConfig } from "../stack/testing.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { command } from "../terminal/command.ts";
import { addBenchOptions, type BenchArguments } from "./bench_options.ts";
import { holdDatabase } from "./hold_database.ts";
import { withJob } from "./job.ts";
import { blocksOf } from "./load_plan.ts";
import { measure } from "./measure.ts";
import { benchRequest } from "./request.ts";
import { newRunId } from "./run_id.ts";
import { withSystem } from "./system.ts";
import { until, withWorkbench } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

const ARGUMENTS = ["--scale", "tiny", "--duration", "15s", "--warmup", "300ms", "--rate", "50"];
const INSTANCES = ["postgres", "redis", "graphql"];

Deno.test("a run restarts its own instances: a crash, unless its schedule declares the outage", (t) =>
  withWorkbench(async (bench) => {
    const config = await testConfig(bench.home);
    const task = addBenchOptions(command("bench", "A bench."));
    task.parse([...ARGUMENTS, "--paths", "sql,graphql,sql+cache"], { from: "user" });
    const request = await benchRequest("access-paths", task.opts<BenchArguments>(), config);
    await withJob(request, config, (job) =>
      withSystem(job, async (system) => {
        const { stack } = system;
        const run = async (names: readonly string[], declared: boolean) => {
          let restarted = Promise.resolve();
          const restart = async () => {
            // PostGraphile cannot start while its PostgreSQL is away.
            for (const name of names) await stack.control.restart(name);
          };
          const { phases } = blocksOf(system);
          const last = phases.at(-1)!;
          const outcome = await measure({ ...system, runId: newRunId() }, {
            // The last block goes on until they are back, however long a machine takes to start them all.
            phases: phases.with(-1, { ...last, endUs: 300e6 }),
            actions: [{
              name: "restart",
              at: { atUs: 1e6 },
              ends: last.phaseId,
              run: () => restarted = restart(),
            }],
            outages: declared
              ? names.map((instance) => ({ instance, from: { atUs: 1e6 }, until: { atUs: 300e6 } }))
              : [],
          });
          // A run does not wait for what it began.
          await restarted;
          return outcome;
        };
        await t.step("all of them, declared", async () => {
          const before = stack.pids();
          const complete = await run(INSTANCES, true);
          assert.deepEqual([complete.status, complete.crash], ["complete", null]);
          assert.deepEqual(complete.left, [], "what the run wrote is taken back");
          const after = stack.pids();
          for (const name of INSTANCES) assert.notEqual(before[name], after[name], name);
        });
        // The last alone may leave rows: where its server comes back too late, they are the next start's.
        for (const name of INSTANCES.toReversed()) {
          await t.step(`${name}, undeclared`, async () => {
            const { status, crash, left } = await run([name], false);
            assert.equal(status, "crashed");
            if (name !== "postgres") assert.deepEqual(left, [], "what the run wrote is taken back");
            assert.match(crash!, new RegExp(`^the ${name} process \\(\\d+\\) ended during the run$`));
          });
        }
        return ExitCode.ok;
      }));
  }));

Deno.test("a database is held over an outage that was declared, however long", () =>
  withUserPostgres(async ({ url, kill, start }) => {
    await using held = await holdDatabase(url, "test");
    held.allowUntil(performance.now() + 60_000);
    await kill();
    // Longer than a server that crashed may take.
    await sleep(9_000);
    assert.ok(!held.lost.aborted);
    await start();
    const client = new Client({ connectionString: url });
    await client.connect();
    const locks = "SELECT FROM pg_locks WHERE locktype = 'advisory'";
    await until(async () => (await client.query(locks)).rowCount || null, "it is not held again");
    await client.end();
    assert.ok(!held.lost.aborted);
  }));
