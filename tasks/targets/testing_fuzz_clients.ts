import assert from "node:assert/strict";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { sealEntry } from "./cache_entry_header.ts";
import { CacheKeys } from "./cache_lookup.ts";
import { monotonicUs } from "../net/clock.ts";
import { GraphqlTarget } from "./graphql.ts";
import { judgeAnswer } from "./graphql_answer.ts";
import { askOnce, complete, newCall } from "./target.ts";
import { behind } from "./testing_cached.ts";
import { Draws, FuzzNetwork, joined, json, mutated } from "./testing_fuzz.ts";
import { redisLength } from "./testing_scripted.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");
const STATEMENT = { operationId: 0, name: "one", write: false, text: "{ one }", parameters: ["id"] };
const PRINTABLE = /^[\x20-\x7e]{1,64}$/;
/** Nothing that a case sends is longer; a buffer doubles. */
const MOST_BUFFER = 4 * 1024 * 1024;

/** Whether a body is right, told in the plainest way. */
function isRight(body: Uint8Array): boolean {
  try {
    const { data, errors } = JSON.parse(decoder.decode(body));
    const none = errors === undefined || errors === null || Array.isArray(errors) && errors.length === 0;
    return none && typeof data === "object" && data !== null && !Array.isArray(data);
  } catch {
    return false;
  }
}

function graphqlBody(draws: Draws): Uint8Array {
  const value = draws.chance(0.5) ? { data: { one: json(draws) } } : json(draws, 5);
  const filler = draws.chance(0.2) ? { data: { one: "x".repeat(draws.int(5000)) } } : value;
  return encoder.encode(JSON.stringify(filler) ?? "");
}

/** Bodies of GraphQL: none throws, a code is one short printable line, and what is not right is not taken for it. */
export function fuzzGraphqlBodies(seed: number, cases: number): void {
  for (let nth = 0; nth < cases; nth++) {
    const draws = new Draws(seed + nth);
    const body = draws.chance(0.5) ? graphqlBody(draws) : mutated(graphqlBody(draws), draws);
    const status = draws.pick([200, 200, 200, 204, 302, 400, 500]);
    const where = `seed ${seed}, case ${nth}: ${latin1.decode(body).slice(0, 500)}`;
    const right = status === 200 && isRight(body);
    for (const keep of [true, false, "text"] as const) {
      const { error } = judgeAnswer(status, body, keep);
      assert.ok(error === null || PRINTABLE.test(error), `${where}: ${error}`);
      // That a long answer is JSON is believed where it begins and ends as one does.
      const believed = keep !== true && body.length > 1024 && !isJson(body);
      if (!believed) assert.equal(error === null, right, where);
    }
  }
}

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(decoder.decode(body));
    return true;
  } catch {
    return false;
  }
}

/** One answer in one of the forms that HTTP/1.1 has. */
function httpBytes(body: Uint8Array, draws: Draws): { bytes: Uint8Array; close: boolean } {
  const interim = draws.chance(0.1) ? "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" : "";
  const headers = draws.pick(["", "Content-Type: application/json\r\n", "X: y\r\nConnection: close\r\n"]);
  const head = (version: string, rest: string) => `${interim}HTTP/${version} 200 OK\r\n${headers}${rest}\r\n`;
  switch (draws.int(4)) {
    case 0:
      return { bytes: joined(head(draws.pick(["1.0", "1.1"]), ""), body), close: true };
    case 1: {
      const parts: (Uint8Array | string)[] = [head("1.1", "transfer-encoding: Chunked\r\n")];
      for (let at = 0; at < body.length;) {
        const end = Math.min(body.length, at + 1 + draws.int(draws.pick([3, 100, 5000])));
        parts.push(
          `${draws.pick(["", "000"])}${(end - at).toString(16)}${draws.pick(["", " ", ";a=b"])}\r\n`,
        );
        parts.push(body.subarray(at, end), "\r\n");
        at = end;
      }
      parts.push(`0\r\n${draws.pick(["", "Expires: never\r\n"])}\r\n`);
      return { bytes: joined(...parts), close: false };
    }
    default:
      return {
        bytes: joined(head("1.1", `CONTENT-LENGTH:${draws.pick(["", "  "])}${body.length}\r\n`), body),
        close: draws.chance(0.1),
      };
  }
}

