import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Channel } from "./channel.ts";
import { monotonicUs } from "./clock.ts";
import { Inbox } from "./inbox.ts";
import { libc } from "./libc.ts";
import { NativeLoop } from "./native_loop.ts";
import { sleep } from "./sleep.ts";

const never = new AbortController().signal;

/** Uses a loop and a server that treats each connection as told; where no thread can wait itself there is none. */
async function withLoop(
  serve: (connection: Deno.Conn) => Promise<void>,
  use: (loop: NativeLoop, port: number) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Promise<void>[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      connections.push(
        serve(connection).catch(() => {}).finally(() => {
          try {
            connection.close();
          } catch {
            // The test closed it.
          }
        }),
      );
    }
  })();
  const loop = new NativeLoop(libc()!);
  try {
    await use(loop, listener.addr.port);
  } finally {
    loop.close();
    listener.close();
    await serving;
    await Promise.all(connections);
  }
}

const linux = Deno.build.os === "linux";

/** Reads until so many bytes are there, with Deno's loop let through. */
function received(loop: NativeLoop, { inbox }: Channel, bytes: number): Promise<Uint8Array> {
  return loop.outside(async () => {
    while (inbox.end - inbox.start < bytes && await inbox.more());
    return inbox.bytes.slice(inbox.start, inbox.end);
  });
}

Deno.test({
  name: "bytes come back as they were sent, also more than a socket takes at once",
  ignore: !linux,
  fn: async () => {
    const length = 3_000_000;
    const slowEcho = async (connection: Deno.Conn) => {
      // Not read for a while: what was sent has to wait on the sender's side.
      await sleep(50);
      const all = new Uint8Array(length + 2);
      for (let at = 0; at < all.length;) at += await connection.read(all.subarray(at)) ?? all.length;
      for (let at = 0; at < all.length;) at += await connection.write(all.subarray(at));
    };
    await withLoop(slowEcho, async (loop, port) => {
      const channel = await loop.connect({ host: "127.0.0.1", port }, new Inbox(), never);
      const sent = Uint8Array.from({ length }, (_, index) => index * 7);
      channel.send(sent, length);
      // Behind what still waits, and a part of its buffer only.
      channel.send(Uint8Array.of(1, 2, 3), 2);
      const answer = await received(loop, channel, length + 2);
      assert.equal(answer.length, length + 2);
      assert.ok(sent.every((byte, index) => byte === answer[index]));
      assert.deepEqual([...answer.subarray(length)], [1, 2]);
      channel.close();
    });
  },
});

Deno.test({
  name: "an end, a reset and a refusal are told apart",
  ignore: !linux,
  fn: async () => {
    await withLoop(() => Promise.resolve(), async (loop, port) => {
      const { inbox } = await loop.connect({ host: "localhost", port }, new Inbox(), never);
      await loop.outside(async () => assert.equal(await inbox.more(), false));
      assert.deepEqual(inbox.ended, { error: null });
    });
    const hasty = createServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 20));
    await new Promise<void>((resolve) => hasty.listen(0, "127.0.0.1", () => resolve()));
    const { port } = hasty.address() as AddressInfo;
    const loop = new NativeLoop(libc()!);
    try {
      const channel = await loop.connect({ host: "127.0.0.1", port }, new Inbox(), never);
      await assert.rejects(loop.outside(() => channel.inbox.more()), { code: "ECONNRESET" });
      // What is sent afterwards goes nowhere, and is no error.
      channel.send(new Uint8Array(1), 1);
    } finally {
      loop.close();
      await new Promise((resolve) => hasty.close(resolve));
    }
    await withLoop(() => Promise.resolve(), async (loop) => {
      const refused = loop.connect({ host: "127.0.0.1", port: 1 }, new Inbox(), never);
      await assert.rejects(refused, { code: "ECONNREFUSED", message: /connection refused/ });
    });
  },
});

Deno.test({
  name: "a way that does not open is given up, and one over a Unix socket opens",
  ignore: !linux,
  fn: async () => {
    const dir = Deno.makeTempDirSync();
    const path = join(dir, "socket");
    const listener = Deno.listen({ transport: "unix", path });
    const loop = new NativeLoop(libc()!);
    try {
      const accepted = listener.accept();
      const channel = await loop.connect({ path }, new Inbox(), never);
      // Deno's own end is looked at only when Deno may rest.
      const connection = await loop.elsewhere(() => accepted);
      await loop.elsewhere(() => connection.write(Uint8Array.of(5)));
      assert.deepEqual([...await received(loop, channel, 1)], [5]);
      connection.close();
      channel.close();
      await assert.rejects(loop.connect({ path: join(dir, "none") }, new Inbox(), never), { code: "ENOENT" });
      const given = AbortSignal.abort();
      await assert.rejects(loop.connect({ path }, new Inbox(), given), { name: "AbortError" });
    } finally {
      loop.close();
      listener.close();
      Deno.removeSync(dir, { recursive: true });
    }
  },
});

