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

const ARGUMENTS = [
  "--scale",
  "tiny",
  "--paths",
  "sql",
  "--duration",
  "6s",
  "--warmup",
  "300ms",
  "--rate",
  "50",
];

Deno.test("a run restarts its own server: a crash, unless its schedule declares the outage", () =>
  withWorkbench(async (bench) => {
    const config = await testConfig(bench.home);
    const task = addBenchOptions(command("bench", "A bench."));
    task.parse(ARGUMENTS, { from: "user" });
    const request = await benchRequest("access-paths", task.opts<BenchArguments>(), config);
    await withJob(request, config, (job) =>
      withSystem(job, async (system) => {
        const { stack } = system;
        const run = (declared: boolean) =>
          measure({ ...system, runId: newRunId() }, {
            ...blocksOf(system),
            actions: [{ name: "restart", at: { atUs: 1e6 }, run: () => stack.restart("primary") }],
            outages: declared ? [{ instance: "postgres", from: { atUs: 1e6 }, until: { atUs: 6e6 } }] : [],
          });
        const { postgres: first } = stack.pids();
        const crashed = await run(false);
        assert.equal(crashed.status, "crashed");
        assert.match(crashed.crash!, /^the postgres process \(\d+\) ended during the run$/);
        const { postgres: second } = stack.pids();
        const complete = await run(true);
        assert.deepEqual([complete.status, complete.crash], ["complete", null]);
        assert.deepEqual(complete.left, [], "what the run wrote is taken back");
        assert.equal(new Set([first, second, stack.pids().postgres]).size, 3);
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