/** Answers of HTTP: each request is completed once its connection ends at the latest, and the one after it is right. */
export async function fuzzHttp(seed: number, cases: number): Promise<void> {
  const network = new FuzzNetwork();
  const target = new GraphqlTarget({
    url: "http://fuzzed/",
    headers: {},
    connections: 1,
    nowUs: () => 0,
    network,
  });
  await target.open();
  for (let nth = 0; nth < cases; nth++) {
    const draws = new Draws(seed + nth);
    const body = graphqlBody(draws);
    const valid = httpBytes(body, draws);
    const changed = draws.chance(0.7);
    const bytes = changed ? mutated(valid.bytes, draws) : valid.bytes;
    const where = `seed ${seed}, case ${nth}: ${latin1.decode(bytes).slice(0, 500)}`;
    let done = 0;
    const call = newCall(STATEMENT, [nth], draws.chance(0.5));
    network.onSent = (_sent, channel) => {
      channel.arrive(bytes, draws);
      // A server that says no more is given up by the request's own time limit: here it hangs up.
      if (valid.close || done === 0) channel.end(changed && draws.chance(0.2) ? new Error("reset") : null);
    };
    await new Promise<void>((resolve) => {
      call.onDone = () => {
        done++;
        resolve();
      };
      target.run(call);
    });
    assert.ok(call.completed && done === 1, where);
    assert.deepEqual(network.thrown, [], where);
    assert.ok(call.error === null || PRINTABLE.test(call.error), `${where}: ${call.error}`);
    if (!changed) {
      assert.equal(call.outcome === "ok", isRight(body), `${where}: ${call.error}`);
    }
    if (call.outcome === "ok" && call.keep) {
      assert.ok(isRight(encoder.encode(JSON.stringify(call.answer))), where);
    }
    assert.ok(network.channel!.inbox.bytes.length <= MOST_BUFFER, where);

    network.onSent = (_sent, channel) =>
      channel.arrive(
        encoder.encode('HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"data":{"one":1}}'),
        draws,
      );
    const after = newCall(STATEMENT, [nth], true);
    await askOnce(target, after);
    assert.deepEqual([after.error, after.answer], [null, { data: { one: 1 } }], where);
  }
  await target.close();
}

const PREFIX = "benchbook:fuzz:";
const KEYS = new CacheKeys(PREFIX, null);
const ROWS = (id: number) => [{ id, text: "käse\r\n" }];

/** What Redis may answer to GET, and whether an entry may be taken from it. */
function redisReply(id: number, draws: Draws): { bytes: Uint8Array; entry: boolean } {
  const bulk = (text: string) => joined(`$${encoder.encode(text).length}\r\n${text}\r\n`);
  const entry = draws.chance(0.5);
  if (entry) {
    const head = { storedUs: monotonicUs(), loadUs: 1, ttlMs: 60_000, rows: 1, tag: 0, negative: false };
    const sealed = sealEntry(
      head,
      JSON.stringify(ROWS(id)),
      KEYS.lookupOf({ statement: STATEMENT, values: [id] }).entryHash,
      draws.chance(0.5) ? 1 : 0,
    );
    return { bytes: joined(`$${sealed.length}\r\n`, sealed, "\r\n"), entry };
  }
  const odd: (Uint8Array | string)[] = [
    "$-1\r\n",
    "+OK\r\n",
    ":1\r\n",
    ":1.5\r\n",
    "-ERR no\r\n",
    "-OOM command not allowed\r\n",
    "-MOVED 1 127.0.0.1:1\r\n",
    "-LOADING Redis is loading\r\n",
    "-\r\n",
    "$0\r\n\r\n",
    "$-2\r\n",
    "$10000000000\r\n",
    "$99999999999999999999\r\n",
    "$1e3\r\n",
    "$ 3\r\nabc\r\n",
    "$3\r\nabcd\r\n",
    "*-1\r\n",
    "*2\r\n$1\r\na\r\n$1\r\nb\r\n",
    "*1\r\n".repeat(1000),
    "_\r\n",
    "#t\r\n",
    ",1.5\r\n",
    "(12345678901234567890\r\n",
    "=7\r\ntxt:abc\r\n",
    "%1\r\n+a\r\n:1\r\n",
    "~1\r\n+a\r\n",
    ">2\r\n+invalidate\r\n*0\r\n",
    "|1\r\n+a\r\n+b\r\n$1\r\na\r\n",
    `+${"x".repeat(100_000)}`,
    Uint8Array.of(36, 50, 13, 10, 0xff, 0xfe, 13, 10),
    bulk("OK"),
    bulk("[1]"),
    bulk("{}"),
    bulk("[".repeat(5000)),
  ];
  return { bytes: joined(draws.pick(odd)), entry };
}

