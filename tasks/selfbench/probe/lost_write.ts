/** PostgreSQL's messages as far as a proxy needs them that answers a write itself. */

/** A type and a length. */
export const TYPED_HEADER = 5;
const [BIND, CLOSE] = ["B", "C"].map(codeOf) as [number, number];

/** The first value of a batch that binds two values; null: it does not. */
export function boundSlot(batch: Uint8Array): string | null {
  let at = 0;
  while (batch[at] !== BIND) {
    if (at >= batch.length) return null;
    at += 1 + uint32(batch, at + 1);
  }
  at += TYPED_HEADER;
  for (let names = 0; names < 2; names++) at = batch.indexOf(0, at) + 1;
  const formats = uint16(batch, at);
  at += 2 + 2 * formats;
  if (uint16(batch, at) !== 2) return null;
  const length = uint32(batch, at + 2);
  return new TextDecoder().decode(batch.subarray(at + 6, at + 6 + length));
}

const BIGINT = [0, 0, 0, 20];
const NO_TABLE = [0, 0, 0, 0, 0, 0];
const EIGHT_BYTES = [0, 8, 255, 255, 255, 255, 0, 0];
/** CloseComplete, ParseComplete, two parameters and one column, all of them bigint. */
const PREPARED = [
  ...message("3"),
  ...message("1"),
  ...message("t", 0, 2, ...BIGINT, ...BIGINT),
  ...message("T", 0, 1, ..."slot\0".split("").map(codeOf), ...NO_TABLE, ...BIGINT, ...EIGHT_BYTES),
];

/** What a server says of an insert that gives back one number. @param batch with its statement, or without */
export function insertedAnswer(batch: Uint8Array, slot: string): Uint8Array {
  const text = slot.split("").map(codeOf);
  return Uint8Array.from([
    ...batch[0] === CLOSE ? PREPARED : [],
    ...message("2"),
    ...message("D", 0, 1, 0, 0, 0, text.length, ...text),
    ...message("C", ..."INSERT 0 1\0".split("").map(codeOf)),
    ...message("Z", codeOf("I")),
  ]);
}

/** One of fewer than 256 bytes. */
function message(type: string, ...body: number[]): number[] {
  return [codeOf(type), 0, 0, 0, body.length + 4, ...body];
}

export function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}

export function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

function uint16(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(at);
}
