import assert from "node:assert/strict";
import { libc } from "../net/libc.ts";
import { NativeLoop } from "../net/native_loop.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { endpointOf } from "./http_request.ts";
import { HttpConnection } from "./http1.ts";
import { PgConnection } from "./pg_connection.ts";
import { readPgOptions } from "../postgres/options.ts";
import { readRedisOptions, RedisConnection } from "../redis/connection.ts";
import { SqlTarget } from "./sql.ts";
import { newCall, type Statement } from "./target.ts";
import { monotonicUs } from "../net/clock.ts";

const statement: Statement = { operationId: 1, name: "one", write: false, text: "SELECT 1", parameters: [] };
/** Nothing runs beside it: a hundred answers a side are enough for what is ten times the limit. */
const WINDOW_MS = 40;
const PERIOD_US = 1000;
const ROUNDS = 4;
/**
 * Of medians in one run: where every answer of the thread has to wait they are 2,200 µs longer. A session that begins
 * costs the server a process, and with it caches: that makes an answer of 25 µs twice as long, and one of 100 µs hardly.
 */
const MOST_DELAY_US = 200;
/** The machine may have more to do in one half of a comparison than in the other. */
const TRIES = 4;

/** What keeps a connection reconnecting on a loop until it is told to stop. */
type Disturb = (loop: NativeLoop) => () => void;

Deno.test({
  name: "what one connection has to wait for while it is opened delays no answer to another",
  ignore: libc() === null,
  fn: async (t) => {
    await withDatabase(async (url) => {
      // The system takes the connections that nobody accepts, and nothing is ever answered.
      const mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = mute.addr;
      const again = (connect: (loop: NativeLoop) => Promise<unknown>): Disturb => (loop) => {
        let on = true;
        const next = () => {
          if (!on) return;
          void connect(loop).catch(() => {}).then(() => void loop.later(3, next));
        };
        next();
        return () => on = false;
      };
      const parser = () => (text: string) => text;
      const kinds: Readonly<Record<string, Disturb>> = {
        "a PostgreSQL session that is begun again and again": again(async (loop) => {
          const connection = await PgConnection.connect(readPgOptions(url, "test"), 5000, parser, loop);
          connection.close();
        }),
        "a PostgreSQL that takes connections and never answers": again((loop) =>
          PgConnection.connect(readPgOptions(`postgres://u@127.0.0.1:${port}/d`, "test"), 40, parser, loop)
        ),
        "a PostgreSQL that refuses, by name": again((loop) =>
          PgConnection.connect(readPgOptions("postgres://u@localhost:1/d", "test"), 5000, parser, loop)
        ),
        "a Redis that takes connections and never answers": again((loop) =>
          new RedisConnection(readRedisOptions(`redis://127.0.0.1:${port}`), loop, { limitMs: 40 }).connect()
        ),
        "an HTTP server that is connected to again and again": again(async (loop) => {
          const connection = new HttpConnection(endpointOf(`http://127.0.0.1:${port}/graphql`), loop);
          await connection.connect();
          connection.close();
        }),
      };
      try {
        for (const [name, disturb] of Object.entries(kinds)) {
          await t.step(name, async () => {
            const tries: string[] = [];
            for (let count = 0; count < TRIES; count++) {
              const { calm, disturbed } = await medians(url, disturb);
              if (disturbed - calm < MOST_DELAY_US) return;
              tries.push(`${disturbed.toFixed(0)} µs against ${calm.toFixed(0)} µs`);
            }
            assert.fail(tries.join(", "));
          });
        }
      } finally {
        mute.close();
      }
    });
  },
});

/** The median time of an answer on one connection without and with a disturbance, in turns, µs. */
async function medians(url: string, disturb: Disturb): Promise<{ calm: number; disturbed: number }> {
  const loop = new NativeLoop(libc()!);
  const target = new SqlTarget({ url, connections: 1, nowUs: monotonicUs, network: loop });
  try {
    await target.open();
    const times = { calm: [] as number[], disturbed: [] as number[] };
    let window: number[] | null = [];
    let idle = true;
    let dueUs = 0;
    loop.onTurn = () => {
      if (!idle || window === null) return;
      // By the clock: of clients that ask again at once nearly all would meet the loop in its better moments.
      if (monotonicUs() < dueUs) return;
      idle = false;
      dueUs = monotonicUs() + PERIOD_US;
      loop.wakeAt(dueUs);
      const call = newCall(statement, []);
      call.onDone = () => {
        idle = true;
        window?.push(call.doneUs - call.sentUs);
      };
      target.run(call);
    };
    for (let round = 0; round < ROUNDS; round++) {
      window = [];
      await pause(loop);
      if (round > 0) times.calm.push(...window);
      const stop = disturb(loop);
      window = [];
      await pause(loop);
      if (round > 0) times.disturbed.push(...window);
      stop();
      window = [];
      await pause(loop);
    }
    window = null;
    return { calm: median(times.calm), disturbed: median(times.disturbed) };
  } finally {
    await loop.outside(() => target.close());
    loop.close();
  }
}

/** Over, and not by a timer of Deno's: nothing of the test may ask for Deno's loop. */
function pause(loop: NativeLoop): Promise<void> {
  return new Promise((resolve) => loop.later(WINDOW_MS, resolve));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
