/**
 * Redis's protocol, version 2, as bytes: https://redis.io/docs/latest/develop/reference/protocol-spec/. Only the
 * replies that single commands have: status, error, integer, text or none.
 */
export type Reply = string | number | null | Error;

/** Some of the reply has still to come. */
export const MORE = null;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const [CR, LF] = [13, 10];
const [STATUS, ERROR, INTEGER, TEXT] = ["+", "-", ":", "$"].map((type) => type.charCodeAt(0));

/** A command as an array of texts. */
export function writeCommand(words: readonly string[]): Uint8Array {
  let text = `*${words.length}\r\n`;
  for (const word of words) text += `$${byteLength(word)}\r\n${word}\r\n`;
  return encoder.encode(text);
}

/**
 * Reads the reply that begins at `start`.
 * @returns it, and where the next one begins; MORE where it is not all there
 * @throws where it is none
 */
export function readReply(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly reply: Reply; readonly next: number } | typeof MORE {
  const lineEnd = endOfLine(bytes, start, end);
  if (lineEnd < 0) return MORE;
  const line = decoder.decode(bytes.subarray(start + 1, lineEnd));
  const next = lineEnd + 2;
  switch (bytes[start]) {
    case STATUS:
      return { reply: line, next };
    case ERROR:
      return { reply: new Error(line), next };
    case INTEGER:
      return { reply: Number(line), next };
    case TEXT: {
      const length = Number(line);
      if (length < 0) return { reply: null, next };
      if (end < next + length + 2) return MORE;
      return { reply: decoder.decode(bytes.subarray(next, next + length)), next: next + length + 2 };
    }
    default:
      throw new Error("the answer is not Redis's protocol");
  }
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
