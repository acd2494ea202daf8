import assert from "node:assert/strict";
import { sessionName } from "../model/session_name.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { watchLocks } from "./lock_watch.ts";
import { assertQueueTold, withWatch } from "./testing_lock_watch.ts";
import { looked, type TestSession } from "./testing_sessions.ts";
import { RUN_ID } from "./testing_steps.ts";

Deno.test("who stands in the queue behind a change that waits is told with lock, blocker and what that runs", async () => {
  await withDatabase(assertQueueTold);
});

/** Watches a database that no connection to is lost. */
function watched(use: Parameters<typeof withWatch>[1]): Promise<void> {
  return withDatabase(async (url) => {
    const { unavailable } = await withWatch(url, use);
    assert.deepEqual(unavailable, []);
  });
}

Deno.test("a row that another session has is told by its table, an advisory lock by its key", async () => {
  await watched(async (sessions, { watch, events }) => {
    const seen = await sessions.open(null);
    const holder = await sessions.open(null);
    const first = await sessions.open("load");
    const second = await sessions.open("load");
    const waitsFor = async (session: TestSession, text: string) => {
      const done = session.query(text);
      await session.waits(seen);
      return done;
    };
    await holder.query("SELECT pg_advisory_lock(7000000000), pg_advisory_lock(1, 2)");
    await holder.query("BEGIN");
    await holder.query("UPDATE shop.item SET stock = 9 WHERE id = 4711 OR id = 7 /* 'hunter2' */");
    const rows: Promise<unknown>[] = [];
    // Whoever comes first waits for the transaction, the next one for the row.
    for (const session of [first, second]) {
      rows.push(session.query("UPDATE shop.item SET stock = $1 WHERE id = $2", [5, 7]));
      await session.waits(seen);
    }
    await looked(seen);
    await holder.query("COMMIT");
    await Promise.all(rows);
    const keys = [
      waitsFor(first, "SELECT pg_advisory_lock(7000000000)"),
      waitsFor(second, "SELECT pg_advisory_lock(1, 2)"),
    ];
    await first.waits(seen);
    await second.waits(seen);
    await looked(seen);
    await holder.query("SELECT pg_advisory_unlock_all()");
    await Promise.all(keys);
    await watch.stop();
    const told = (session: TestSession) =>
      events.filter(({ pid }) => pid === session.pid).map((
        { relation, mode, blockedBy, blockerRole, blockerQuery },
      ) => ({
        relation,
        mode,
        blockedBy,
        blockerRole,
        blockerQuery,
      }));
    const blocker = { blockedBy: holder.pid, blockerRole: "other" };
    const blockerQuery = "UPDATE shop.item SET stock = ? WHERE id = ? OR id = ?";
    assert.deepEqual(told(first), [
      { relation: "row of shop.item", mode: "ShareLock", ...blocker, blockerQuery },
      { relation: "advisory lock 7000000000", mode: "ExclusiveLock", ...blocker, blockerQuery: "COMMIT" },
    ]);
    const row = told(second)[0];
    const key = told(second).at(-1);
    assert.deepEqual(key, {
      relation: "advisory lock (1, 2)",
      mode: "ExclusiveLock",
      ...blocker,
      blockerQuery: "COMMIT",
    });
    assert.equal(row!.relation, "row of shop.item");
    assert.ok([holder.pid, first.pid].includes(row!.blockedBy!));
  });
});

Deno.test("a wait goes on where the watch lost its connection", async () => {
  await withDatabase(async (url) => {
    await withWatch(url, async (sessions, { watch, events }) => {
      const seen = await sessions.open(null);
      const holder = await sessions.open("beside");
      const reader = await sessions.open("load");
      await holder.query("BEGIN; LOCK TABLE shop.item");
      const read = reader.query("SELECT stock FROM shop.item WHERE id = $1", [7]);
      await reader.waits(seen);
      await looked(seen);
      const name = sessionName(RUN_ID, "locks");
      const ended =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()";
      await seen.query(ended, [name]);
      await looked(seen);
      await holder.query("COMMIT");
      await read;
      await watch.stop();
      const waits = events.filter(({ pid }) => pid === reader.pid);
      assert.deepEqual(waits.map(({ blockedBy, relation }) => [blockedBy, relation]), [[
        holder.pid,
        "shop.item",
      ]]);
    });
  });
});

Deno.test("a time in which no server answered is a gap, and why is told once", async () => {
  let nowUs = 0;
  const watch = watchLocks({
    // Nothing listens there, and nothing else of a test ever does.
    url: "postgres://nobody@127.0.0.1:1/nothing",
    runId: RUN_ID,
    nowUs: () => nowUs,
    onEvents: () => assert.fail("nothing can be seen"),
    onLocks: () => assert.fail("nothing can be seen"),
  });
  nowUs = 1_000_000;
  const { looks, failed, gaps, unavailable } = await watch.stop();
  assert.equal(looks, 0);
  assert.ok(failed > 0);
  assert.deepEqual(gaps, [{ fromUs: 0, untilUs: 1_000_000 }]);
  assert.equal(unavailable.length, 1);
  assert.match(unavailable[0]!, /^Locks could not be looked at \d+ times?: connect ECONNREFUSED/);
});
