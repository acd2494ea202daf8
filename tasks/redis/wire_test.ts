import assert from "node:assert/strict";
import fc from "fast-check";
import { MORE, readReply, type Reply, writeCommand } from "./wire.ts";

const encoder = new TextEncoder();
const text = fc.string({
  unit: fc.constantFrom("a", " ", "\r", "\n", "é", "漢", "🐘", "$", "*"),
  maxLength: 50,
});

Deno.test("a command's words have the lengths of their bytes", () => {
  assert.deepEqual(
    writeCommand(["SET", "käse", "", "PX"]),
    encoder.encode("*4\r\n$3\r\nSET\r\n$5\r\nkäse\r\n$0\r\n\r\n$2\r\nPX\r\n"),
  );
});

Deno.test("replies are read one after the other, in whatever pieces they arrive", () => {
  const reply: fc.Arbitrary<[string, Reply]> = fc.oneof(
    text.map((value): [string, Reply] => [`$${encoder.encode(value).length}\r\n${value}\r\n`, value]),
    fc.integer().map((value): [string, Reply] => [`:${value}\r\n`, value]),
    fc.constantFrom<[string, Reply]>(["+OK\r\n", "OK"], ["$-1\r\n", null], ["+\r\n", ""]),
  );
  fc.assert(fc.property(fc.array(reply, { maxLength: 8 }), fc.nat(), (replies, cut) => {
    const bytes = encoder.encode(replies.map(([wire]) => wire).join(""));
    const found: Reply[] = [];
    let at = 0;
    for (const end of [cut % (bytes.length + 1), bytes.length]) {
      for (let read = readReply(bytes, at, end); read !== MORE; read = readReply(bytes, at, end)) {
        found.push(read.reply);
        if (typeof read.reply === "string" && read.stored) assert.equal(read.bytes, read.next - at);
        at = read.next;
      }
    }
    assert.equal(at, bytes.length);
    assert.deepEqual(found, replies.map(([, value]) => value));
  }));
});

Deno.test("an error is a reply, and what is no reply ends the connection", () => {
  const bytes = encoder.encode("-ERR unknown command\r\n");
  const { reply } = readReply(bytes, 0, bytes.length)!;
  assert.ok(reply instanceof Error && reply.message === "ERR unknown command");
  const other = encoder.encode("HTTP/1.1 400\r\n");
  assert.throws(() => readReply(other, 0, other.length), /not Redis's protocol/);
});
