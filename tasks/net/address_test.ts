import assert from "node:assert/strict";
import { ipv4Address, ipv6Address, socketAddresses, unixAddress } from "./address.ts";

const never = new AbortController().signal;

Deno.test("an IPv4 address is family, port and four bytes, the port in the network's order", () => {
  assert.deepEqual([...ipv4Address("127.0.0.1", 5432).bytes], [2, 0, 21, 56, 127, 0, 0, 1, ...zeros(8)]);
});

Deno.test("an IPv6 address is sixteen bytes in whatever form it is written", () => {
  const address = (text: string) => [...ipv6Address(text, 80).bytes].slice(8, 24);
  assert.deepEqual(address("::1"), [...zeros(15), 1]);
  assert.deepEqual(address("::"), zeros(16));
  assert.deepEqual(address("fe80::1:2%eth0"), [0xfe, 0x80, ...zeros(11), 1, 0, 2]);
  assert.deepEqual(address("1:2:3:4:5:6:7:8"), [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]);
  assert.deepEqual(address("::ffff:10.0.0.1"), [...zeros(10), 255, 255, 10, 0, 0, 1]);
  assert.deepEqual([...ipv6Address("::1", 80).bytes].slice(0, 8), [10, 0, 0, 80, 0, 0, 0, 0]);
});

Deno.test("a Unix socket's address is its path, which must fit", () => {
  assert.deepEqual([...unixAddress("/a").bytes], [1, 0, 47, 97, 0]);
  assert.throws(() => unixAddress(`/${"x".repeat(108)}`), /less than 108 bytes: this has 109/);
});

Deno.test("a name stands for all addresses that the system knows for it", async () => {
  const found = await socketAddresses({ host: "localhost", port: 1 }, never);
  assert.ok(found.length > 0 && found.every(({ family }) => family === 2 || family === 10));
  await assert.rejects(
    socketAddresses({ host: "no-such-host.invalid", port: 1 }, never),
    /ENOTFOUND|EAI_AGAIN/,
  );
});

Deno.test("a name server that does not answer is waited for no longer than asked", async () => {
  const given = new AbortController();
  const found = socketAddresses({ host: "localhost", port: 1 }, given.signal);
  given.abort(new Error("given up"));
  await assert.rejects(found, /given up/);
});

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