/** Replies of Redis, several under way: every lookup is answered with its rows, from the cache or past it. */
export async function fuzzRedis(seed: number, cases: number): Promise<void> {
  const sql = behind((call) => {
    complete(call, 0, "ok", null);
    call.rows = 1;
    call.answer = ROWS(call.values[0] as number);
    call.onDone();
  });
  const network = new FuzzNetwork();
  let draws = new Draws(seed);
  let replies: Uint8Array[] = [];
  let [waiting, text] = [0, ""];
  let fuzzed = false;
  let ended = Promise.resolve();
  network.onSent = (bytes, channel) => {
    text += latin1.decode(bytes);
    for (let length; (length = redisLength(text)) > 0;) {
      const verb = /\r\n(\w+)\r\n/.exec(text)![1];
      // Before it is answered: an answer makes the next command.
      text = text.slice(length);
      if (verb === "GET" && fuzzed) {
        waiting++;
        if (waiting < replies.length) continue;
        fuzzed = false;
        channel.arrive(joined(...replies), draws);
        // One that says no more would be given up by the requests' own time limit: here it hangs up.
        ended = new Promise((resolve) =>
          setTimeout(() => {
            channel.end();
            resolve();
          })
        );
      } else if (verb === "GET") channel.arrive(encoder.encode("$-1\r\n"), draws);
      else if (verb === "PING") channel.arrive(encoder.encode("+PONG\r\n"), draws);
      else if (verb === "SCAN") channel.arrive(encoder.encode("-ERR invalid cursor\r\n"), draws);
      else channel.arrive(encoder.encode(draws.pick(["+OK\r\n", "+OK\r\n", "-OOM full\r\n"])), draws);
    }
  };
  const cached = new CachedTarget(sql, {
    redisUrl: "redis://fuzzed",
    prefix: PREFIX,
    entries: rowEntries,
    behaviour: USUAL_CACHE,
    nowUs: () => 0,
    random: () => 0.5,
    network,
  });
  await cached.open();
  for (let nth = 0; nth < cases;) {
    draws = new Draws(seed + nth);
    const ids = Array.from({ length: 1 + draws.int(4) }, (_, index) => nth + index);
    const said = ids.map((id) => redisReply(id, draws));
    const changed = draws.chance(0.3);
    replies = said.map(({ bytes }) => changed ? mutated(bytes, draws) : bytes);
    [waiting, text, fuzzed] = [0, "", true];
    const where = `seed ${seed}, case ${nth}: ${latin1.decode(joined(...replies)).slice(0, 500)}`;
    const calls = ids.map((id) => newCall(STATEMENT, [id], true));
    await Promise.all(calls.map((call) => askOnce(cached, call)));
    await ended;
    assert.deepEqual(network.thrown, [], where);
    let inStep = !changed;
    for (const [index, call] of calls.entries()) {
      assert.equal(call.outcome, "ok", where);
      assert.ok(Array.isArray(call.answer), where);
      assert.deepEqual(call.answer, ROWS(ids[index]!), where);
      if (inStep && said[index]!.entry) assert.equal(call.cache, "hit", where);
      // Behind a reply that is none nothing is believed; an error or a wrong entry is one reply among others.
      inStep &&= said[index]!.entry ||
        /^(\$-1|-[^\r]*|\$\d+\r\n(OK|\[|\{))/.test(latin1.decode(replies[index]));
    }
    assert.ok(network.channel!.inbox.bytes.length <= MOST_BUFFER, where);
    for (const { reason } of cached.refusals()) assert.match(reason, /^[\x20-\x7e]{1,160}$/, where);
    // It is there again.
    for (let tries = 0; !await alive(cached, nth); tries++) {
      assert.ok(tries < 100, `${where}: no connection any more`);
      await new Promise((resolve) => setTimeout(resolve));
    }
    nth += ids.length;
  }
  await cached.close();
}

/** Whether Redis is asked again, and answers that there is nothing. */
async function alive(cached: CachedTarget, id: number): Promise<boolean> {
  const call = newCall(STATEMENT, [-1 - id], true);
  await askOnce(cached, call);
  return call.cache === "miss";
}
