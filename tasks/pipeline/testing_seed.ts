import assert from "node:assert/strict";
import { Client } from "pg";
import { withDatabase } from "../stack/testing_shared.ts";
import { type TaskResult, withWorkbench } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

/** About 30,000 rows: enough to be in the middle of, little enough to repeat. */
const SOME = ["--scale", "tiny", "--orders", "8000", "--workers", "2"];

/** The content hash that a seeding has printed. */
export const hashOf = ({ stdout }: TaskResult) => /^Content hash ([0-9a-f]{32})$/m.exec(stdout)?.[1];

async function rows<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until a load has begun to fill the database: its marker says so. */
async function loading(url: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    const [marker] = await rows<{ there: boolean }>(
      url,
      "SELECT to_regclass('benchbook.dataset') IS NOT NULL AND to_regclass('northwind.orders') IS NOT NULL AS there",
    );
    if (marker!.there) return;
    await sleep(5);
  }
  throw new Error("No load began");
}

/** Ends a load in its midst by a signal: nothing of it may look whole, and the next one makes the same rows. */
export async function endLoadEarly(signal: "SIGINT" | "SIGKILL"): Promise<void> {
  await withDatabase(async (_url, postgres) => {
    await withWorkbench(async (bench) => {
      const whole = await postgres.database("whole");
      const expected = hashOf(await bench.run("seed", SOME, { DATABASE_URL: whole }));
      assert(expected);
      const url = await postgres.database("ended_early");
      const task = bench.start("seed", SOME, { DATABASE_URL: url });
      await loading(url);
      task.kill(signal);
      const { code, seconds } = await task.result;
      if (signal === "SIGINT") {
        assert.equal(code, 130);
        assert(seconds < 60);
      }
      const complete = await rows(url, "SELECT FROM benchbook.dataset WHERE status = 'complete'");
      assert.deepEqual(complete, []);
      const again = await bench.run("seed", [...SOME, "--verify"], { DATABASE_URL: url });
      assert.equal(again.code, 0, again.stdout + again.stderr);
      assert.equal(hashOf(again), expected);
    });
  });
}
