import assert from "node:assert/strict";
import { loadSpool } from "./load.ts";
import { migrate, storeMigrations } from "./migrations.ts";
import { openStore } from "./open.ts";
import { SegmentWriter } from "./segment_writer.ts";
import { createSpool } from "./spool.ts";
import { bareRun, pushOk, sqlOperation, steadyPhase, storeFile, withStore, withTempDir } from "./testing.ts";
import { DuckDBInstance } from "@duckdb/node-api";

const OWNER = { pid: 1, startedAt: "then" };

Deno.test("a row of phase 65,536, and of any up to 2^32 - 1, is stored under its own arm", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    const ids = [0, 65_535, 65_536, 65_537, 2 ** 31, 2 ** 32 - 1];
    spool.phases(
      ids.map((id, at) => ({ ...steadyPhase(id, at * 1e6, (at + 1) * 1e6, `arm ${id}`), block: at })),
    );
    spool.end({ status: "complete", endedAt: new Date() });
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      ids.forEach((id, slot) => writer.push(slot, 0, id, 0, slot * 1e6, 1, 2, 3, 4, 0, null, -1, 1, 1));
    }
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      assert.deepEqual(
        await store.rows("SELECT phase_id, arm FROM request ORDER BY slot"),
        ids.map((id) => ({ phase_id: id, arm: `arm ${id}` })),
      );
    });
  }));

Deno.test("the largest values of every column come back as they were: slots, times, operations, workers, sizes", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    const last = Number.MAX_SAFE_INTEGER;
    const year = 365 * 86_400e6;
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 65_535);
      for (const slot of [2 ** 31, 2 ** 32, last]) {
        writer.push(slot, 255, 0, 65_535, year, year, year, year, year + 1, 0, null, -1, 2 ** 31 - 1, slot);
      }
      // More rows than are counted are not known; they are not some other number.
      writer.push(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, -1, 2 ** 31, 2 ** 31);
    }
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      const large = {
        attempt: 255,
        worker: 65_535,
        operation_id: 65_535,
        intended_us: year,
        rows: 2 ** 31 - 1,
      };
      assert.deepEqual(
        await store.rows(
          "SELECT slot, attempt, worker, operation_id, intended_us, rows, bytes FROM timing ORDER BY slot",
        ),
        [
          {
            slot: 0,
            attempt: 0,
            worker: 65_535,
            operation_id: 0,
            intended_us: 0,
            rows: null,
            bytes: 2 ** 31,
          },
          ...[2 ** 31, 2 ** 32, last].map((slot) => ({ slot, ...large, bytes: slot })),
        ],
      );
    });
  }));

Deno.test("more error codes than 16 bits can number are each stored as they were", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    // A segment keeps 255 codes of its own.
    const [workers, codes] = [260, 255];
    for (let worker = 0; worker < workers; worker++) {
      using writer = new SegmentWriter(spool.segmentPath(worker), worker);
      for (let at = 0; at < codes; at++) {
        const slot = worker * codes + at;
        writer.push(slot, 0, 0, 0, 0, 0, 0, 0, 0, 1, `code ${slot}`, -1, -1, -1);
      }
    }
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      assert.deepEqual(
        await store.rows(
          "SELECT count(*) AS n, count(*) FILTER (error = 'code ' || slot) AS own FROM timing",
        ),
        [{ n: workers * codes, own: workers * codes }],
      );
    });
  }));

Deno.test("an error code that is cut within a surrogate pair, or has odd characters, does not keep a run out", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1", { config: { odd: "\ud83d" } as never }), OWNER);
    spool.operations([{ ...sqlOperation(), statement: "SELECT '\udc00'" }]);
    spool.plans([{ operationId: 0, atUs: 0, plan: ["\ud83d", "\\ud83d", "\\\ud83d"] }]);
    spool.close();
    const codes = ["a".repeat(63) + "😀", "\ud83d", "nul \0 within", "line\nbreak", "😀"];
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      codes.forEach((code, slot) => writer.push(slot, 0, 0, 0, 0, 0, 0, 0, 0, 1, code, -1, -1, -1));
    }
    await withStore(storeFile(dir), "write", async (store) => {
      assert.equal((await loadSpool(store, spool.dir)).timings, codes.length);
      assert.deepEqual(
        (await store.rows<{ error: string }>("SELECT error FROM timing ORDER BY slot")).map(({ error }) =>
          error
        ),
        ["a".repeat(63) + "\ufffd", "\ufffd", "nul \0 within", "line\nbreak", "😀"],
      );
      const [plan] = await store.rows<{ plan: string }>("SELECT plan FROM plan");
      assert.deepEqual(JSON.parse(plan!.plan), ["\ufffd", "\\ud83d", "\\\ufffd"]);
    });
  }));

Deno.test("a store with 16-bit phases is brought forward with its rows, and takes larger ones", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const [first] = storeMigrations();
    await migrate({ run: (sql) => connection.run(sql), version: () => Promise.resolve(0) }, [first!]);
    await connection.run(`
      INSERT INTO phase VALUES ('OLD', 65535, 'steady', 0, 'sql', 0, 10);
      INSERT INTO timing VALUES ('OLD', 1, 0, 0, 65535, 0, 1, 2, 3, 4, 5, 'ok', NULL, NULL, 7, 4294967295)`);
    connection.closeSync();
    instance.closeSync();
    (await openStore(file, { mode: "read" })).close();
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.phases([steadyPhase(65_536, 0, 1e6)]);
    spool.end({ status: "complete", endedAt: new Date() });
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      pushOk(writer, 0, 0);
      writer.push(1, 0, 65_536, 0, 0, 1, 2, 3, 4, 0, null, -1, 1, 2 ** 33);
    }
    await withStore(file, "write", async (store) => {
      await loadSpool(store, spool.dir);
      assert.deepEqual(
        await store.rows("SELECT run_id, phase_id, arm, bytes FROM request WHERE slot = 1 ORDER BY run_id"),
        [
          { run_id: "OLD", phase_id: 65_535, arm: "sql", bytes: 2 ** 32 - 1 },
          { run_id: "R1", phase_id: 65_536, arm: "sql", bytes: 2 ** 33 },
        ],
      );
      assert.equal((await store.rows("SELECT * FROM latency")).length, 3);
      assert.equal((await store.rows("SELECT * FROM timeline")).length, 2);
    });
  }));
