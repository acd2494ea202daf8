import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectClient } from "../postgres/client.ts";
import { playServer, say } from "../postgres/testing_backend.ts";
import { answer, Draw, loginTurns, mutate, PASSWORD } from "./testing_pg_conversation.ts";

/** Of a login, which all of them let through: never reached. */
const LIMIT_MS = 60_000;
const PIECE = 256 * 1024;

/** Messages that a server may say without an end. */
export const ENDLESS: Readonly<Record<string, readonly Uint8Array[]>> = {
  "rows of text": [say.row(["x".repeat(10_000)])],
  "rows of many nulls": [say.row(Array.from({ length: 1600 }, () => null))],
  "rows of short texts": [say.row(["1", "2", "3"])],
  "rows of nothing": [say.row([])],
  "notices": [say.notice("note")],
  "settings": [say.parameter("TimeZone", "UTC")],
  "notifications": [say.notification()],
  "ends of a statement": [say.complete("SELECT 1")],
};

/** As many as fit in a piece of what is sent. */
export function repeated(messages: readonly Uint8Array[]): Uint8Array[] {
  const length = messages.reduce((sum, bytes) => sum + bytes.length, 0);
  return Array.from({ length: Math.ceil(PIECE / length) }, () => messages).flat();
}

/**
 * Has conversations over sockets between such servers and the client of all that is not measured. Each statement
 * ends, by an answer or an error; what the process does not catch fails the test by itself.
 */
export async function fuzzClient(seeds: Iterable<number>): Promise<{ answered: number; failed: number }> {
  const count = { answered: 0, failed: 0 };
  for (const seed of seeds) {
    const draw = new Draw(seed);
    const server = playServer(async (connection) => {
      for (const turn of loginTurns(draw)) {
        await connection.say(...turn(Buffer.from(await connection.hear(), "latin1")));
      }
      for (;;) {
        await connection.hear();
        if (draw.below(2000) === 0) {
          const piece = repeated(draw.of(Object.values(ENDLESS)));
          await connection.say(say.columns(["a", "b", "ü"]));
          // Until the client has closed it.
          for (;;) await connection.say(...piece);
        }
        const right = answer(draw, true, ["a", "b", "ü"].slice(0, draw.below(4)));
        await connection.say(...draw.chance(20) ? right : mutate(draw, right));
        if (draw.chance(60)) return;
      }
    });
    try {
      const client = await connectClient(
        `postgres://user:${PASSWORD}@127.0.0.1:${server.port}/db?sslmode=disable`,
        { applicationName: "fuzz", connectTimeoutMs: LIMIT_MS, queryTimeoutMs: 30 },
      );
      for (let statements = 0; statements < 2; statements++) {
        try {
          await client.query({ text: "SELECT $1::text", values: ["x"] });
          count.answered++;
        } catch (error) {
          assert.ok(error instanceof Error, `Conversation ${seed}: ${error}`);
          count.failed++;
        }
      }
      await server.close();
      await client.end().catch(() => {});
    } catch (error) {
      throw new Error(`Conversation ${seed}: ${(error as Error).message}`, { cause: error });
    } finally {
      await server.close().catch(() => {});
    }
  }
  return count;
}
