import assert from "node:assert/strict";
import { Client } from "pg";
import type { ServiceError } from "../model/errors.ts";
import { eventually } from "../net/testing.ts";
import { withPostgres } from "../stack/testing.ts";
import { lockDatabase } from "./database_lock.ts";
import { sleep } from "../net/sleep.ts";

/** Locks of databases. */
const HELD = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2";

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

Deno.test("the lock of a database", (t) =>
  withPostgres(async (url, postgres) => {
    await t.step(
      "one task has a database, the next is told who that is, and may have another one",
      async () => {
        const first = await lockDatabase(url, "bench access-paths 20260301-1");
        assert.equal(first.database, "test");
        const message = new RegExp(
          `^Cannot run seed northwind now: "bench access-paths 20260301-1" \\(process ${Deno.pid} on \\S+, ` +
            `from 127\\.0\\.0\\.1, since 2.*Z\\) is using the database "test"$`,
        );
        await assert.rejects(lockDatabase(url, "seed northwind", { waitMs: 0 }), (error: ServiceError) => {
          assert.match(error.message, message);
          assert.equal(error.exitCode, 3);
          assert.match(error.next!, /Wait until it has ended/);
          return true;
        });
        const other = await lockDatabase(await postgres.database("other"), "seed northwind", { waitMs: 0 });
        await other.release();
        await first.release();
        await first.release();
        await (await lockDatabase(url, "seed northwind")).release();
      },
    );

    await t.step(
      "a role without a look at others' sessions is told of the process all the same",
      async () => {
        await query(url, "CREATE ROLE plain LOGIN PASSWORD 'plain'");
        const own = new URL(url);
        own.username = own.password = "plain";
        const first = await lockDatabase(url, "bench smoke");
        await assert.rejects(
          lockDatabase(own.href, "clean", { waitMs: 0 }),
          new RegExp(`"bench smoke" \\(process ${Deno.pid} on [^,]+\\) is using`),
        );
        await first.release();
      },
    );

    await t.step("a holder that ends meanwhile is waited for", async () => {
      const first = await lockDatabase(url, "bench");
      let pauses = 0;
      const pause = async () => {
        if (++pauses === 2) await first.release();
      };
      await (await lockDatabase(url, "seed", { waitMs: 600_000, pause })).release();
      assert.ok(pauses >= 2, `${pauses}`);
    });

    await t.step("a session that breaks is told at once, and its lock is free", async () => {
      await query(url, "ALTER ROLE plain SET idle_session_timeout = '100ms'");
      const own = new URL(url);
      own.username = own.password = "plain";
      const lost: ServiceError[] = [];
      const lock = await lockDatabase(own.href, "bench", { onLost: (error) => lost.push(error) });
      await sleep(400);
      assert.equal(lost.length, 0, "a limit of the role for idle sessions ended it");
      await query(url, `SELECT pg_terminate_backend(pid) FROM (${HELD}) AS held`);
      await eventually(() => lost.length > 0);
      assert.match(
        lost.map(({ message }) => message).join("|"),
        /^Cannot keep the database "test" to this task alone: [^|]* lost[^|]*$/,
      );
      await lock.release();
      // The server says that it ends a session before it gives up the locks of that.
      await eventually(async () => (await query(url, HELD)).length === 0);
      await (await lockDatabase(url, "seed", { waitMs: 0 })).release();
    });
  }));
