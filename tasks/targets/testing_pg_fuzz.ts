import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readPgOptions } from "../postgres/options.ts";
import { PgConnection } from "./pg_connection.ts";
import type { PgReply } from "./pg_listener.ts";
import { Execution } from "./pg_execution.ts";
import { answer, Draw, loginTurns, mutate, PASSWORD, TurnNetwork } from "./testing_pg_conversation.ts";

/** For a server that says no more: given up after so long. */
const SILENCE_MS = 60;
/** For one that does: never reached, however long a busy machine takes for a proof of the password. */
const LIMIT_MS = 60_000;
/** Far more than any message that is said: what is only claimed must not be made room for. */
const MOST_INBOX_BYTES = 2_000_000;
const OPTIONS = readPgOptions(`postgres://user:${PASSWORD}@localhost/db?sslmode=disable`, "fuzz");

/** How many conversations there were, and how they went. */
export interface Fuzzed {
  sessions: number;
  answered: number;
  failed: number;
}

/**
 * Has conversations with servers, from right ones through odd to hostile. The client answers as an independent
 * reading of the same bytes does, or fails that statement or connection.
 * @throws what was wrong first, with the seed of its conversation
 */
export async function fuzzConversations(seeds: Iterable<number>): Promise<Fuzzed> {
  const fuzzed: Fuzzed = { sessions: 0, answered: 0, failed: 0 };
  for (const seed of seeds) {
    try {
      await converse(new Draw(seed), fuzzed);
    } catch (error) {
      throw new Error(`Conversation ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  return fuzzed;
}

async function converse(draw: Draw, fuzzed: Fuzzed): Promise<void> {
  const spoilsLogin = draw.chance(30);
  const turns = loginTurns(draw);
  if (spoilsLogin) {
    const at = draw.below(turns.length);
    const right = turns[at]!;
    turns[at] = (heard) => mutate(draw, right(heard));
  }
  const network = new TurnNetwork(draw, turns);
  const silent = draw.chance(10) && spoilsLogin;
  const limitMs = silent ? SILENCE_MS : LIMIT_MS;
  const connecting = PgConnection.connect(OPTIONS, limitMs, () => (text) => text, network);
  const timer = spoilsLogin && !silent ? setTimeout(() => network.hangUp(), 5) : undefined;
  let connection: PgConnection;
  try {
    connection = await connecting;
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(spoilsLogin, `a right login failed: ${error.message}`);
    assert.equal(network.open, false, "a channel was left open");
    return;
  } finally {
    clearTimeout(timer);
    assert.deepEqual(network.thrown, []);
  }
  fuzzed.sessions++;
  mustBeALogin(network.said);
  await askStatements(draw, network, connection, fuzzed, spoilsLogin);
}

/** Whatever was spoiled: no session without the whole of a login. */
function mustBeALogin(said: Buffer): void {
  const { messages } = messagesOf(said);
  const login = messages.slice(0, messages.findIndex(({ type }) => type === "Z")).filter(({ type }) =>
    type === "R"
  );
  const kinds = login.map(({ body }) => body.readInt32BE(0));
  assert.ok(
    ["0", "3,0", "5,0", "10,11,12,0"].includes(String(kinds)),
    `a session after ${kinds}: ${shown(said)}`,
  );
}

async function askStatements(
  draw: Draw,
  network: TurnNetwork,
  connection: PgConnection,
  fuzzed: Fuzzed,
  spoiled: boolean,
): Promise<void> {
  const known = new Map<number, string[]>();
  const operations = [0, 1];
  let nextOperation = 2;
  // What came behind the login counts for the first answer.
  let stream: Buffer | null = spoiled ? null : Buffer.alloc(0);
  for (let count = 1 + draw.below(4); count > 0 && connection.open; count--) {
    const operationId = draw.of(operations);
    const preparing = !known.has(operationId);
    const columns = known.get(operationId) ?? ["a", "b", "a", "ü"].slice(0, draw.below(5));
    const keep = draw.chance(60);
    const right = answer(draw, preparing, columns);
    let told = right;
    for (let times = draw.of([0, 0, 1, 1, 2]); times > 0 && told.length > 0; times--) {
      told = mutate(draw, told);
    }
    network.turns.length = 0;
    // A copy is refused, and the server may have another word.
    network.turns.push(() => told, () => draw.chance(80) ? right.slice(-2) : []);
    network.said = Buffer.alloc(0);
    const reply = await ask(draw, network, connection, operationId, keep);
    assert.deepEqual(network.thrown, []);
    assert.ok(
      network.inbox!.bytes.length < MOST_INBOX_BYTES,
      `${network.inbox!.bytes.length} bytes were kept`,
    );
    if (stream === null) {
      fuzzed.failed++;
      continue;
    }
    const wanted = reference(Buffer.concat([stream, network.said]), preparing, keep, columns);
    if (wanted === null) {
      assert.notEqual(
        reply.error,
        null,
        `${shown(network.said)} is no answer and was believed`,
      );
      fuzzed.failed++;
      // Whether the statement is prepared now depends on where the server said no.
      operations[operations.indexOf(operationId)] = nextOperation++;
      stream = behindReady(Buffer.concat([stream, network.said]));
      continue;
    }
    assert.equal(
      reply.error,
      null,
      `${shown(network.said)} is an answer and failed: ${reply.error?.message}`,
    );
    assert.equal(reply.rows, wanted.count);
    assert.deepEqual(reply.answer, wanted.rows);
    fuzzed.answered++;
    known.set(operationId, wanted.columns);
    stream = behindReady(Buffer.concat([stream, network.said]));
  }
  connection.close();
}

/** Asks, and hangs up or gives up where nothing more comes. */
async function ask(
  draw: Draw,
  network: TurnNetwork,
  connection: PgConnection,
  operationId: number,
  keep: boolean,
): Promise<PgReply> {
  const statement = { operationId, name: "fuzz", write: false, text: "SELECT 1", parameters: [] };
  const replies: PgReply[] = [];
  connection.ask(statement, new Execution().write(statement, []), keep, {
    onSent: () => {},
    onReply: (reply) => replies.push(reply),
  });
  for (let turn = 0; turn < 3 && replies.length === 0; turn++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  if (replies.length === 0 && draw.chance(80)) network.hangUp();
  if (replies.length === 0) connection.close();
  assert.equal(replies.length, 1, "one reply a statement");
  return replies[0]!;
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** The messages of a stream, up to one that is none or is not whole. */
function messagesOf(stream: Buffer): { messages: Message[]; ends: number[] } {
  const messages: Message[] = [];
  const ends: number[] = [];
  for (let at = 0; at + 5 <= stream.length;) {
    const end = at + 1 + stream.readInt32BE(at + 1);
    if (end < at + 5 || end > stream.length) break;
    messages.push({ type: stream.toString("latin1", at, at + 1), body: stream.subarray(at + 5, end) });
    ends.push(end);
    at = end;
  }
  return { messages, ends };
}

/** Types and lengths, for who reads of a failure. */
function shown(stream: Buffer): string {
  return messagesOf(stream).messages.map(({ type, body }) => `${type}${body.length}`).join(" ");
}

function behindReady(stream: Buffer): Buffer {
  const { messages, ends } = messagesOf(stream);
  return stream.subarray(ends[messages.findIndex(({ type }) => type === "Z")] ?? stream.length);
}

/** An answer by the book, written for nothing but this; null where it is none or the server's error. */
function reference(
  stream: Buffer,
  preparing: boolean,
  keep: boolean,
  known: readonly string[],
): { count: number; columns: string[]; rows: Record<string, string | null>[] | null } | null {
  const { messages } = messagesOf(stream);
  const ready = messages.findIndex(({ type }) => type === "Z");
  if (ready < 0) return null;
  const asked = messages.slice(0, ready + 1).filter(({ type }) => !"NAS".includes(type));
  const types = asked.map(({ type }) => type).join("");
  if (!(preparing ? /^31t[Tn]2(D|Hd*c)*[CI]Z$/ : /^2(D|Hd*c)*[CI]Z$/).test(types)) return null;
  for (const { type, body } of messages.slice(0, ready + 1)) {
    if (body.length > 30_000 && !"DdTENA".includes(type)) return null;
    if (type === "Z" && body.length !== 1) return null;
  }
  const rows = asked.filter(({ type }) => type === "D");
  const described = asked.find(({ type }) => type === "T");
  const columns = described === undefined ? (preparing ? [] : [...known]) : columnsOf(described.body);
  if (columns === null) return null;
  if (!keep) return { count: rows.length, columns, rows: null };
  const read = rows.map(({ body }) => rowOf(body, columns));
  return read.includes(null)
    ? null
    : { count: rows.length, columns, rows: read as Record<string, string | null>[] };
}

function columnsOf(body: Buffer): string[] | null {
  const names: string[] = [];
  let rest = body.subarray(2);
  if (body.length < 2) return null;
  for (let count = body.readUInt16BE(0); count > 0; count--) {
    const zero = rest.indexOf(0);
    if (zero < 0 || rest.length < zero + 19) return null;
    names.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(rest.subarray(0, zero)));
    rest = rest.subarray(zero + 19);
  }
  return rest.length === 0 ? names : null;
}

function rowOf(body: Buffer, columns: readonly string[]): Record<string, string | null> | null {
  if (body.length < 2 || body.readUInt16BE(0) !== columns.length) return null;
  const row: Record<string, string | null> = {};
  let rest = body.subarray(2);
  for (const column of columns) {
    if (rest.length < 4) return null;
    const length = rest.readInt32BE(0);
    rest = rest.subarray(4);
    if (length < -1 || length > rest.length) return null;
    try {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
      row[column] = length === -1 ? null : decoder.decode(rest.subarray(0, length));
    } catch {
      return null;
    }
    rest = rest.subarray(Math.max(length, 0));
  }
  return rest.length === 0 ? row : null;
}
