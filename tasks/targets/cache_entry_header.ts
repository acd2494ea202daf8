import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { MOST_REPLY_BYTES } from "../redis/wire.ts";

/**
 * What stands before each cached answer: 36 bytes, little-endian. That of another program, of another key, cut short or
 * changed is told from ours before a word of it is believed.
 *
 * | at | what |
 * | -- | ---- |
 * | 0  | the mark 0xBB 0xCE, which begins no text |
 * | 2  | version, flags (1: without rows, 2: compressed) |
 * | 4  | CRC-32 of the whole key's hash and of all that follows |
 * | 8  | when it was stored, µs of the machine's clock |
 * | 16 | how long it took to load, µs; its TTL, ms |
 * | 24 | rows, -1 where they are not counted; its tag's version |
 * | 32 | bytes of the answer as it is stored, which follows |
 */
export const HEADER_BYTES = 36;
const [MARK_0, MARK_1] = [0xbb, 0xce];
const VERSION = 1;
const [NEGATIVE, COMPRESSED] = [1, 2];
/** What the checksum covers. */
const CHECKED_FROM = 8;
const MOST_32_BITS = 2 ** 32 - 1;

/** What an entry says of its answer. */
export interface EntryHead {
  /** µs of the machine's monotonic clock, which all threads and processes share. */
  storedUs: number;
  /** How long its answer took to load. */
  loadUs: number;
  /** How long it is fresh. */
  ttlMs: number;
  /** -1 where the path does not count them. */
  rows: number;
  /** The version of its tag when it began to be loaded; 0: none. */
  tag: number;
  /** It answers that there is nothing. */
  negative: boolean;
}

/** What of an entry depends on its key, for the hash of the whole key. */
export function checksumSeed(keyHash: number): number {
  return keyHash % 2 ** 32;
}

const encoder = new TextEncoder();

/**
 * An entry's bytes.
 * @param compressAbove answers with more bytes are compressed, where that makes them shorter; 0: none
 */
export function sealEntry(
  head: EntryHead,
  answer: string,
  keyHash: number,
  compressAbove: number,
): Uint8Array {
  const plain = encoder.encode(answer);
  const deflated = compressAbove > 0 && plain.length > compressAbove
    ? deflateRawSync(plain, { level: 1 })
    : null;
  const compressed = deflated !== null && deflated.length < plain.length;
  const payload = compressed ? deflated : plain;
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = MARK_0!;
  bytes[1] = MARK_1!;
  bytes[2] = VERSION;
  bytes[3] = (head.negative ? NEGATIVE! : 0) | (compressed ? COMPRESSED! : 0);
  view.setFloat64(8, head.storedUs, true);
  view.setUint32(16, Math.min(head.loadUs, MOST_32_BITS), true);
  view.setUint32(20, Math.min(head.ttlMs, MOST_32_BITS), true);
  view.setInt32(24, head.rows, true);
  view.setUint32(28, head.tag, true);
  view.setUint32(32, payload.length, true);
  bytes.set(payload, HEADER_BYTES);
  view.setUint32(4, checksum(bytes, bytes[3]!, keyHash), true);
  return bytes;
}

function checksum(bytes: Uint8Array, flags: number, keyHash: number): number {
  return crc32(bytes.subarray(CHECKED_FROM), (checksumSeed(keyHash) ^ flags) >>> 0) >>> 0;
}

/** Reads entries, one after the other: what it says of one is valid until the next is read. */
export class EntryReader implements EntryHead {
  storedUs = 0;
  loadUs = 0;
  ttlMs = 0;
  rows = -1;
  tag = 0;
  negative = false;
  compressed = false;
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));

  /**
   * Takes in an entry; what it is not is an error.
   * @param keyHash of the whole key that it was found under
   */
  read(bytes: Uint8Array, keyHash: number): Error | null {
    const { length } = bytes;
    if (length < 2 || bytes[0] !== MARK_0 || bytes[1] !== MARK_1) return FOREIGN;
    if (length < HEADER_BYTES) return TRUNCATED;
    if (bytes[2] !== VERSION) return FOREIGN;
    // Answers arrive in the same buffer again and again.
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    const view = this.#view;
    const at = bytes.byteOffset;
    const flags = bytes[3]!;
    if (view.getUint32(at + 32, true) !== length - HEADER_BYTES) return TRUNCATED;
    if (view.getUint32(at + 4, true) !== checksum(bytes, flags, keyHash)) return CHANGED;
    this.storedUs = view.getFloat64(at + 8, true);
    this.loadUs = view.getUint32(at + 16, true);
    this.ttlMs = view.getUint32(at + 20, true);
    this.rows = view.getInt32(at + 24, true);
    this.tag = view.getUint32(at + 28, true);
    this.negative = (flags & NEGATIVE!) !== 0;
    this.compressed = (flags & COMPRESSED!) !== 0;
    this.#bytes = bytes;
    return null;
  }

  /**
   * The answer of the entry read last, as bytes: where it was compressed it is no longer.
   * @throws {Error} where it cannot be, which its checksum leaves no room for
   */
  answer(): Uint8Array {
    const payload = this.#bytes.subarray(HEADER_BYTES);
    return this.compressed ? inflateRawSync(payload, { maxOutputLength: MOST_REPLY_BYTES }) : payload;
  }
}

/** Their first words tell them apart, see `Refusals`. */
const FOREIGN = new Error("FOREIGN an entry is none of this version of Benchbook");
const TRUNCATED = new Error("TRUNCATED an entry is shorter or longer than it was stored");
const CHANGED = new Error("CHANGED an entry is not what was stored under its key");

/** Whether an error of these speaks of an entry, and not of Redis. */
export function isDamage(reason: string): boolean {
  return /^(FOREIGN|TRUNCATED|CHANGED) /.test(reason);
}
