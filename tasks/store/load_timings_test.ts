import assert from "node:assert/strict";
import { loadSpool } from "./load.ts";
import { SegmentWriter } from "./segment_writer.ts";
import { createSpool } from "./spool.ts";
import { bareRun, pushOk, sqlOperation, storeFile, withStore, withTempDir } from "./testing.ts";

const OWNER = { pid: 1, startedAt: "then" };

Deno.test("a million rows over several workers are loaded each once, at no more than 16 bytes each", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    const slots = 1_050_000;
    for (let worker = 0; worker < 2; worker++) {
      using writer = new SegmentWriter(spool.segmentPath(worker), worker, 60_000);
      for (let slot = worker; slot < slots; slot += 2) pushOk(writer, slot, slot * 10, 500 + slot % 1000);
    }
    await withStore(storeFile(dir), "write", async (store) => {
      assert.equal((await loadSpool(store, spool.dir)).timings, slots);
      const [row] = await store.rows(
        "SELECT count(*) AS n, sum(slot) AS s, sum(done_us - intended_us) AS d FROM timing",
      );
      const durations = slots / 1000 * (500 * 1000 + 999 * 1000 / 2);
      assert.deepEqual(row, { n: slots, s: slots * (slots - 1) / 2, d: durations });
    });
    const bytes = Deno.statSync(storeFile(dir)).size / slots;
    assert.ok(bytes <= 16, `${bytes} bytes a timing on disk`);
  }));

Deno.test("every value of every row arrives with its row, however short the frames were", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    const slots = 9000;
    const codes = [null, "40001", null, "a code of more than twelve bytes"];
    // Each value follows from the slot by a rule of its own, in SQL below too.
    for (let worker = 0; worker < 3; worker++) {
      using writer = new SegmentWriter(spool.segmentPath(worker), worker);
      for (let slot = worker; slot < slots; slot += 3) {
        const never = slot % 5 === 4;
        const us = slot * 1000;
        writer.push(
          slot,
          slot % 7,
          slot % 11,
          slot % 13,
          us,
          us + 1,
          never ? NaN : us + 2,
          never ? NaN : us + 3,
          never ? NaN : us + 4 + slot % 17,
          slot % 5,
          codes[slot % 4]!,
          slot % 5 - 1,
          slot % 3 === 0 ? -1 : slot,
          slot % 3 === 1 ? -1 : slot * 10,
          slot % 6 === 5 ? NaN : slot * 2 ** 39 + 1,
          slot % 4 === 0 ? NaN : slot * 3,
          slot % 3 - 1,
        );
        if (slot % (100 * (worker + 1)) === worker) writer.flush();
      }
    }
    await withStore(storeFile(dir), "write", async (store) => {
      assert.equal((await loadSpool(store, spool.dir)).timings, slots);
      const expected = `
        SELECT
          slot, slot % 7, slot % 3, slot % 11, slot % 13, slot * 1000, slot * 1000 + 1,
          CASE WHEN slot % 5 <> 4 THEN slot * 1000 + 2 END,
          CASE WHEN slot % 5 <> 4 THEN slot * 1000 + 3 END,
          CASE WHEN slot % 5 <> 4 THEN slot * 1000 + 4 + slot % 17 END,
          ['ok', 'failed', 'timeout', 'shed', 'unsent'][slot % 5 + 1],
          [NULL, '40001', NULL, 'a code of more than twelve bytes'][slot % 4 + 1],
          [NULL, 'hit', 'miss', 'stale', 'bypass'][slot % 5 + 1],
          CASE WHEN slot % 3 <> 0 THEN slot END,
          CASE WHEN slot % 3 <> 1 THEN slot * 10 END,
          CASE WHEN slot % 6 <> 5 THEN slot * 549755813888 + 1 END,
          CASE WHEN slot % 4 <> 0 THEN slot * 3 END,
          [NULL, false, true][slot % 3 + 1]
        FROM range(${slots}) AS slots(slot)`;
      const [row] = await store.rows(
        `SELECT count(*) AS n FROM (
           SELECT * EXCLUDE (run_id) REPLACE (outcome::VARCHAR AS outcome, cache::VARCHAR AS cache) FROM timing
           INTERSECT ALL ${expected}
         )`,
      );
      assert.deepEqual(row, { n: slots });
    });
  }));

Deno.test("a segment that cannot be read is named, and the others are loaded", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      pushOk(writer, 0, 0);
    }
    Deno.mkdirSync(spool.segmentPath(1));
    await withStore(storeFile(dir), "write", async (store) => {
      const { timings, damaged } = await loadSpool(store, spool.dir);
      assert.equal(timings, 1);
      assert.equal(damaged.length, 1);
      assert.match(damaged[0]!, /^timing-1\.seg \(Is a directory/);
    });
  }));

Deno.test("a connection whose first load failed can load another run", () =>
  withTempDir(async (dir) => {
    const [bad, good] = ["R1", "R2"].map((id) => {
      const spool = createSpool(dir, bareRun(id), OWNER);
      spool.operations([sqlOperation()]);
      spool.close();
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      for (let slot = 0; slot < 10; slot++) pushOk(writer, id === "R1" ? 5 : slot, slot);
      return spool.dir;
    });
    await withStore(storeFile(dir), "write", async (store) => {
      await assert.rejects(loadSpool(store, bad!), /slot 5, attempt 0 was recorded twice/);
      assert.equal((await loadSpool(store, good!)).timings, 10);
      assert.deepEqual(await store.rows("SELECT run_id, count(*) AS n FROM timing GROUP BY ALL"), [
        { run_id: "R2", n: 10 },
      ]);
    });
  }));

Deno.test("times are kept to the nearest microsecond, a half to the even one, and before the run's start too", () =>
  withTempDir(async (dir) => {
    const spool = createSpool(dir, bareRun("R1"), OWNER);
    spool.operations([sqlOperation()]);
    spool.close();
    const kept = [[0.5, 0], [1.5, 2], [2.4999, 2], [2 ** 40 + 0.75, 2 ** 40 + 1], [-2.5, -2], [
      -0.2,
      0,
    ]] as const;
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      kept.forEach(([us], slot) => pushOk(writer, slot, us, 0));
    }
    await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, spool.dir);
      const rows = await store.rows<{ us: number }>("SELECT intended_us AS us FROM timing ORDER BY slot");
      assert.deepEqual(rows.map(({ us }) => us), kept.map(([, us]) => us));
    });
  }));
