import assert from "node:assert/strict";
import fc from "fast-check";
import { RowSum } from "./row_hash.ts";
import { copyFields, CopyWriter, MAX_UNIT_BYTES } from "./copy_writer.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** COPY's text format read back, as the server does. */
function parse(payload: string): (string | null)[][] {
  const unescape: Record<string, string> = {
    b: "\b",
    f: "\f",
    n: "\n",
    r: "\r",
    t: "\t",
    v: "\v",
    "\\": "\\",
  };
  return payload.split("\n").slice(0, -1).map((line) =>
    line.split("\t").map((field) =>
      field === "\\N" ? null : field.replace(/\\(.)/g, (_, mark: string) => unescape[mark]!)
    )
  );
}

const text = fc.option(
  fc.string({ unit: "grapheme", maxLength: 40 }).filter((value) => value.isWellFormed()),
);
const whole = fc.integer({ min: 0, max: 2 ** 31 - 1 });

Deno.test("whatever is written reads back as it was", () => {
  fc.assert(fc.property(fc.array(fc.tuple(text, whole, whole, fc.boolean(), text)), (rows) => {
    const out = new CopyWriter();
    for (const [first, number, cents, flag, last] of rows) {
      out.text(first);
      out.integer(number);
      out.hundredths(cents);
      out.boolean(flag);
      out.encoded(copyFields([last, "x"]));
      out.endRow();
    }
    assert.equal(out.rows, rows.length);
    assert.deepEqual(
      parse(decode(out.payload)),
      rows.map(([first, number, cents, flag, last]) => [
        first,
        String(number),
        `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`,
        flag ? "t" : "f",
        last,
        "x",
      ]),
    );
  }));
});

Deno.test("large whole numbers and timestamps are written as the server prints them", () => {
  const us = fc.integer({ min: 0, max: Date.UTC(2255, 0, 1) }).chain((ms) =>
    fc.integer({ min: 0, max: 999 }).map((rest) => ms * 1000 + rest)
  );
  fc.assert(fc.property(fc.maxSafeNat(), us, (number, at) => {
    const out = new CopyWriter();
    out.bigint(number);
    out.timestamp(at);
    out.endRow();
    const ms = Math.floor(at / 1000);
    const iso = `${new Date(ms).toISOString().slice(0, -1)}${String(at - ms * 1000).padStart(3, "0")}`;
    const printed = iso.replace("T", " ").replace(/\.?0*$/, "");
    assert.equal(decode(out.payload), `${number}\t${printed}+00\n`);
  }));
  const out = new CopyWriter();
  for (const at of [0, 1_000_000, 1_500_000, 1_735_689_600_000_000, 1_735_689_600_000_010]) out.timestamp(at);
  out.endRow();
  assert.deepEqual(decode(out.payload).trimEnd().split("\t"), [
    "1970-01-01 00:00:00+00",
    "1970-01-01 00:00:01+00",
    "1970-01-01 00:00:01.5+00",
    "2025-01-01 00:00:00+00",
    "2025-01-01 00:00:00.00001+00",
  ]);
});

Deno.test("each row is taken into the sum as it ends, whatever block it stands in", () => {
  const sums = [1, 3].map((rowsPerBlock) => {
    const sum = new RowSum();
    const out = new CopyWriter(undefined, sum);
    for (let row = 0; row < 9; row++) {
      if (row % rowsPerBlock === 0) out.reset();
      out.integer(row);
      out.text(`row ${row}`);
      out.endRow();
    }
    return sum;
  });
  assert.equal(sums[0]!.rows, 9);
  assert.equal(sums[0]!.hex, sums[1]!.hex);
  const direct = new RowSum();
  for (let row = 0; row < 9; row++) {
    const line = new TextEncoder().encode(`${row}\trow ${row}`);
    direct.add(line, 0, line.length);
  }
  assert.equal(sums[0]!.hex, direct.hex);
});

Deno.test("a block is full while the largest unit still fits, and empty after reset", () => {
  const out = new CopyWriter(MAX_UNIT_BYTES * 2);
  while (!out.full) {
    out.text("0123456789");
    out.endRow();
  }
  assert(MAX_UNIT_BYTES * 2 - out.length >= MAX_UNIT_BYTES - 11);
  out.reset();
  assert.equal(out.length, 0);
  assert.equal(out.rows, 0);
  assert.throws(() => out.text("x".repeat(MAX_UNIT_BYTES * 2)), RangeError);
});
