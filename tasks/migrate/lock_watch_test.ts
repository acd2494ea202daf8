import assert from "node:assert/strict";
import type { LockEvent, StatementLock } from "../model/migration.ts";
import type { Sample } from "../model/run.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { type LockWatch, watchLocks } from "./lock_watch.ts";
import { looked, type TestSession, TestSessions } from "./testing_sessions.ts";
import { RUN_ID } from "./testing_steps.ts";

/** What a watch has seen, and the clock that it goes by. */
interface Seen {
  readonly watch: LockWatch;
  readonly events: LockEvent[];
  readonly locks: StatementLock[];
  readonly samples: Sample[];
  readonly nowUs: () => number;
}

async function withWatch(use: (sessions: TestSessions, seen: Seen) => Promise<void>): Promise<void> {
  await withDatabase(async (url) => {
    await using sessions = new TestSessions(url);
    const admin = await sessions.open(null);
    await admin.query(`
      CREATE SCHEMA shop;
      CREATE TABLE shop.item (id integer PRIMARY KEY, stock integer NOT NULL);
      CREATE TABLE shop.sale (id integer PRIMARY KEY, item integer NOT NULL);
      INSERT INTO shop.item SELECT n, 10 FROM generate_series(1, 1000) AS n;
      INSERT INTO shop.sale SELECT n, n FROM generate_series(1, 1000) AS n`);
    const start = performance.now();
    const nowUs = () => (performance.now() - start) * 1000;
    const seen = { events: [] as LockEvent[], locks: [] as StatementLock[], samples: [] as Sample[], nowUs };
    const watch = watchLocks({
      url,
      runId: RUN_ID,
      nowUs,
      onEvents: (events) => seen.events.push(...events),
      onLocks: (locks) => seen.locks.push(...locks),
      onSamples: (samples) => seen.samples.push(...samples),
    });
    try {
      await use(sessions, { ...seen, watch });
      assert.deepEqual((await watch.stop()).unavailable, []);
    } finally {
      await watch.stop();
    }
  });
}

/** Something that happened after the first of two moments and before the second, µs. */
type Between = readonly [afterUs: number, beforeUs: number];

function assertBetween(found: number, [afterUs, beforeUs]: Between, what: string): void {
  assert.ok(afterUs <= found && found <= beforeUs, `${what}: ${found} is not from ${afterUs} to ${beforeUs}`);
}

Deno.test("who stands in the queue behind a change that waits is told with lock, blocker and what that runs", async () => {
  await withWatch(async (sessions, { watch, events, locks, samples, nowUs }) => {
    const seen = await sessions.open(null);
    const beside = await sessions.open("beside");
    const migration = await sessions.open("migration");
    const readers = await Promise.all(Array.from({ length: 5 }, () => sessions.open("load")));
    await beside.query("BEGIN");
    await beside.query("SELECT count(*) FROM shop.item");
    watch.statements.began({ step: 1, statement: 1, pid: migration.pid, atUs: nowUs() });
    const askedUs = nowUs();
    const changed = migration.query("BEGIN; ALTER TABLE shop.item ADD COLUMN note text");
    await migration.waits(seen);
    const readUs = nowUs();
    const read = readers.map((reader) => reader.query("SELECT stock FROM shop.item WHERE id = $1", [7]));
    for (const reader of readers) await reader.waits(seen);
    const queuedUs = nowUs();
    await looked(seen);
    const endingUs = nowUs();
    await beside.query("COMMIT");
    await changed;
    const changedUs = nowUs();
    await watch.statements.held();
    const record = watch.statements.ended();
    await migration.query("COMMIT");
    watch.statements.released();
    const releasedUs = nowUs();
    await Promise.all(read);
    const { looks, longestMs, clockErrorMs } = await watch.stop();
    const errorUs = 1000 * clockErrorMs + 1;
    const begins: Between = [askedUs - errorUs, readUs + errorUs];
    const ends: Between = [endingUs - 1000 * longestMs - errorUs, changedUs + errorUs];

    const change = events.find(({ pid }) => pid === migration.pid)!;
    assert.deepEqual({ ...change, atUs: 0, waitedUs: 0 }, {
      atUs: 0,
      pid: migration.pid,
      role: "migration",
      blockedBy: beside.pid,
      blockerRole: "beside",
      blockerQuery: "SELECT count(*) FROM shop.item",
      relation: "shop.item",
      mode: "AccessExclusiveLock",
      waitedUs: 0,
      query: "BEGIN; ALTER TABLE shop.item ADD COLUMN note text",
    });
    assertBetween(change.atUs, begins, "the change's wait begins");
    assertBetween(change.atUs + change.waitedUs, ends, "the change's wait ends");
    for (const reader of readers) {
      const [wait, ...more] = events.filter(({ pid }) => pid === reader.pid);
      assert.deepEqual(more, []);
      assert.deepEqual({ ...wait, atUs: 0, waitedUs: 0 }, {
        atUs: 0,
        pid: reader.pid,
        role: "load",
        blockedBy: migration.pid,
        blockerRole: "migration",
        blockerQuery: "BEGIN; ALTER TABLE shop.item ADD COLUMN note text",
        relation: "shop.item",
        mode: "AccessShareLock",
        waitedUs: 0,
        query: "SELECT stock FROM shop.item WHERE id = $1",
      });
      assertBetween(wait!.atUs, [readUs - errorUs, queuedUs + errorUs], "a reader's wait begins");
      assertBetween(wait!.atUs + wait!.waitedUs, [ends[0], releasedUs + errorUs], "a reader's wait ends");
    }
    assert.equal(record.lockMode, "AccessExclusiveLock");
    assert.equal(record.lockWaitUs, change.waitedUs);
    assert.deepEqual(locks.map(({ relation, mode, blocked }) => ({ relation, mode, blocked })), [
      { relation: "shop.item", mode: "AccessExclusiveLock", blocked: 5 },
    ]);
    const of = (metric: string, role?: string) =>
      samples.filter((sample) => sample.metric === metric && sample.labels.role === role).map(({ value }) =>
        value
      );
    assert.equal(of("observer_ms").length, looks);
    assert.equal(Math.max(...of("waiting", "load")), 5);
    assert.equal(Math.max(...of("waiting", "migration")), 1);
    // What nobody waits for any more is said to be none.
    assert.equal(of("waiting", "load").at(-1), 0);
    const [{ atUs, heldUs, waitedUs }] = locks as [StatementLock];
    assertBetween(atUs!, [ends[0], changedUs + errorUs], "the lock is had");
    assertBetween(atUs! + heldUs, [changedUs, releasedUs + 1], "the lock is free");
    assert.equal(waitedUs, change.waitedUs);
  });
});

Deno.test("a row that another session has is told by its table, an advisory lock by its key", async () => {
  await withWatch(async (sessions, { watch, events }) => {
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
    const [row, key] = told(second);
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
