/**
 * Redis's protocol, version 2, as bytes: https://redis.io/docs/latest/develop/reference/protocol-spec/. Only the
 * replies that single commands have: status, error, integer, text or none.
 */
export type Reply = string | number | null | Error;

/** Some of the reply has still to come. */
export const MORE = null;

const encoder = new TextEncoder();
/** A byte order mark is part of the value. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const [CR, LF] = [13, 10];
const [STATUS, ERROR, INTEGER, TEXT] = ["+", "-", ":", "$"].map((type) => type.charCodeAt(0));
const TYPES: ReadonlySet<number> = new Set([STATUS!, ERROR!, INTEGER!, TEXT!]);

/** A text may be so long: 64 MiB, as an answer of GraphQL. Redis itself takes 512. */
export const MOST_REPLY_BYTES = 64 * 1024 * 1024;
/** A status, an error or a number. */
const MOST_LINE_BYTES = 64 * 1024;

/** A command as an array of texts. */
export function writeCommand(words: readonly string[]): Uint8Array {
  let text = `*${words.length}\r\n`;
  for (const word of words) text += `$${byteLength(word)}\r\n${word}\r\n`;
  return encoder.encode(text);
}

/** One reply, and where the next one begins. */
export interface ReadReply {
  readonly reply: Reply;
  /** A stored text (or that there is none), and not what Redis says by itself. */
  readonly stored: boolean;
  /** Of a stored text, as Redis keeps it. */
  readonly bytes: number;
  readonly next: number;
}

/**
 * Reads the reply that begins at `start`.
 * @returns MORE where it is not all there
 * @throws where it is none, or longer than a reply may be: before it has arrived
 */
export function readReply(bytes: Uint8Array, start: number, end: number): ReadReply | typeof MORE {
  const lineEnd = endOfLine(bytes, start, end);
  if ((lineEnd < 0 ? end : lineEnd) - start > MOST_LINE_BYTES) throw notRedis();
  if (lineEnd < 0) {
    // Another protocol may never end its line.
    if (end > start && !TYPES.has(bytes[start]!)) throw notRedis();
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
      if (length > MOST_REPLY_BYTES) throw tooLong();
      const textEnd = next + length;
      if (end < textEnd + 2) return MORE;
      if (bytes[textEnd] !== CR || bytes[textEnd + 1] !== LF) throw notRedis();
      const text = decoder.decode(bytes.subarray(next, textEnd));
      return { reply: text, stored: true, bytes: length, next: textEnd + 2 };
    }
    default:
      throw notRedis();
  }
}

/** After this nothing that follows can be told apart. */
export function notRedis(): Error {
  return Object.assign(new Error("the answer is not Redis's protocol"), { code: "EPROTO" });
}

function tooLong(): Error {
  const limit = MOST_REPLY_BYTES / 1024 / 1024;
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
