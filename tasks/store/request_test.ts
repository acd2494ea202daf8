import assert from "node:assert/strict";
import { loadSpool } from "./load.ts";
import { SegmentWriter } from "./segment_writer.ts";
import { createSpool } from "./spool.ts";
import { bareRun, sqlOperation, steadyPhase, storeFile, withStore, withTempDir } from "./testing.ts";

const [OK, FAILED, TIMEOUT, UNSENT] = [0, 1, 2, 4];

Deno.test("a slot is what its last attempt came to, from when it was due; its lag is the first attempt's", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), { pid: 1, startedAt: "then" });
    spool.operations([{ ...sqlOperation(), stream: "shop" }]);
    spool.phases([steadyPhase(0, 0, 1e6)]);
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      writer.push(0, 0, 0, 0, 100, 110, 120, 130, 5000, FAILED, "40001", 1, -1, -1);
      writer.push(0, 1, 0, 0, 100, 8000, 8010, 8020, 9020, OK, null, 0, 7, 300);
      writer.push(1, 0, 0, 0, 200, 210, 220, 230, 1230, OK, null, -1, 1, 10);
      writer.push(2, 2, 0, 0, 300, 700, 710, 720, 800, FAILED, "40P01", -1, -1, -1);
      writer.push(2, 0, 0, 0, 300, 310, 320, 330, 400, TIMEOUT, null, -1, -1, -1);
      writer.push(2, 1, 0, 0, 300, 500, 510, 520, 600, FAILED, "40001", -1, -1, -1);
      writer.push(3, 0, 0, 0, 400, 410, 420, 430, 500, FAILED, "40001", -1, -1, -1);
      writer.push(3, 1, 0, 0, 400, 600, NaN, NaN, NaN, UNSENT, null, -1, -1, -1);
      // Its phase was never written down.
      writer.push(4, 0, 9, 0, 500, 510, 520, 530, 1500, OK, null, -1, 1, 10);
    }
    await withStore(storeFile(dir), "write", async (store) => {
      assert.equal((await loadSpool(store, spool.dir)).timings, 9);
      const rows = await store.rows<Record<string, unknown>>(
        `SELECT slot, attempts, outcome, error, cache, rows, bytes, response_ms, service_ms, waiting_ms, lag_ms,
           stream, arm, segment, measured
         FROM request ORDER BY slot`,
      );
      const own = { stream: "shop", arm: "sql", segment: "steady", measured: true };
      const none = { cache: null, rows: null, bytes: null, service_ms: null, waiting_ms: null, lag_ms: 0.01 };
      const plain = {
        outcome: "ok",
        error: null,
        cache: null,
        rows: 1,
        bytes: 10,
        waiting_ms: 0.01,
        lag_ms: 0.01,
      };
      assert.deepEqual(rows, [
        {
          ...plain,
          slot: 0,
          attempts: 2,
          cache: "hit",
          rows: 7,
          bytes: 300,
          response_ms: 8.92,
          service_ms: 1,
          ...own,
        },
        { ...plain, slot: 1, attempts: 1, response_ms: 1.03, service_ms: 1, ...own },
        { ...none, slot: 2, attempts: 3, outcome: "failed", error: "40P01", response_ms: null, ...own },
        { ...none, slot: 3, attempts: 2, outcome: "unsent", error: null, response_ms: Infinity, ...own },
        {
          ...plain,
          slot: 4,
          attempts: 1,
          response_ms: 1,
          service_ms: 0.97,
          ...own,
          segment: "unknown",
          measured: false,
        },
      ]);
      const counted = "SELECT n, errors, max FROM latency WHERE run_id = 'R1' AND phase_id = 0";
      assert.deepEqual(await store.rows(counted), [{ n: 4, errors: 2, max: 8.92 }]);
    });
  }));
