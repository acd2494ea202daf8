import assert from "node:assert/strict";
import { ServiceError } from "../model/errors.ts";
import { RedisReader } from "../observe/redis_reader.ts";
import { forgetKeys } from "./cache_keys.ts";
import { Draws, joined, mutated } from "./testing_fuzz.ts";
import { redisLength } from "./testing_scripted.ts";

/** An answer: what comes first, and what comes behind it for ever; without that the server hangs up, or goes on. */
interface Said {
  readonly first: Uint8Array;
  readonly forEver?: Uint8Array;
  readonly close?: boolean;
}

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");
const PREFIX = "benchbook:fuzz:";
const PIECE = 256 * 1024;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** Answers without an end: what begins them, and what is said over and over then. */
export const ENDLESS: readonly (readonly [first: string, forEver: string])[] = [
  ["$99999999999\r\n", "x"],
  ["$16000000\r\n", "x"],
  ["+", "x"],
  ["-ERR ", "x"],
  [":", "1"],
  ["", ":1\r\n"],
  ["", "\r\n"],
  ["", "*1\r\n"],
  ["", "*33000000\r\n"],
  ["*2\r\n$1\r\n0\r\n*999999999\r\n", "$0\r\n\r\n"],
  ["*2\r\n$1\r\n0\r\n*100000\r\n", ":1\r\n"],
  ["*2\r\n$1\r\n5\r\n*100000\r\n", "$0\r\n\r\n"],
  ["*2\r\n*100000\r\n", "*100000\r\n"],
  ["*2\r\n$1\r\n0\r\n*1\r\n$16000000\r\n", "x"],
];

/** The same for all commands but those that a connection begins with. */
export function endless([first, forEver]: readonly [string, string]): Said {
  return { first: encoder.encode(first), forEver: encoder.encode(forEver.repeat(PIECE / forEver.length)) };
}

/** A server that answers PING and CLIENT rightly, and all else as it is told. */
export async function withSaid<T>(
  answer: (verb: string) => Said,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serve = async (connection: Deno.TcpConn) => {
    const buffer = new Uint8Array(65536);
    let text = "";
    const write = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    };
    for (let read; (read = await connection.read(buffer)) !== null;) {
      text += latin1.decode(buffer.subarray(0, read));
      for (let length; (length = redisLength(text)) > 0;) {
        const verb = /\r\n(\w+)\r\n/.exec(text)![1]!;
        text = text.slice(length);
        if (verb === "PING" || verb === "CLIENT") {
          await write(encoder.encode(verb === "PING" ? "+PONG\r\n" : "+OK\r\n"));
          continue;
        }
        const { first, forEver, close } = answer(verb);
        await write(first);
        // Until the client has closed it.
        while (forEver !== undefined) await write(forEver);
        if (close) return;
      }
    }
  };
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      void serve(connection).catch(() => {}).finally(() => {
        if (open.delete(connection)) connection.close();
      });
    }
  })();
  try {
    return await use(`redis://127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    await serving;
    for (const connection of open) {
      open.delete(connection);
      connection.close();
    }
  }
}

const bulk = (text: string) => `$${encoder.encode(text).length}\r\n${text}\r\n`;

function page(draws: Draws): string {
  const keys = Array.from({ length: draws.int(4) }, (_, at) => bulk(`${draws.pick([PREFIX, ""])}ä${at}`));
  return `*2\r\n${bulk(draws.pick(["0", "0", "0", "7", "-1", "x"]))}*${keys.length}\r\n${keys.join("")}`;
}

const ODD = [
  ...[":1\r\n", "+OK\r\n", "+QUEUED\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "_\r\n", "%1\r\n+a\r\n:1\r\n"],
  ...["-NOPERM no\r\n", "-ERR unknown command\r\n", "-CROSSSLOT no\r\n", "-\r\n", "-ERR \u001b[31m\r\n"],
  ...["*2\r\n:0\r\n*0\r\n", "*2\r\n$1\r\n0\r\n$1\r\n0\r\n", "*1\r\n$1\r\n0\r\n", "*2\r\n$-1\r\n*-1\r\n"],
  ...[
    "*2\r\n$1\r\n0\r\n*1\r\n:1\r\n",
    "*2\r\n$1\r\n0\r\n*1\r\n*0\r\n",
    "*1\r\n*1\r\n*1\r\n*0\r\n",
    "*2\r\n-ERR\r\n-ERR\r\n",
  ],
];

function said(verb: string, draws: Draws): Said {
  if (draws.chance(0.01)) return endless(draws.pick(ENDLESS));
  const right = verb === "SCAN"
    ? page(draws)
    : verb === "INFO"
    ? bulk("# Memory\r\nused_memory:1000\r\n")
    : ":1\r\n";
  const first = joined(draws.chance(0.6) ? right : draws.pick(ODD));
  const changed = draws.chance(0.4);
  // One that says no more would be given up by the time limit: here it hangs up.
  return { first: changed ? mutated(first, draws) : first, close: changed || draws.chance(0.1) };
}

/**
 * Servers, right, odd and hostile, to what removes keys and to what samples Redis: keys are removed, or it is a
 * ServiceError in one line; a reading is made, or an error says why not.
 */
export async function fuzzRedisClient(
  seed: number,
  cases: number,
): Promise<{ done: number; failed: number }> {
  const count = { done: 0, failed: 0 };
  let draws = new Draws(seed);
  await withSaid((verb) => said(verb, draws), async (url) => {
    for (let nth = 0; nth < cases; nth++) {
      draws = new Draws(seed + nth);
      const where = `seed ${seed}, case ${nth}`;
      const failed = nth % 2 === 0 ? await forgets(url, where) : await reads(url, where);
      if (failed) count.failed++;
      else count.done++;
    }
  });
  return count;
}

async function forgets(url: string, where: string): Promise<boolean> {
  try {
    await forgetKeys(url, PREFIX, { limitMs: 200 });
    return false;
  } catch (error) {
    assert.ok(error instanceof ServiceError, `${where}: ${(error as Error).stack}`);
    assert.match(error.message, PRINTABLE, where);
    return true;
  }
}

async function reads(url: string, where: string): Promise<boolean> {
  const source = new RedisReader(url, 2000, {});
  try {
    for (let readings = 0; readings < 2; readings++) await source.read();
    return false;
  } catch (error) {
    const ours = error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError);
    assert.ok(ours, `${where}: ${(error as Error).stack}`);
    return true;
  } finally {
    await source.close();
  }
}
