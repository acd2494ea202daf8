import assert from "node:assert/strict";
import { overEachNetwork } from "../net/testing.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, type Call, newCall } from "./target.ts";
import { pgLength, type Script, withScripted } from "./testing_scripted.ts";
import { sleep } from "../net/sleep.ts";

const encoder = new TextEncoder();

/** A message of the server's. */
function message(type: string, body: string | readonly number[] = ""): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : Uint8Array.from(body);
  const whole = new Uint8Array(5 + bytes.length);
  whole[0] = type.charCodeAt(0);
  new DataView(whole.buffer).setInt32(1, 4 + bytes.length);
  whole.set(bytes, 5);
  return whole;
}

const READY = message("Z", "I");
const STARTED = [message("R", [0, 0, 0, 0]), READY];
const PREPARED = [message("3"), message("1"), message("t", [0, 0])];
const [BOUND, NO_DATA] = [message("2"), message("n")];
const DONE = message("C", "SELECT 0\0");
const NOTICE = message("N", "SNOTICE\0C00000\0Mhello\0\0");
const SETTING = message("S", "TimeZone\0UTC\0");
/** Of one column without a name, an int4. */
const COLUMNS = message("T", [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, 255, 255, 255, 255, 0, 0]);
const ROW = message("D", [0, 1, 0, 0, 0, 1, 49]);
const RIGHT = [...PREPARED, NO_DATA, BOUND, DONE, READY];
const COPY_IN = message("G", [0, 0, 0]);
const REFUSED = [message("E", "SERROR\0C57014\0Mno\0\0"), READY];
const DESYNC = "08P01";

/** What the server says to a statement, what the statement is counted as (null: right), and what the next one is. */
const SAID: readonly (readonly [string, Script["parts"], string | null, (string | null)?])[] = [
  ["what it is to say", RIGHT, null],
  ["a row", [...PREPARED, COLUMNS, BOUND, ROW, DONE, READY], null],
  ["a notice and a setting, in between and behind", [NOTICE, ...RIGHT, NOTICE, SETTING], null],
  ["an error with a code that is none", [message("E", "SERROR\0C\x1b[1m\0Mno\0\0"), READY], "?[1m"],
  ["that it is ready, and no more", [READY], DESYNC],
  ["that it is ready twice", [joined(...RIGHT, READY)], null, DESYNC],
  ["columns behind its readiness", [joined(...RIGHT, COLUMNS)], null, DESYNC],
  ["columns without an end", [...PREPARED, message("T", [255, 255])], DESYNC],
  ["a row without columns", [...PREPARED, NO_DATA, BOUND, ROW, DONE, READY], null],
  ["to send it a copy", [...PREPARED, NO_DATA, BOUND, COPY_IN], "57014"],
  ["a length that is none", [Uint8Array.of(67, 255, 255, 255, 255)], "08006"],
  ["what no protocol knows, and hangs up", [message("!", "what?")], DESYNC],
];

Deno.test("a message of PostgreSQL's in the wrong place ends its connection, with a code, and nothing else", async () => {
  let said: Script["parts"] = RIGHT;
  const answer = (request: string): Script => {
    if (request.startsWith("\0")) return { parts: STARTED };
    // Its refusal comes with a Sync of its own.
    if (request.startsWith("f")) return { parts: REFUSED };
    return { parts: said, close: said === SAID.at(-1)![1] };
  };
  await withScripted(pgLength, answer, (port) =>
    overEachNetwork(async (network, by) => {
      const target = new SqlTarget({
        url: `postgres://u@127.0.0.1:${port}/d?sslmode=disable`,
        connections: 1,
        nowUs: () => performance.now() * 1000,
        network,
      });
      await network.outside(() => target.open());
      let nth = 0;
      const ask = (parts: Script["parts"], keep: boolean): Promise<Call> =>
        network.outside(async () => {
          said = parts;
          const statement = {
            operationId: nth++,
            name: "one",
            write: false,
            text: "SELECT 1",
            parameters: [],
          };
          const call = newCall(statement, [], keep);
          await askOnce(target, call);
          return call;
        });
      for (const [name, parts, code] of SAID) {
        const call = await ask(parts, false);
        assert.deepEqual([by, name, call.error], [by, name, code]);
        // Whatever it leaves behind: one request may find out, the one after it must not.
        await network.outside(() => sleep(5));
        await ask(RIGHT, true);
        assert.deepEqual([by, name, (await ask(RIGHT, true)).error], [by, name, null]);
      }
      await target.close();
    }));
});

Deno.test("a server that talks to a connection nobody asks on loses that connection only", async () => {
  const late = (request: string): Script =>
    request.startsWith("\0") ? { parts: [...STARTED, NOTICE, SETTING, COLUMNS] } : { parts: RIGHT };
  let calm = false;
  await withScripted(
    pgLength,
    (request) => calm && request.startsWith("\0") ? { parts: STARTED } : late(request),
    (
      port,
    ) =>
      overEachNetwork(async (network) => {
        calm = false;
        const target = new SqlTarget({
          url: `postgres://u@127.0.0.1:${port}/d?sslmode=disable`,
          connections: 1,
          nowUs: () => performance.now() * 1000,
          network,
        });
        await network.outside(() => target.open());
        await network.outside(() => sleep(20));
        calm = true;
        const call = newCall(
          { operationId: 0, name: "one", write: false, text: "SELECT 1", parameters: [] },
          [],
        );
        await network.outside(() => askOnce(target, call));
        assert.ok(call.error === null || call.error === DESYNC, String(call.error));
        const next = newCall(
          { operationId: 1, name: "one", write: false, text: "SELECT 1", parameters: [] },
          [],
        );
        await network.outside(() => askOnce(target, next));
        assert.equal(next.error, null);
        await target.close();
      }),
  );
});

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
