import assert from "node:assert/strict";
import { Client } from "pg";
import { withDatabase } from "../stack/testing_shared.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { withWorkbench } from "./testing.ts";
import { eventually } from "../net/testing.ts";

/** About 30,000 rows: enough to be in the middle of, little enough to repeat. */
const SOME = ["--scale", "tiny", "--orders", "8000", "--workers", "2"];

/** The content hash that a seeding has printed. */
export const hashOf = ({ stdout }: Called) => /^Content hash ([0-9a-f]{32})$/m.exec(stdout)?.[1];

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
function loading(url: string): Promise<void> {
  return eventually(async () => {
    const [marker] = await rows<{ there: boolean }>(
      url,
      "SELECT to_regclass('benchbook.dataset') IS NOT NULL AND to_regclass('northwind.orders') IS NOT NULL AS there",
    );
    return marker!.there;
  });
}

/** How often a load is started anew that was over before it was ended. */
const TRIES = 5;

/** Ends a load in its midst by a signal: nothing of it may look whole, and the next one makes the same rows. */
export async function endLoadEarly(signal: "SIGINT" | "SIGKILL"): Promise<void> {
  await withDatabase(async (_url, postgres) => {
    await withWorkbench(async (bench) => {
      const whole = await postgres.database("whole");
      const expected = hashOf(await bench.call("seed", SOME, { DATABASE_URL: whole }));
      assert(expected);
      for (let tries = 0; tries < TRIES; tries++) {
        const url = await postgres.database(`ended_early_${tries}`);
        const task = bench.start("seed", SOME, { DATABASE_URL: url });
        await loading(url);
        task.kill(signal);
        const { code } = await task.result;
        // What looks whole on every try was marked before its time.
        const complete = await rows(url, "SELECT FROM benchbook.dataset WHERE status = 'complete'");
        if (code === 0 || complete.length > 0) continue;
        if (signal === "SIGINT") assert.equal(code, 130);
        const again = await bench.call("seed", [...SOME, "--verify"], { DATABASE_URL: url });
        assert.equal(again.code, 0, again.stdout + again.stderr);
        assert.equal(hashOf(again), expected);
        return;
      }
      assert.fail("a load that was ended looked whole each time");
    });
  });
}
