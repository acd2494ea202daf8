import assert from "node:assert/strict";
import { join } from "node:path";
import { BenchbookError, ServiceError } from "../model/errors.ts";
import { loadSpool } from "./load.ts";
import { openRun } from "./read.ts";
import { SpoolError } from "./spool_error.ts";
import { SegmentWriter } from "./segment_writer.ts";
import { createSpool, pendingSpools, removeSpool, spoolRoot } from "./spool.ts";
import { bareRun, pushOk, sqlOperation, steadyPhase, storeFile, withStore, withTempDir } from "./testing.ts";

const OWNER = { pid: 1, startedAt: "then" };

Deno.test("a spool becomes the contract's rows, with nulls for what never happened", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1", { label: "first", gitCommit: "abc" }), OWNER);
    spool.operations([sqlOperation()]);
    spool.phases([steadyPhase(0, 0, 9_000_000)]);
    spool.phases([steadyPhase(0, 0, 2_000_000)]);
    spool.samples([
      { atUs: 1000.4, source: "host", metric: "cpu_user", labels: { core: "0" }, value: 0.25 },
      { atUs: 2000, source: "redis", metric: "broken", labels: {}, value: NaN },
    ]);
    spool.plans([{ operationId: 0, atUs: 5, plan: [{ Plan: { "Node Type": "Result" } }] }]);
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      writer.push(0, 0, 0, 0, 100.6, 110, 120, 130, 5100, 0, null, 0, 7, 300, 2 ** 52 + 1, 2500.4, 0);
      writer.push(2 ** 40, 0, 0, 0, 200, NaN, NaN, NaN, NaN, 4, null, -1, -1, -1);
    }
    {
      using writer = new SegmentWriter(spool.segmentPath(1), 1);
      writer.push(1, 0, 0, 0, 150, 160, 170, 180, 190, 1, "40001", 1, 0, 0, 7, NaN, 1);
      writer.push(1, 1, 0, 0, 150, 260, 270, 280, 290, 2, "57014", 3, -1, -1);
      writer.push(3, 0, 0, 0, 160, 170, NaN, NaN, NaN, 3, null, 2, -1, -1);
    }
    spool.end({ status: "complete", endedAt: new Date("2026-01-02T03:04:07.700Z") });
    spool.close();

    await withStore(storeFile(dir), "write", async (store) => {
      const counts = await loadSpool(store, spool.dir);
      assert.deepEqual(counts, {
        runId: "R1",
        status: "complete",
        timings: 5,
        rows: {
          sample: 1,
          arm: 0,
          phase: 1,
          operation: 1,
          plan: 1,
          migration_step: 0,
          lock_event: 0,
          statement_lock: 0,
          ledger: 0,
          checksum: 0,
          tier_refresh: 0,
        },
        droppedBytes: 0,
        damaged: [],
      });
      const rows = await store.rows("SELECT * EXCLUDE (run_id) FROM timing ORDER BY slot, attempt");
      const row = (...values: unknown[]) =>
        Object.fromEntries(
          "slot attempt worker phase_id operation_id intended_us woke_us acquired_us sent_us done_us outcome error cache rows bytes key_hash age_us loaded"
            .split(" ").map((name, at) => [name, values[at] ?? null]),
        );
      assert.deepEqual(rows, [
        row(0, 0, 0, 0, 0, 101, 110, 120, 130, 5100, "ok", null, "hit", 7, 300, 2 ** 52 + 1, 2500, false),
        row(1, 0, 1, 0, 0, 150, 160, 170, 180, 190, "failed", "40001", "miss", 0, 0, 7, null, true),
        row(1, 1, 1, 0, 0, 150, 260, 270, 280, 290, "timeout", "57014", "bypass", null, null),
        row(3, 0, 1, 0, 0, 160, 170, null, null, null, "shed", null, "stale", null, null),
        row(2 ** 40, 0, 0, 0, 0, 200, null, null, null, null, "unsent", null, null, null, null),
      ]);
      assert.deepEqual(await store.rows("SELECT * FROM sample"), [
        {
          run_id: "R1",
          at_us: 1000,
          source: "host",
          metric: "cpu_user",
          labels: '{"core":"0"}',
          value: 0.25,
        },
      ]);
      assert.deepEqual(await store.rows("SELECT segment, measured, start_us, end_us FROM phase"), [
        { segment: "steady", measured: true, start_us: 0, end_us: 2_000_000 },
      ]);
      assert.deepEqual(await store.rows("SELECT plan->>'$[0].Plan.\"Node Type\"' AS node FROM plan"), [{
        node: "Result",
      }]);
      assert.equal((await store.rows("SELECT * FROM operation")).length, 1);
    });
    const { run } = await openRun("first", { db: storeFile(dir) });
    assert.deepEqual(run, {
      ...bareRun("R1", { label: "first", gitCommit: "abc", status: "complete" }),
      endedAt: new Date("2026-01-02T03:04:07.700Z"),
      searchId: null,
      search: null,
      slots: 4,
    });
  }));

