import assert from "node:assert/strict";
import type { StepRecord } from "../../model/migration.ts";
import { loadSpool } from "../load.ts";
import { createSpool } from "../spool.ts";
import { bareRun, storeFile, withStore, withTempDir } from "../testing.ts";
import { checksumTable } from "./checksum.ts";
import { ledgerTable } from "./ledger.ts";
import { lockEventTable } from "./lock_event.ts";
import { migrationStepTable } from "./migration_step.ts";
import { statementLockTable } from "./statement_lock.ts";

const BEGUN: StepRecord = {
  step: 1,
  statement: 1,
  variant: "naive",
  file: "add-column/naive/01-add-column.sql",
  sql: "ALTER TABLE northwind.orders ADD COLUMN gift_note text",
  move: "plain",
  startUs: 1000,
  endUs: null,
  lockMode: null,
  lockWaitUs: null,
  attempts: 1,
  batches: null,
  rows: null,
  pausedUs: null,
  rewritten: [],
  errorCode: null,
  error: null,
};

Deno.test("what is recorded of a migration is stored: of a statement its last row, of all else each", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1", { kind: "migrate" }), { pid: 1, startedAt: "then" });
    const ended = { ...BEGUN, endUs: 9000, lockMode: "AccessExclusiveLock", rewritten: ["northwind.orders"] };
    spool.write(migrationStepTable, [BEGUN]);
    spool.write(migrationStepTable, [ended]);
    const waits = {
      atUs: 2000,
      pid: 7,
      role: "load" as const,
      blockedBy: 9,
      blockerRole: "migration" as const,
      blockerQuery: "ALTER TABLE …",
      relation: "northwind.orders",
      mode: "AccessShareLock",
      waitedUs: 6000,
      query: "SELECT …",
    };
    spool.write(lockEventTable, [waits]);
    const lock = { relation: "northwind.orders", mode: "AccessExclusiveLock", atUs: 2000, heldUs: 7000 };
    spool.write(statementLockTable, [{ step: 1, statement: 1, ...lock, waitedUs: 0, blocked: 3 }]);
    const write = { client: 1, seq: 2, op: "order-insert", slot: 40 };
    spool.write(ledgerTable, [{ ...write, outcome: "ok", verified: false, problem: "lost" }]);
    const range = { relation: "northwind.orders", fromKey: "1", toKey: "500", rows: 500, sum: "-17" };
    spool.write(checksumTable, [{ ...range, moment: "before" }, { ...range, moment: "after" }]);
    spool.close();
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      const rows = (table: string) => store.rows<Record<string, unknown>>(`SELECT * FROM ${table}`);
      const [step, ...more] = await rows("migration_step");
      assert.equal(more.length, 0);
      assert.equal(step!["end_us"], 9000);
      assert.equal(step!["lock_mode"], "AccessExclusiveLock");
      // What is not known is not nothing.
      assert.equal(step!["lock_wait_us"], null);
      assert.equal(step!["rewritten"], '["northwind.orders"]');
      const [event] = await rows("lock_event");
      assert.deepEqual([event!["waited_us"], event!["blocker_role"]], [6000, "migration"]);
      assert.equal((await rows("statement_lock"))[0]!["blocked"], 3);
      assert.equal((await rows("ledger"))[0]!["problem"], "lost");
      assert.deepEqual((await rows("checksum")).map(({ moment }) => moment), ["before", "after"]);
      assert.equal((await rows("run"))[0]!["kind"], "migrate");
    });
  }));
