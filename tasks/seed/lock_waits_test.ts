import assert from "node:assert/strict";
import { Client } from "pg";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { withPostgres } from "../stack/testing.ts";
import { withClient } from "./connect.ts";

/** Gives a test a database with a table that somebody has locked. */
async function withLockedTable(
  use: (locked: { url: string; holder: number; waiting: () => Promise<number> }) => Promise<void>,
): Promise<void> {
  await withPostgres(async (url) => {
    const theirs = new Client({ connectionString: url, application_name: "their-migration" });
    await theirs.connect();
    try {
      await theirs.query('CREATE SCHEMA shop; CREATE TABLE shop."Item" (id integer)');
      const { rows: [{ pid }] } = await theirs.query("SELECT pg_backend_pid() AS pid");
      await theirs.query('BEGIN; LOCK TABLE shop."Item" IN ACCESS EXCLUSIVE MODE');
      const waiting = async () =>
        (await theirs.query("SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted")).rows[0].n;
      await use({ url, holder: pid, waiting });
    } finally {
      await theirs.end();
    }
  });
}

/** Somebody else holds the row of another table meanwhile. */
async function withOwnRow(url: string, use: () => Promise<void>): Promise<void> {
  const theirs = new Client({ connectionString: url, application_name: "their-app" });
  await theirs.connect();
  try {
    await theirs.query('CREATE TABLE shop."Place" (id integer); INSERT INTO shop."Place" VALUES (1)');
    await theirs.query('BEGIN; UPDATE shop."Place" SET id = 1');
    await use();
  } finally {
    await theirs.end();
  }
}

const READ = 'SELECT FROM shop."Item"';

Deno.test("a session that is not measured waits for a lock so long and no longer, and says for whose", async (t) => {
  await withLockedTable(async ({ url, holder, waiting }) => {
    await t.step("the lock and its holder are named", async () => {
      await assert.rejects(
        withClient(url, (client) => client.query(READ), { lockWaitMs: 2500 }),
        ({ message, next, exitCode }: BenchbookError) => {
          assert.match(
            message,
            new RegExp(
              `^Cannot continue with the database: its locks must be free within 2\\.5 s: session ${holder} ` +
                '\\("their-migration", role \\w+, idle in transaction for \\d+ s\\) stands against ' +
                'AccessShareLock on shop\\."Item"$',
            ),
          );
          assert.match(next!, /lock_timeout/);
          return exitCode === 3;
        },
      );
      assert.equal(await waiting(), 0);
    });

    await t.step("so is a row, by its table", async () => {
      await withOwnRow(url, async () => {
        await assert.rejects(
          withClient(url, (client) => client.query('UPDATE shop."Place" SET id = 2'), { lockWaitMs: 2500 }),
          /: session \d+ \("their-app", .*\) stands against ShareLock on a row of shop\."Place"$/,
        );
      });
    });

    await t.step("what the URL says holds", async () => {
      const patient = new URL(url);
      patient.searchParams.set("options", "-c lock_timeout=300");
      await assert.rejects(
        withClient(patient.href, (client) => client.query(READ), { lockWaitMs: 60_000 }),
        /within 300 ms/,
      );
    });

    await t.step("an interruption ends the wait, at the server too, and what is asked after it", async () => {
      const interrupted = new AbortController();
      const began = performance.now();
      await assert.rejects(
        withClient(url, async (client) => {
          setTimeout(() => interrupted.abort(), 300);
          await client.query(READ).catch(() => {});
          await client.query(READ);
        }, { signal: interrupted.signal, limitMs: Infinity }),
        InterruptedError,
      );
      assert.ok(performance.now() - began < 30_000, "it waited on");
      assert.equal(await waiting(), 0);
    });
  });
});

Deno.test("a stricter limit of the role's stays, and long work that waits for nobody goes on", async () => {
  await withPostgres(async (url) => {
    const limit = () =>
      withClient(
        url,
        async (client) => (await client.query("SELECT current_setting('lock_timeout') AS ms")).rows[0].ms,
      );
    assert.equal(await limit(), "10s");
    await withClient(url, (client) => client.query("ALTER ROLE CURRENT_USER SET lock_timeout = '700ms'"));
    assert.equal(await limit(), "700ms");
    await withClient(url, (client) => client.query("SELECT pg_sleep(1.5)"), { lockWaitMs: 200 });
  });
});