Deno.test("a spool of a killed process loads as crashed, with every whole row and phases that end where it did", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    for (let block = 0; block < 3; block++) {
      spool.phases([steadyPhase(block, block * 1e6, (block + 1) * 1e6)]);
    }
    spool.samples([{ atUs: 900_000, source: "host", metric: "cpu_user", labels: {}, value: 0.5 }]);
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      for (let slot = 0; slot < 10; slot++) pushOk(writer, slot, slot * 150_000, 2000);
      writer.flush();
      for (let slot = 10; slot < 15; slot++) pushOk(writer, slot, slot * 150_000, 2000);
    }
    const { size } = Deno.statSync(spool.segmentPath(0));
    Deno.truncateSync(spool.segmentPath(0), size - 100);
    Deno.writeTextFileSync(join(spool.dir, "samples.jsonl"), '[950000,"host","cpu_us', { append: true });

    await withStore(storeFile(dir), "write", async (store) => {
      const counts = await loadSpool(store, spool.dir);
      assert.equal(counts.status, "crashed");
      assert.equal(counts.timings, 10);
      assert.equal(counts.rows["sample"], 1);
      assert.ok(counts.droppedBytes > 0);
      const [run] = await store.rows<{ status: string; started_at: Date; ended_at: Date }>(
        "SELECT * FROM run",
      );
      assert.equal(run!.status, "crashed");
      assert.equal(run!.ended_at.getTime() - run!.started_at.getTime(), 1352);
      assert.deepEqual(await store.rows("SELECT phase_id, end_us FROM phase ORDER BY 1"), [
        { phase_id: 0, end_us: 1_000_000 },
        { phase_id: 1, end_us: 1_352_000 },
      ]);
    });
  }));

Deno.test("loading a spool again replaces its run and touches no other", () =>
  withTempDir(async (dir) => {
    const dirs = ["R1", "R2"].map((id, at) => {
      const spool = createSpool(dir, bareRun(id), OWNER);
      spool.operations([sqlOperation()]);
      spool.phases([steadyPhase(0, 0, 1e6)]);
      spool.end({ status: "complete", verdict: "pass", endedAt: new Date() });
      spool.close();
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      for (let slot = 0; slot < 5 + at; slot++) pushOk(writer, slot, slot);
      return spool.dir;
    });
    await withStore(storeFile(dir), "write", async (store) => {
      for (const spool of [...dirs, ...dirs, dirs[0]!]) await loadSpool(store, spool);
      const counts = await store.rows(
        "SELECT run_id, count(*) AS n, any_value(verdict) AS verdict FROM run JOIN timing USING (run_id) GROUP BY 1 ORDER BY 1",
      );
      assert.deepEqual(counts, [{ run_id: "R1", n: 5, verdict: "pass" }, {
        run_id: "R2",
        n: 6,
        verdict: "pass",
      }]);
      assert.equal((await store.rows("SELECT * FROM phase")).length, 2);
    });
  }));

Deno.test("a slot recorded twice is refused, and the run that was there stays as it was", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      pushOk(writer, 0, 0);
    }
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      {
        using writer = new SegmentWriter(spool.segmentPath(1), 1);
        pushOk(writer, 1, 1);
        pushOk(writer, 0, 2);
      }
      await assert.rejects(loadSpool(store, spool.dir), (error: Error) => {
        assert.ok(error instanceof BenchbookError);
        assert.match(error.message, /slot 0, attempt 0 was recorded twice/);
        return true;
      });
      assert.deepEqual(await store.rows("SELECT slot FROM timing"), [{ slot: 0 }]);
      // The store works on after the failure.
      Deno.removeSync(spool.segmentPath(1));
      assert.equal((await loadSpool(store, spool.dir)).timings, 1);
    });
  }));

Deno.test("an outcome that has no name is refused, and a cache state that has none is null", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      writer.push(0, 0, 0, 0, 100, 110, 120, 130, 140, 0, null, 99, 1, 1);
    }
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      assert.deepEqual(await store.rows("SELECT outcome, cache FROM timing"), [{
        outcome: "ok",
        cache: null,
      }]);
      {
        using writer = new SegmentWriter(spool.segmentPath(1), 1);
        writer.push(1, 0, 0, 0, 100, 110, 120, 130, 140, 99, null, -1, 1, 1);
      }
      await assert.rejects(loadSpool(store, spool.dir), /NOT NULL constraint failed: timing.outcome/);
    });
  }));

Deno.test("pending spools are those of a home in order of their runs, until they are removed", () =>
  withTempDir((dir) => {
    assert.deepEqual(pendingSpools(dir), []);
    const spools = ["02B", "01A"].map((id) => createSpool(dir, bareRun(id), { pid: 7, startedAt: id }));
    spools.forEach((spool) => spool.close());
    Deno.mkdirSync(join(spoolRoot(dir), ".03C"));
    assert.deepEqual(pendingSpools(dir).map(({ runId, owner }) => [runId, owner?.startedAt]), [
      ["01A", "01A"],
      ["02B", "02B"],
    ]);
    assert.throws(() => createSpool(dir, bareRun("01A"), OWNER));
    removeSpool(spools[1]!.dir);
    assert.deepEqual(pendingSpools(dir).map(({ runId }) => runId), ["02B"]);
  }));

Deno.test("a spool without a run record is refused with what to do", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      Deno.mkdirSync(join(dir, "spool", "X"), { recursive: true });
      await assert.rejects(loadSpool(store, join(dir, "spool", "X")), (error: Error) => {
        assert.ok(error instanceof SpoolError);
        assert.match(error.message, /run\.json is missing/);
        return true;
      });
    })
  ));

Deno.test("what DuckDB refuses is a service error that says where the run is kept", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      const spool = createSpool(dir, bareRun("R1"), OWNER);
      spool.operations([sqlOperation()]);
      await store.run("DROP TABLE plan");
      spool.end({ status: "complete", endedAt: new Date() });
      spool.close();
      await assert.rejects(loadSpool(store, spool.dir), (error: Error) => {
        assert.ok(error instanceof ServiceError);
        assert.match(error.message, /^Cannot load run R1 into .*benchbook\.duckdb: /);
        assert.ok(error.next!.includes(spool.dir));
        return true;
      });
      assert.deepEqual(await store.rows("SELECT * FROM run"), []);
    })
  ));
