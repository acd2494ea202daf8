import assert from "node:assert/strict";
import { constants } from "node:os";
import { Inbox } from "./inbox.ts";
import { type Libc, libc, Linux } from "./libc.ts";
import { NativeLoop } from "./native_loop.ts";
import { eventually } from "./testing.ts";
import { sleep } from "./sleep.ts";

const ignore = Deno.build.os !== "linux";
const never = new AbortController().signal;
const NO_FILE = -1;

/** A server that takes connections and sends each a byte after a while, and then nothing. */
async function withServer(use: (port: number) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  try {
    await use(listener.addr.port);
  } finally {
    listener.close();
    await serving;
    for (const connection of accepted) connection.close();
  }
}

/** The C library, where epoll_ctl is asked about no file for these operations, and so really fails. */
function failing(...operations: number[]): Libc {
  const real = libc()!;
  return {
    ...real,
    epoll_ctl: (epoll: number, operation: number, fd: number, event: BufferSource) =>
      real.epoll_ctl(epoll, operation, operations.includes(operation) ? NO_FILE : fd, event as Uint8Array),
  } as Libc;
}

Deno.test({
  name: "a socket that epoll does not take is a connection that failed, with the call's name",
  ignore,
  fn: async () => {
    for (const operation of [Linux.epoll.add, Linux.epoll.modify]) {
      await withServer(async (port) => {
        const loop = new NativeLoop(failing(operation));
        try {
          const connecting = loop.connect({ host: "127.0.0.1", port }, new Inbox(), never);
          await assert.rejects(connecting, { code: "EBADF", message: /^epoll_ctl: .*EBADF/ });
        } finally {
          loop.close();
        }
      });
    }
  },
});

Deno.test({
  name: "a channel that epoll no longer watches ends by that error, and does not wait for ever",
  ignore,
  fn: async () => {
    await withServer(async (port) => {
      const real = libc()!;
      let fails = false;
      const loop = new NativeLoop({
        ...real,
        epoll_ctl: (epoll: number, operation: number, fd: number, event: BufferSource) =>
          real.epoll_ctl(epoll, operation, fails ? NO_FILE : fd, event as Uint8Array),
      } as Libc);
      try {
        const inbox = new Inbox();
        const channel = await loop.connect({ host: "127.0.0.1", port }, inbox, never);
        fails = true;
        // More than a socket takes whose other side reads nothing.
        channel.send(new Uint8Array(20_000_000), 20_000_000);
        assert.match(inbox.ended?.error?.message ?? "", /^epoll_ctl: .*EBADF/);
      } finally {
        loop.close();
      }
    });
  },
});

Deno.test({
  name: "a wait that a signal ended goes on; any other failure ends the loop with the call's name",
  ignore,
  fn: async () => {
    const real = libc()!;
    const errorNumber = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(real.__errno_location()!, 4));
    let error: number = constants.errno.EINTR;
    let waits = 0;
    const loop = new NativeLoop({
      ...real,
      syscall: () => {
        waits++;
        errorNumber[0] = error;
        return -1;
      },
    } as unknown as Libc);
    let failure: Error | undefined;
    loop.onFailure = (error) => failure = error;
    await eventually(() => waits > 3);
    assert.equal(failure, undefined);
    error = constants.errno.EBADF;
    await eventually(() => failure !== undefined);
    assert.match(failure!.message, /^epoll_pwait2: .*EBADF/);
    const after = waits;
    await sleep(20);
    assert.equal(waits, after);
  },
});
