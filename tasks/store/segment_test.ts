import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { ROW_BYTES } from "./frame.ts";
import { readSegment, type SegmentEnd } from "./segment_reader.ts";
import { SegmentWriter } from "./segment_writer.ts";

/** The arguments of `push`, in order. */
type Row = Parameters<SegmentWriter["push"]>;

const time = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 1e12 }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
);
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.maxSafeNat()),
  fc.integer({ min: 0, max: 255 }),
  fc.integer({ min: 0, max: 65_535 }),
  fc.integer({ min: 0, max: 65_535 }),
  time,
  time,
  time,
  time,
  time,
  fc.integer({ min: 0, max: 4 }),
  fc.option(fc.oneof(fc.constantFrom("40001", "HTTP 503", "ECONNREFUSED"), fc.string({ maxLength: 20 }))),
  fc.integer({ min: -1, max: 3 }),
  fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  fc.oneof(fc.maxSafeNat(), fc.constant(NaN)),
  time,
  fc.integer({ min: -1, max: 1 }),
);

function read(path: string): { rows: Row[]; droppedBytes: number; frames: number } {
  const end: SegmentEnd = { droppedBytes: 0 };
  const rows: Row[] = [];
  let frames = 0;
  for (const { rows: n, columns: c, codes } of readSegment(path, end)) {
    frames++;
    for (let at = 0; at < n; at++) {
      const error = c.error[at]! === 0 ? null : codes[c.error[at]! - 1]!;
      const times = [c.intended, c.woke, c.acquired, c.sent, c.done].map((column) => column[at]!);
      rows.push([
        c.slot[at]!,
        c.attempt[at]!,
        c.phase[at]!,
        c.operation[at]!,
        ...times,
        c.outcome[at]!,
        error,
        c.cache[at]!,
        c.rows[at]!,
        c.bytes[at]!,
        c.key[at]!,
        c.age[at]!,
        c.loaded[at]!,
      ] as unknown as Row);
    }
  }
  return { rows, frames, droppedBytes: end.droppedBytes };
}

async function inTempDir(body: (dir: string) => void | Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "benchbook-segment-" });
  try {
    await body(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("what is pushed comes back as it was, whatever the values, the capacity and the flushes", () =>
  inTempDir((dir) => {
    let file = 0;
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 40 }),
        fc.integer({ min: 1, max: 16 }),
        fc.nat(5),
        (rows, capacity, every) => {
          const path = join(dir, `${file++}.seg`);
          using writer = new SegmentWriter(path, 3, capacity);
          rows.forEach((each, at) => {
            writer.push(...each);
            if (every > 0 && at % every === 0) writer.flush();
          });
          assert.equal(writer.rows, rows.length);
          writer.close();
          assert.deepEqual(read(path).rows, rows);
          assert.equal(read(path).droppedBytes, 0);
        },
      ),
      { numRuns: 60 },
    );
  }));

Deno.test("a segment torn at any byte keeps every whole frame before it and tells how much was lost", () =>
  inTempDir((dir) => {
    const path = join(dir, "whole.seg");
    const sizes: number[] = [];
    {
      using writer = new SegmentWriter(path, 0, 8);
      for (let frame = 0; frame < 3; frame++) {
        for (let at = 0; at <= frame; at++) {
          writer.push(frame * 10 + at, 0, 1, 2, 3, 4, 5, 6, 7, 1, `E${frame}`, -1, -1, -1);
        }
        writer.flush();
        sizes.push(Deno.statSync(path).size);
      }
    }
    const whole = Deno.readFileSync(path);
    const torn = join(dir, "torn.seg");
    for (let length = 0; length <= whole.length; length++) {
      Deno.writeFileSync(torn, whole.subarray(0, length));
      const frames = sizes.filter((size) => size <= length).length;
      const found = read(torn);
      assert.equal(found.frames, frames, `cut at ${length}`);
      assert.equal(found.droppedBytes, length - (sizes[frames - 1] ?? 0), `cut at ${length}`);
      assert.deepEqual(
        found.rows.map((each) => each[10]),
        ["E0", "E1", "E1", "E2", "E2", "E2"].slice(0, [0, 1, 3, 6][frames]),
      );
    }
  }));

Deno.test("a damaged byte costs the frame that it is in, and no other", () =>
  inTempDir((dir) => {
    const path = join(dir, "damaged.seg");
    {
      using writer = new SegmentWriter(path, 0, 8);
      for (let frame = 0; frame < 2; frame++) {
        writer.push(frame, 0, 1, 2, 3, 4, 5, 6, 7, 0, null, -1, -1, -1);
        writer.flush();
      }
    }
    const whole = Deno.readFileSync(path);
    const second = whole.length / 2;
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at]! ^= 0x10;
      Deno.writeFileSync(path, damaged);
      assert.deepEqual(read(path).rows.map(([slot]) => slot), [at < second ? 1 : 0], `damaged at ${at}`);
    }
  }));

Deno.test("rows reach the file at least once a second of the worker's clock, and when the columns are full", () =>
  inTempDir((dir) => {
    const path = join(dir, "due.seg");
    using writer = new SegmentWriter(path, 0, 4);
    const push = (slot: number) => writer.push(slot, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, -1, -1, -1);
    writer.flushIfDue(5000);
    push(0);
    writer.flushIfDue(5999);
    assert.equal(read(path).rows.length, 0);
    writer.flushIfDue(6000);
    assert.equal(read(path).rows.length, 1);
    for (let slot = 1; slot <= 5; slot++) push(slot);
    assert.equal(read(path).rows.length, 5);
  }));

Deno.test("a server that invents a new error code for each request cannot grow a segment without bound", () =>
  inTempDir((dir) => {
    const path = join(dir, "codes.seg");
    {
      using writer = new SegmentWriter(path, 0, 20_000);
      for (let slot = 0; slot < 10_000; slot++) {
        writer.push(slot, 0, 0, 0, 0, 0, 0, 0, 0, 1, `no such row ${slot} ${"é".repeat(500)}`, -1, -1, -1);
      }
    }
    const { rows } = read(path);
    assert.equal(rows.length, 10_000);
    assert.equal(rows[0]![10]!.length, 64);
    assert.equal(rows.at(-1)![10], "other");
    assert.ok(Deno.statSync(path).size < 10_000 * ROW_BYTES + 256 * 140);
  }));
