import assert from "node:assert/strict";
import { join } from "node:path";
import { BenchbookError } from "../model/errors.ts";
import { MAGIC } from "./frame.ts";
import { SegmentWriter } from "./segment_writer.ts";
import { SpooledTimings } from "./spooled_timings.ts";
import { pushOk, withTempDir } from "./testing.ts";

/** Writes a segment of failed requests, a frame for each list of codes. */
function writeFailed(path: string, worker: number, frames: readonly (readonly [number, string][])[]): string {
  using writer = new SegmentWriter(path, worker);
  for (const frame of frames) {
    for (const [slot, code] of frame) {
      writer.push(slot, 0, 0, 0, slot, slot, slot, slot, slot + 5, 1, code, -1, -1, -1);
    }
    writer.flush();
  }
  return path;
}

/** All rows, at most `most` at a time, as [worker, slot, code]. */
function takeAll(timings: SpooledTimings, most: number): (readonly [number, number, string])[] {
  const found: (readonly [number, number, string])[] = [];
  for (let rows = timings.take(most); rows !== null; rows = timings.take(most)) {
    assert.ok(rows.count > 0 && rows.count <= most);
    const { worker, columns, codes } = rows.frame;
    for (let at = rows.from; at < rows.from + rows.count; at++) {
      found.push([worker, columns.slot[at]!, codes[columns.error[at]! - 1]!]);
    }
  }
  return found;
}

Deno.test("rows are taken over frames and segments in any portions, each with its code", () =>
  withTempDir((dir) => {
    const segments = [
      writeFailed(join(dir, "0.seg"), 0, [[[0, "40001"], [2, "57014"]], [[4, "40001"], [6, "HTTP 503"]]]),
      writeFailed(join(dir, "1.seg"), 1, [[[1, "HTTP 503"]], [[3, "a code of more than twelve bytes"], [
        5,
        "40001",
      ]]]),
    ];
    for (const most of [1, 2, 3, 2048]) {
      using timings = new SpooledTimings("R", segments);
      assert.deepEqual(takeAll(timings, most), [
        [0, 0, "40001"],
        [0, 2, "57014"],
        [0, 4, "40001"],
        [0, 6, "HTTP 503"],
        [1, 1, "HTTP 503"],
        [1, 3, "a code of more than twelve bytes"],
        [1, 5, "40001"],
      ]);
      assert.deepEqual(
        { rows: timings.rows, lastUs: timings.lastUs, droppedBytes: timings.droppedBytes },
        { rows: 7, lastUs: 11, droppedBytes: 0 },
      );
      assert.equal(timings.take(most), null);
    }
  }));

Deno.test("wherever a segment is torn or damaged, the other rows are read and keep their codes", () =>
  withTempDir((dir) => {
    const path = writeFailed(join(dir, "whole.seg"), 0, [[[0, "A"]], [[1, "B"], [2, "A"]], [[3, "C"]]]);
    const whole = Deno.readFileSync(path);
    const ends = [...whole.keys()].filter((at) => MAGIC.every((byte, index) => whole[at + index] === byte))
      .slice(1).concat(whole.length);
    const frames = [[[0, 0, "A"]], [[0, 1, "B"], [0, 2, "A"]], [[0, 3, "C"]]];
    const torn = join(dir, "torn.seg");
    for (let at = 0; at < whole.length; at++) {
      {
        Deno.writeFileSync(torn, whole.subarray(0, at));
        using timings = new SpooledTimings("R", [torn]);
        const found = takeAll(timings, 2048);
        assert.deepEqual(found, frames.flat().slice(0, found.length), `torn at ${at}`);
        assert.deepEqual(timings.damaged, []);
      }
      {
        Deno.writeFileSync(torn, whole.with(at, whole[at]! ^ 0x55));
        using timings = new SpooledTimings("R", [torn]);
        const found = takeAll(timings, 2048);
        const hit = frames.findIndex((_, index) => at < ends[index]!);
        assert.deepEqual(found, frames.toSpliced(hit, 1).flat(), `damaged at ${at}`);
        assert.equal(timings.damaged.length + Number(timings.droppedBytes > 0), 1);
      }
    }
  }));

Deno.test("a slot that two workers recorded is named", () =>
  withTempDir((dir) => {
    const segments = [0, 1].map((worker) => {
      const path = join(dir, `${worker}.seg`);
      using writer = new SegmentWriter(path, worker);
      pushOk(writer, 7 + worker, 0);
      pushOk(writer, 8, 0);
      return path;
    });
    using timings = new SpooledTimings("R", segments.slice(1));
    assert.throws(() => timings.take(10), (error: Error) => {
      assert.ok(error instanceof BenchbookError);
      assert.match(error.message, /slot 8, attempt 0 was recorded twice/);
      return true;
    });
    using both = new SpooledTimings("R", segments);
    assert.equal(both.take(10)!.count, 2);
    assert.throws(() => both.take(10), /slot 8, attempt 0/);
    assert.equal(both.take(10), null);
  }));