Deno.test({
  name: "the loop turns when it was asked to, not before, and every ten milliseconds besides",
  ignore: !linux,
  fn: async () => {
    const loop = new NativeLoop(libc()!);
    try {
      const beganUs = monotonicUs();
      const dueUs = beganUs + 33_300;
      const turns: number[] = [];
      loop.wakeAt(dueUs);
      await new Promise<void>((resolve) =>
        loop.onTurn = () => {
          const nowUs = monotonicUs();
          turns.push(nowUs);
          if (nowUs >= dueUs) loop.wakeAt(Infinity);
          if (nowUs > dueUs + 15_000) resolve();
        }
      );
      // Neither busy nor asleep: turns of ten milliseconds, of which a busy machine may leave out some, and one at the time
      // asked for.
      assert.ok(turns.length >= 2 && turns.length <= 20, `${turns.length} turns`);
      // A busy machine makes a turn late, never early: those before it was due lie ten milliseconds apart.
      turns.filter((us) => us < dueUs).forEach((us, at, before) => {
        if (at > 0) {
          assert.ok(us - before[at - 1]! > 9000, `it turned ${us - before[at - 1]!} µs after a turn`);
        }
      });
      // Deno's own loop has its turns while something is to be done there, however long a busy machine takes for them.
      let timers = 0;
      await loop.outside(() =>
        new Promise<void>((resolve) => {
          const timer = setInterval(() => {
            if (++timers < 5) return;
            clearInterval(timer);
            resolve();
          }, 1);
        })
      );
      // Its own timers need none of that, and can be taken back.
      const began = monotonicUs();
      await new Promise<void>((resolve) => {
        loop.later(5, () => assert.fail("it was taken back"))();
        loop.later(20, resolve);
      });
      assert.ok(monotonicUs() - began >= 20_000);
    } finally {
      loop.close();
    }
  },
});

Deno.test({
  name: "a loop that is kept busy knows how long it stood still",
  ignore: !linux,
  fn: async () => {
    const loop = new NativeLoop(libc()!);
    try {
      await sleep(30);
      loop.loopDelay();
      let busy = true;
      await new Promise<void>((resolve) =>
        loop.onTurn = () => {
          if (!busy) return resolve();
          for (const until = monotonicUs() + 60_000; monotonicUs() < until;);
          busy = false;
        }
      );
      const { longestUs, delayP99Us } = loop.loopDelay();
      assert.ok(longestUs >= 60_000, `${longestUs}`);
      assert.ok(delayP99Us! >= 59_000, `${delayP99Us}`);
    } finally {
      loop.close();
    }
  },
});

/** A server of two connections in a thread of its own: told to, it writes a byte to each, and says when it has. */
const ANSWERS_AT_ONCE = `
  onmessage = async ({ data: flags }) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    postMessage(listener.addr.port);
    const connections = [await listener.accept(), await listener.accept()];
    Atomics.wait(flags, 0, 0);
    for (const connection of connections) await connection.write(Uint8Array.of(1));
    Atomics.store(flags, 1, 1);
    Atomics.notify(flags, 1);
  };`;

/** What was there of two answers at each turn, where both were there before the loop looked. */
async function turnsOfTwo(together: boolean): Promise<string[]> {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const code = URL.createObjectURL(new Blob([ANSWERS_AT_ONCE], { type: "text/javascript" }));
  const server = new Worker(code, { type: "module" });
  const loop = new NativeLoop(libc()!, null, together);
  try {
    const port = await loop.outside(() =>
      new Promise<number>((resolve) => {
        server.onmessage = ({ data }) => resolve(data);
        server.postMessage(flags);
      })
    );
    const channels = [0, 0].map(() => loop.connect({ host: "127.0.0.1", port }, new Inbox(), never));
    const inboxes = (await Promise.all(channels)).map(({ inbox }) => inbox);
    const turns: string[] = [];
    const both = new Promise<void>((resolve) => {
      loop.onTurn = () => {
        turns.push(inboxes.map(({ end }) => end).join(" "));
        if (turns.at(-1) === "1 1") resolve();
      };
    });
    Atomics.store(flags, 0, 1);
    Atomics.notify(flags, 0);
    // Nothing of this thread goes on until both have come.
    Atomics.wait(flags, 1, 0);
    await loop.outside(() => both);
    return turns;
  } finally {
    loop.close();
    server.terminate();
    URL.revokeObjectURL(code);
  }
}

Deno.test({
  name: "all that is ready at once has a turn each, or one together",
  ignore: !linux,
  fn: async () => {
    assert.ok((await turnsOfTwo(false)).some((there) => there === "1 0" || there === "0 1"));
    assert.ok(!(await turnsOfTwo(true)).some((there) => there === "1 0" || there === "0 1"));
  },
});
