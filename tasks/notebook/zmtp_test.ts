import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeFrames,
  encodeMessage,
  FrameDecoder,
  greeting,
  readyFrame,
  type ZmtpFrame,
  ZmtpSocket,
} from "./zmtp.ts";

const frames = fc.array(
  fc.record({
    command: fc.boolean(),
    more: fc.boolean(),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      // Around the border between short and long frames, and well beyond it.
      fc.constantFrom(0, 254, 255, 256, 70_000).map((length) => new Uint8Array(length).fill(length % 251)),
    ),
  }, { noNullPrototype: true }),
  { maxLength: 6 },
);

Deno.test("frames survive the wire however the stream is cut", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = encodeFrames(sent);
      const decoder = new FrameDecoder();
      const received: ZmtpFrame[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = cuts[i % cuts.length]!;
        received.push(...decoder.push(bytes.slice(at, at + size)));
        at += size;
      }
      assert.deepEqual(received, sent);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a message's parts are marked with more except the last", () => {
  const bytes = encodeMessage([Uint8Array.of(7), new Uint8Array(0), Uint8Array.of(8, 9)]);
  assert.deepEqual([...bytes], [1, 1, 7, 1, 0, 0, 2, 8, 9]);
});

Deno.test("the handshake's bytes are those of ZMTP 3.0 with NULL", () => {
  const bytes = greeting();
  assert.equal(bytes.length, 64);
  assert.deepEqual([...bytes.slice(0, 16)], [
    0xff,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0x7f,
    3,
    0,
    0x4e,
    0x55,
    0x4c,
    0x4c,
  ]);
  const ready = encodeFrames([readyFrame("SUB")]);
  const text = new TextDecoder().decode(ready);
  assert.equal(ready[0], 4);
  assert.equal(ready[1], ready.length - 2);
  assert.ok(text.includes("\x05READY\x0bSocket-Type\0\0\0\x03SUB\x08Identity\0\0\0\0"));
});

Deno.test("bytes that are no frames are refused, and so is an absurd length", () => {
  assert.throws(
    () => new FrameDecoder().push(new TextEncoder().encode("HTTP/1.1 400")),
    /flags must be 0 to 7/,
  );
  assert.throws(
    () => new FrameDecoder().push(Uint8Array.of(2, 0xff, 0, 0, 0, 0, 0, 0, 0)),
    /more than 1073741824 bytes/,
  );
});

Deno.test("a server that does not speak ZMTP is refused", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const serving = (async () => {
    using connection = await listener.accept();
    await connection.write(new TextEncoder().encode("220 mail.example ESMTP\r\n"));
    await connection.read(new Uint8Array(64));
  })();
  await assert.rejects(ZmtpSocket.connect(port, "DEALER"), /speaks otherwise/);
  await serving;
});
