import assert from "node:assert/strict";
import { Client } from "pg";
import { isAlive } from "../stack/process.ts";
import { Key } from "../testing/pseudo_terminal.ts";
import { withWorkbench } from "./testing.ts";
import { LONG, outcomes, services } from "./testing_faults.ts";
import {
  assertDatabaseAsFound,
  assertSane,
  inTerminal,
  reservedRows,
  servicesOf,
  withUserDatabase,
  writing,
} from "./testing_interrupt.ts";
import { sleep } from "../net/sleep.ts";

const ignore = Deno.build.os !== "linux";

Deno.test("Ctrl-C in mid-run ends with 130, stops the stack within 5 s and keeps what was measured", async () => {
  await withWorkbench(async (bench) => {
    const running = bench.start("bench", LONG);
    await bench.measuring();
    const started = services(bench);
    assert.equal(started.length, 3);
    const before = performance.now();
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, 130, stdout + stderr);
    assert.ok(performance.now() - before < 5000, "within 5 s");
    assert.ok(started.every(({ process }) => !isAlive(process)), "every service is stopped");
    const kept = await outcomes(bench);
    assert.ok(kept.length > 0 && kept.every(({ status }) => status === "interrupted"));
    assert.match(stdout, /interrupted/i);
    const report = await bench.run("report", ["latest", "--no-pdf"]);
    assert.equal(report.code, 0, report.stderr);
  });
});

Deno.test({ name: "whoever presses again leaves at once, and what is left is said", ignore }, async (t) => {
  await withUserDatabase(async (bench, url) => {
    /** Somebody's lock stands against every undo. */
    const locked = async (use: (release: () => Promise<void>) => Promise<void>) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query("BEGIN; LOCK TABLE northwind.orders IN ACCESS EXCLUSIVE MODE");
        await use(async () => void await client.query("ROLLBACK"));
      } finally {
        await client.end();
      }
    };

    for (const presses of [2, 3]) {
      await t.step(`${presses} presses while the undo cannot be done`, async () => {
        await inTerminal(
          { task: "bench", args: [...LONG, "--rate", "300"], bench, url },
          async (terminal) => {
            await writing(bench, url);
            const services = servicesOf(bench);
            await locked(async (release) => {
              for (let press = 0; press < presses; press++) {
                terminal.type(Key.ctrlC);
                await terminal.shows(/Interrupted/);
                await sleep(800);
              }
              const pressedAt = performance.now();
              const { code, at } = await terminal.ended;
              assert.equal(code, 130);
              assert.ok(at - pressedAt < (presses === 2 ? 6000 : 1500), `ended after ${at - pressedAt} ms`);
              assert.deepEqual(services.filter(isAlive), [], "every service is stopped");
              assert.match(terminal.output(), /Rows that this run wrote may be left.*clean --writes/s);
              assertSane(terminal);
              await release();
            });
            assert.ok(await reservedRows(url) > 0, "the lock held the undo up");
            const mended = await bench.run("clean", ["--writes"], { DATABASE_URL: url });
            assert.equal(mended.code, 0, mended.stdout + mended.stderr);
            await assertDatabaseAsFound(url);
          },
        );
      });
    }
  });
});
