import assert from "node:assert/strict";
import { Client } from "pg";
import { sessionName } from "../model/session_name.ts";
import { sleep } from "../net/sleep.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { NO_DEBIAN_POSTGRES, withDebianPostgres } from "../stack/testing_debian_postgres.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { assertQueueTold, withWatch } from "./testing_lock_watch.ts";
import { looked, TestSessions } from "./testing_sessions.ts";
import { assertLocksTold } from "./testing_statement_locks.ts";
import { benchAt, RUN_ID } from "./testing_steps.ts";

Deno.test({
  name: "an older PostgreSQL tells the same of a queue",
  ignore: NO_DEBIAN_POSTGRES,
  fn: () => withDebianPostgres(({ url }) => assertQueueTold(url)),
});

Deno.test({
  name: "an older PostgreSQL takes the same locks",
  ignore: NO_DEBIAN_POSTGRES,
  fn: () => withDebianPostgres(({ url }) => benchAt(url, assertLocksTold)),
});

Deno.test("a server that crashed is looked at again once it is back", async () => {
  await withUserPostgres(async (server) => {
    await withWatch(server.url, async (sessions, { watch, events, nowUs }) => {
      await looked(await sessions.open(null));
      const awayUs = nowUs();
      await server.kill();
      await server.start();
      await using later = new TestSessions(server.url);
      const [seen, holder, reader] = [
        await later.open(null),
        await later.open("beside"),
        await later.open("load"),
      ];
      await holder.query("BEGIN; LOCK TABLE shop.item");
      const read = reader.query("SELECT stock FROM shop.item WHERE id = $1", [7]);
      await reader.waits(seen);
      await looked(seen);
      await holder.query("COMMIT");
      await read;
      await watch.stop();
      const [wait] = events.filter(({ pid }) => pid === reader.pid);
      assert.deepEqual([wait!.blockedBy, wait!.blockerRole, wait!.relation], [
        holder.pid,
        "beside",
        "shop.item",
      ]);
      assert.ok(wait!.atUs > awayUs);
    });
  });
});

Deno.test("five hundred in a queue are each told once, with who holds them up", async () => {
  await withDatabase(async (url) => {
    await withWatch(url, async (sessions, { watch, events, samples }) => {
      const holder = await sessions.open("beside");
      const migration = await sessions.open("migration");
      const seen = await sessions.open(null);
      await holder.query("BEGIN; SELECT FROM shop.item");
      const changed = migration.query("ALTER TABLE shop.item ADD COLUMN a integer");
      await migration.waits(seen);
      const readers: Client[] = [];
      while (readers.length < 500) {
        const reader = new Client({ connectionString: url, application_name: sessionName(RUN_ID, "load") });
        await reader.connect();
        readers.push(reader);
      }
      const read = readers.map((reader) => reader.query("SELECT stock FROM shop.item WHERE id = $1", [7]));
      const allSeen = () => samples.some(({ labels, value }) => labels.role === "load" && value === 500);
      while (!allSeen()) await sleep(20);
      await holder.query("COMMIT");
      await Promise.all([changed, ...read]);
      await watch.stop();
      const waits = events.filter(({ role }) => role === "load");
      assert.equal(new Set(waits.map(({ pid }) => pid)).size, 500);
      assert.equal(waits.length, 500);
      for (const { blockedBy, blockerRole, relation, mode } of waits) {
        assert.deepEqual([blockedBy, blockerRole, relation, mode], [
          migration.pid,
          "migration",
          "shop.item",
          "AccessShareLock",
        ]);
      }
      await Promise.all(readers.map((reader) => reader.end()));
    });
  });
});
