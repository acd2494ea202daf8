import assert from "node:assert/strict";
import fc from "fast-check";
import { copyFields, CopyWriter, MAX_UNIT_BYTES } from "./copy_writer.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** COPY's text format read back, as the server does. */
function parse(payload: string): (string | null)[][] {
  const unescape: Record<string, string> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };
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

Deno.test("a message has PostgreSQL's frame around the payload", () => {
  const out = new CopyWriter();
  out.integer(7);
  out.endRow();
  assert.deepEqual([...out.message()], [100, 0, 0, 0, 6, 55, 10]);
});

Deno.test("a block is full while the largest unit still fits, and empty after reset", () => {
  const out = new CopyWriter(MAX_UNIT_BYTES * 2);
  while (!out.full) {
    out.text("0123456789");
    out.endRow();
  }
  assert(MAX_UNIT_BYTES * 2 - out.length >= MAX_UNIT_BYTES - 5 - 11);
  out.reset();
  assert.equal(out.length, 0);
  assert.equal(out.rows, 0);
  assert.throws(() => out.text("x".repeat(MAX_UNIT_BYTES * 2)), RangeError);
});
