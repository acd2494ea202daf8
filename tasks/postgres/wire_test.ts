import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { readError } from "./error.ts";
import { Inbox } from "../net/inbox.ts";
import { RuntimeChannel, runtimeNetwork, type Transport } from "../net/runtime_channel.ts";
import { decodeText, messageEnd, MessageWriter, nextMessage } from "./wire.ts";

const D = "D".charCodeAt(0);

/** Gives out bytes in pieces of the given sizes, the last size again and again. */
function pieces(bytes: Uint8Array, sizes: readonly number[]): Transport {
  let at = 0;
  let turn = 0;
  return {
    read(into) {
      if (at === bytes.length) return Promise.resolve(null);
      const size = sizes[Math.min(turn++, sizes.length - 1)] ?? bytes.length;
      const count = Math.min(size, bytes.length - at, into.length);
      into.set(bytes.subarray(at, at + count));
      at += count;
      return Promise.resolve(count);
    },
    write: (sent) => Promise.resolve(sent.length),
    close: () => {},
  };
}

const text = fc.string({
  unit: fc.constantFrom("a", "Z", "\u0000", "é", "漢", "🐘", "\ud800", "\ufeff"),
  maxLength: 90,
});

Deno.test("messages are a type, a length that counts itself, and the body", () => {
  const writer = new MessageWriter();
  writer.begin(D).byte(1).int16(0x0203).int32(0x04050607).string("é").value("x").value(null).end();
  writer.begin(null).text("ab").end();
  assert.deepEqual(
    [...writer.bytes],
    [
      68,
      0,
      0,
      0,
      23,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      0xc3,
      0xa9,
      0,
      0,
      0,
      0,
      1,
      120,
      255,
      255,
      255,
      255,
      0,
      0,
      0,
      6,
      97,
      98,
    ],
  );
  assert.equal(writer.clear().bytes.length, 0);
});

Deno.test("a value's bytes are those of UTF-8, short or long, and its length is theirs", () => {
  fc.assert(fc.property(text, fc.nat(40), (value, times) => {
    const whole = value.repeat(times);
    const bytes = new MessageWriter().begin(D).value(whole).end().bytes;
    const wanted = Buffer.from(whole);
    assert.equal(messageEnd(bytes, 0), bytes.length);
    assert.equal(Buffer.from(bytes).readInt32BE(5), wanted.length);
    assert.deepEqual(Buffer.from(bytes.subarray(9)), wanted);
    assert.equal(decodeText(bytes, 9, bytes.length), wanted.toString());
  }));
});

Deno.test("messages are the same in whatever pieces they arrive", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.oneof(fc.nat(40), fc.constantFrom(65_000, 65_531, 65_536, 200_000)), { maxLength: 6 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70_000 })), { minLength: 1 }),
    async (sizes, reads) => {
      const writer = new MessageWriter();
      for (const [index, size] of sizes.entries()) {
        writer.begin(index + 1).raw(new Uint8Array(size).fill(index + 1)).end();
      }
      // The last size is used for the rest: a byte a read would take long.
      const transport = pieces(writer.bytes, [...reads, 50_000]);
      const { inbox } = new RuntimeChannel(transport, new Inbox(), runtimeNetwork);
      for (const [index, size] of sizes.entries()) {
        const { type, body } = await nextMessage(inbox);
        assert.equal(type, index + 1);
        assert.equal(body.length, size);
        assert.ok(body.every((byte) => byte === index + 1));
      }
      await assert.rejects(nextMessage(inbox), /closed the connection/);
    },
  ));
});

Deno.test("what is skipped is not kept, however long it is", async () => {
  const writer = new MessageWriter();
  writer.begin(1).raw(new Uint8Array(500_000)).end().begin(2).byte(7).end();
  const inbox = new Inbox();
  const size = inbox.bytes.length;
  new RuntimeChannel(pieces(writer.bytes, [10, 100_000]), inbox, runtimeNetwork);
  await inbox.more();
  inbox.start = messageEnd(inbox.bytes, 0);
  const { type, body } = await nextMessage(inbox);
  assert.deepEqual([type, body[0]], [2, 7]);
  assert.equal(inbox.bytes.length, size);
});

Deno.test("a length that can be none ends the connection", async () => {
  const bytes = Uint8Array.of(D, 0, 0, 0, 3, 0, 0);
  await assert.rejects(
    nextMessage(new RuntimeChannel(pieces(bytes, [7]), new Inbox(), runtimeNetwork).inbox),
    {
      code: "ECONNRESET",
      message: /not PostgreSQL/,
    },
  );
});

Deno.test("an error's fields are read by their letters", () => {
  const bytes = new MessageWriter().begin(69)
    .string("SFATALE").string("VFATAL").string("C57P01").string("Mgoing down").string("Dsoon").string("?new")
    .byte(0)
    .end().bytes;
  const error = readError(bytes, 5, bytes.length);
  assert.deepEqual(
    [error.code, error.severity, error.message, error.detail, error.hint, error.endsConnection],
    ["57P01", "FATAL", "going down", "soon", undefined, true],
  );
});
