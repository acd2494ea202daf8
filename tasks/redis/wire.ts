/**
 * Redis's protocol, version 2, as bytes: https://redis.io/docs/latest/develop/reference/protocol-spec/. Only the
 * replies that single commands have: status, error, integer, text or none; lists only where they are asked for.
 */
export type Reply = string | Uint8Array | number | null | Error | readonly Reply[];

/** A word of a command: a text, or bytes as they are. */
export type Word = string | Uint8Array;

/** Some of the reply has still to come. */
export const MORE = null;

const encoder = new TextEncoder();
/** A byte order mark is part of the value. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const [CR, LF] = [13, 10];
const [STATUS, ERROR, INTEGER, TEXT, LIST] = ["+", "-", ":", "$", "*"].map((type) => type.charCodeAt(0));
const TYPES: ReadonlySet<number> = new Set([STATUS!, ERROR!, INTEGER!, TEXT!]);

/** A text may be so long: 64 MiB, as an answer of GraphQL. Redis itself takes 512. */
export const MOST_REPLY_BYTES = 64 * 1024 * 1024;
/** A list, which is read from its beginning whenever more of it arrives: far more than a page of keys. */
const MOST_LIST_BYTES = 16 * 1024 * 1024;
const MOST_ITEMS = 100_000;
/** A list of lists is a page of keys: where the next one begins, and the keys. */
const MOST_LISTS = 2;
/** A status, an error or a number. */
const MOST_LINE_BYTES = 64 * 1024;

/** A command as an array of texts. */
export function writeCommand(words: readonly string[]): Uint8Array {
  let text = `*${words.length}\r\n`;
  for (const word of words) text += `$${byteLength(word)}\r\n${word}\r\n`;
  return encoder.encode(text);
}

/** A command of texts and bytes. */
export function writeBinaryCommand(words: readonly Word[]): Uint8Array {
  const parts = words.map((word) => typeof word === "string" ? encoder.encode(word) : word);
  const heads = parts.map(({ length }) => encoder.encode(`$${length}\r\n`));
  const begin = encoder.encode(`*${words.length}\r\n`);
  const command = new Uint8Array(
    parts.reduce((sum, { length }, index) => sum + heads[index]!.length + length + 2, begin.length),
  );
  command.set(begin);
  let at = begin.length;
  for (const [index, part] of parts.entries()) {
    command.set(heads[index]!, at);
    at += heads[index]!.length;
    command.set(part, at);
    at += part.length;
    command[at++] = CR!;
    command[at++] = LF!;
  }
  return command;
}

/** One reply, and where the next one begins. */
export interface ReadReply {
  readonly reply: Reply;
  /** A stored text (or that there is none), and not what Redis says by itself. */
  readonly stored: boolean;
  /** Of a stored text, all that was received for it; else 0. */
  readonly bytes: number;
  readonly next: number;
}

/**
 * Reads the reply that begins at `start`.
 * @param lists how deep lists may be nested; 0: a list is no reply
 * @param raw a text is given as bytes, which are those of the buffer: of use until more arrives
 * @returns MORE where it is not all there
 * @throws where it is none, or longer than a reply may be: before it has arrived
 */
export function readReply(
  bytes: Uint8Array,
  start: number,
  end: number,
  lists = 0,
  raw = false,
): ReadReply | typeof MORE {
  const lineEnd = endOfLine(bytes, start, end);
  if ((lineEnd < 0 ? end : lineEnd) - start > MOST_LINE_BYTES) throw notRedis();
  if (lineEnd < 0) {
    // Another protocol may never end its line.
    if (end > start && !TYPES.has(bytes[start]!) && !(lists > 0 && bytes[start] === LIST)) throw notRedis();
    return MORE;
  }
  const line = decoder.decode(bytes.subarray(start + 1, lineEnd));
  const next = lineEnd + 2;
  switch (bytes[start]) {
    case STATUS:
      return { reply: line, stored: false, bytes: 0, next };
    case ERROR:
      return { reply: new Error(line), stored: false, bytes: 0, next };
    case INTEGER:
      if (!/^[+-]?\d{1,19}$/.test(line)) throw notRedis();
      return { reply: Number(line), stored: false, bytes: 0, next };
    case TEXT: {
      if (line === "-1") return { reply: null, stored: true, bytes: 0, next };
      if (!/^\d{1,15}$/.test(line)) throw notRedis();
      const length = Number(line);
      // Who asks for lists stores no answers there, and asks for no long text.
      const mostBytes = lists > 0 ? MOST_LIST_BYTES : MOST_REPLY_BYTES;
      if (length > mostBytes) throw tooLong(mostBytes);
      const textEnd = next + length;
      if (end < textEnd + 2) return MORE;
      if (bytes[textEnd] !== CR || bytes[textEnd + 1] !== LF) throw notRedis();
      const text = bytes.subarray(next, textEnd);
      return {
        reply: raw ? text : decoder.decode(text),
        stored: true,
        bytes: textEnd + 2 - start,
        next: textEnd + 2,
      };
    }
    case LIST:
      if (lists === 0) throw notRedis();
      return readList(bytes, start, end, next, line, lists - 1);
    default:
      throw notRedis();
  }
}

/** The elements of a list; no room is made for those that are only announced. */
function readList(
  bytes: Uint8Array,
  start: number,
  end: number,
  first: number,
  count: string,
  lists: number,
): ReadReply | typeof MORE {
  if (count === "-1") return { reply: null, stored: false, bytes: 0, next: first };
  if (!/^\d{1,6}$/.test(count) || Number(count) > (lists > 0 ? MOST_LISTS : MOST_ITEMS)) throw notRedis();
  const reply: Reply[] = [];
  let next = first;
  for (let left = Number(count); left > 0; left--) {
    const read = readReply(bytes, next, end, lists);
    if ((read === MORE ? end : read.next) - start > MOST_LIST_BYTES) throw tooLong(MOST_LIST_BYTES);
    if (read === MORE) return MORE;
    reply.push(read.reply);
    next = read.next;
  }
  return { reply, stored: false, bytes: 0, next };
}

/** After this nothing that follows can be told apart. */
export function notRedis(): Error {
  return Object.assign(new Error("the answer is not Redis's protocol"), { code: "EPROTO" });
}

function tooLong(mostBytes: number): Error {
  const limit = mostBytes / 1024 / 1024;
  return Object.assign(new Error(`Redis's answer is longer than ${limit} MiB`), { code: "EMSGSIZE" });
}

function byteLength(text: string): number {
  const length = text.length;
  for (let at = 0; at < text.length; at++) {
    // Beyond ASCII the encoder has to say.
    if (text.charCodeAt(at) > 0x7f) return encoder.encode(text).length;
  }
  return length;
}

function endOfLine(bytes: Uint8Array, from: number, end: number): number {
  for (let at = bytes.indexOf(CR!, from); at >= 0 && at + 1 < end; at = bytes.indexOf(CR!, at + 1)) {
    if (bytes[at + 1] === LF) return at;
  }
  return -1;
}
