import assert from "node:assert/strict";
import type { LockEvent, StatementLock } from "../model/migration.ts";
import type { Sample } from "../model/run.ts";
import { type LockWatch, type LockWatchSummary, watchLocks } from "./lock_watch.ts";
import { looked, TestSessions } from "./testing_sessions.ts";
import { RUN_ID } from "./testing_steps.ts";

/** What a watch has seen, and the clock that it goes by. */
export interface Seen {
  readonly watch: LockWatch;
  readonly events: LockEvent[];
  readonly locks: StatementLock[];
  readonly samples: Sample[];
  readonly nowUs: () => number;
}

/** Watches the locks of a database with the tables of a shop in it. */
export async function withWatch(
  url: string,
  use: (sessions: TestSessions, seen: Seen) => Promise<void>,
): Promise<LockWatchSummary> {
  await using sessions = new TestSessions(url);
  const admin = await sessions.open(null);
  await admin.query(`
    CREATE SCHEMA shop;
    CREATE TABLE shop.item (id integer PRIMARY KEY, stock integer NOT NULL);
    INSERT INTO shop.item SELECT n, 10 FROM generate_series(1, 1000) AS n`);
  const start = performance.now();
  const nowUs = () => (performance.now() - start) * 1000;
  const seen = {
    events: [] as LockEvent[],
    locks: [] as StatementLock[],
    samples: [] as Sample[],
    nowUs,
  };
  const watch = watchLocks({
    url,
    runId: RUN_ID,
    nowUs,
    // On a machine that tests keep busy nothing is to be given up.
    timeoutMs: 60_000,
    heldMs: 60_000,
    onEvents: (events) => seen.events.push(...events),
    onLocks: (locks) => seen.locks.push(...locks),
    onSamples: (samples) => seen.samples.push(...samples),
  });
  try {
    await use(sessions, { ...seen, watch });
  } finally {
    await watch.stop();
  }
  return await watch.stop();
}

/** Something that happened after the first of two moments and before the second, µs. */
type Between = readonly [afterUs: number, beforeUs: number];

function assertBetween(found: number, [afterUs, beforeUs]: Between, what: string): void {
  assert.ok(afterUs <= found && found <= beforeUs, `${what}: ${found} is not from ${afterUs} to ${beforeUs}`);
}

/** Who stands in the queue behind a change that waits is told with lock, blocker and what that runs. */
export async function assertQueueTold(url: string): Promise<void> {
  const { unavailable } = await withWatch(url, async (sessions, { watch, events, locks, samples, nowUs }) => {
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
    assertBetween(atUs! + heldUs, [changedUs - errorUs, releasedUs + errorUs], "the lock is free");
    assert.equal(waitedUs, change.waitedUs);
  });
  assert.deepEqual(unavailable, []);
}
