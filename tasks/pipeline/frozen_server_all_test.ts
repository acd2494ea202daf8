import assert from "node:assert/strict";
import { Client } from "pg";
import { isAlive } from "../stack/process.ts";
import { freeze } from "../stack/testing_freeze.ts";
import { keptRecords } from "../undo/journal.ts";
import { until, type Workbench } from "./testing.ts";
import {
  assertDatabaseAsFound,
  servicesOf,
  storedRuns,
  withUserDatabase,
  writing,
} from "./testing_interrupt.ts";
import { sleep } from "../net/sleep.ts";

const ignore = Deno.build.os !== "linux";

const RUN = ["--scale", "tiny", "--warmup", "300ms", "--rate", "300", "--no-report"];

/** A server of the user's with data in it, and a way to make it hang. */
function withServer(
  use: (bench: Workbench, url: string, hang: () => () => void) => Promise<void>,
): Promise<void> {
  return withUserDatabase((bench, url, { process: { pid } }) => use(bench, url, () => freeze(pid)));
}

async function assertMended(bench: Workbench, url: string): Promise<void> {
  const mended = await bench.call("clean", ["--writes"], { DATABASE_URL: url });
  assert.equal(mended.code, 0, mended.stdout + mended.stderr);
  await assertDatabaseAsFound(url);
}

Deno.test(
  { name: "a server that freezes in mid-run", ignore },
  (t) =>
    withServer(async (bench, url, hang) => {
      const env = { DATABASE_URL: url };

      await t.step("the run ends by itself, as crashed, and what is left is kept on record", async () => {
        const run = bench.start("bench", [...RUN, "--duration", "6s"], env);
        await writing(bench, url);
        const thaw = hang();
        const frozenAt = performance.now();
        try {
          const { code, stdout, stderr } = await run.result;
          assert.equal(code, 3, stdout + stderr);
          const seconds = (performance.now() - frozenAt) / 1000;
          assert.ok(seconds < 60, `ended ${seconds} s after the server froze`);
          assert.match(stdout, /ended early: PostgreSQL stopped answering/);
          assert.match(stdout, /clean --writes/);
          assert.doesNotMatch(stdout + stderr, /a defect of Benchbook|\n\s+at /);
          assert.deepEqual((await storedRuns(bench)).map(({ status }) => status), ["crashed"]);
          assert.equal((await keptRecords(bench.home)).records.length, 1);
        } finally {
          thaw();
        }
        await assertMended(bench, url);
      });

      await t.step("one Ctrl-C ends it", async () => {
        const run = bench.start("bench", [...RUN, "--duration", "60s"], env);
        await writing(bench, url);
        const services = servicesOf(bench);
        const thaw = hang();
        try {
          await sleep(1000);
          const pressedAt = performance.now();
          run.kill("SIGINT");
          const { code, stderr } = await run.result;
          assert.equal(code, 130, stderr);
          const ms = performance.now() - pressedAt;
          // After five, where the machine has time; it would wait three times as long for the server.
          assert.ok(ms < 12_000, `ended after ${ms} ms`);
          assert.match(stderr, /Rows that this run wrote may be left.*clean --writes/s);
          assert.deepEqual(services.filter(isAlive), [], "every service is stopped");
        } finally {
          thaw();
        }
        await assertMended(bench, url);
      });

      await t.step("one Ctrl-C ends what waits for somebody's lock, and nothing waits on", async () => {
        const client = new Client({ connectionString: url });
        await client.connect();
        await client.query("BEGIN; LOCK TABLE benchbook.dataset IN ACCESS EXCLUSIVE MODE");
        const waiting = () =>
          client.query("SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted").then(({ rows }) =>
            rows[0].n
          );
        try {
          for (const task of ["bench", "seed"]) {
            const run = bench.start(task, task === "bench" ? RUN : ["--scale", "tiny"], env);
            await until(async () => await waiting() > 0 || null, "nothing waits for the lock");
            const pressedAt = performance.now();
            run.kill("SIGINT");
            const { code, stderr } = await run.result;
            assert.equal(code, 130, stderr);
            const ms = performance.now() - pressedAt;
            // Within five seconds, where the machine has time; nobody gives the lock free.
            assert.ok(ms < 20_000, `${task} ended after ${ms} ms`);
            assert.equal(await waiting(), 0, "a session goes on waiting");
          }
        } finally {
          await client.end();
        }
      });
    }),
);
