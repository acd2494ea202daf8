import type { RowSum } from "./row_hash.ts";

/** The most bytes that one unit of a table may take. */
export const MAX_UNIT_BYTES = 16 * 1024;

const MAX_INT = 2 ** 31 - 1;
const US_PER_DAY = 86_400_000_000;
const TAB = 9;
const NEWLINE = 10;
const encoder = new TextEncoder();

/**
 * Writes rows in COPY's text format straight into a byte block that is used again and again: no string is made for
 * numbers, amounts, dates and pooled texts.
 * Write the fields of a row in the order of its columns, then `endRow`.
 */
export class CopyWriter {
  readonly #block: Uint8Array<ArrayBuffer>;
  readonly #sum: RowSum | null;
  #at = 0;
  #row = 0;
  rows = 0;

  /**
   * @param size bytes of the block; 256 KB to 1 MB keep the socket busy without hurting the caches
   * @param sum takes in each row as it ends
   */
  constructor(size = 512 * 1024, sum: RowSum | null = null) {
    this.#block = new Uint8Array(size);
    this.#sum = sum;
  }

  /** Payload bytes so far. */
  get length(): number {
    return this.#at;
  }

  /** Whether another unit may not fit. */
  get full(): boolean {
    return this.#block.length - this.#at < MAX_UNIT_BYTES;
  }

  /** The payload so far; valid until `reset`. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.#block.subarray(0, this.#at);
  }

  reset(): void {
    this.#at = 0;
    this.#row = 0;
    this.rows = 0;
  }

  /** Fields that `copyFields` has encoded, each with its tab. */
  encoded(fields: Uint8Array): void {
    this.slice(fields, 0, fields.length);
  }

  /** Encoded fields that stand among others in `bytes`, from `from` to `to`. */
  slice(bytes: Uint8Array, from: number, to: number): void {
    // Fields are short: a loop beats the call of `set`, which alone took a third of an order's time.
    const block = this.#block;
    let at = this.#at;
    for (let i = from; i < to; i++) block[at++] = bytes[i]!;
    this.#at = at;
  }

  text(value: string | null): void {
    if (value === null) return this.null();
    const text = escape(value);
    // All but the last byte, which is the tab's.
    const { read, written } = encoder.encodeInto(text, this.#block.subarray(this.#at, -1));
    if (read < text.length) throw new RangeError("A unit of a table exceeds MAX_UNIT_BYTES");
    this.#at += written;
    this.#block[this.#at++] = TAB;
  }

  null(): void {
    this.#block[this.#at++] = 92;
    this.#block[this.#at++] = 78;
    this.#block[this.#at++] = TAB;
  }

  boolean(value: boolean): void {
    this.#block[this.#at++] = value ? 116 : 102;
    this.#block[this.#at++] = TAB;
  }

  /** A whole number from 0 to 2^31 − 1. */
  integer(value: number): void {
    this.#digits(value);
    this.#block[this.#at++] = TAB;
  }

  /** A whole number from 0 to 2^53 − 1. */
  bigint(value: number): void {
    if (value <= MAX_INT) return this.integer(value);
    const high = Math.floor(value / 1e9);
    this.#digits(high);
    this.#padded(value - high * 1e9, 9);
    this.#block[this.#at++] = TAB;
  }

  /**
   * A timestamptz as the server prints it in UTC.
   * @param us whole microseconds since 1970, 0 ≤ us < 2^53 (the year 2255)
   */
  timestamp(us: number): void {
    const day = Math.floor(us / US_PER_DAY);
    const rest = us - day * US_PER_DAY;
    if (day !== this.#day) this.#setDay(day);
    for (let i = 0; i < 11; i++) this.#block[this.#at++] = this.#date[i]!;
    const second = Math.floor(rest / 1e6);
    this.#padded(second / 3600 | 0, 2);
    this.#block[this.#at++] = 58;
    this.#padded((second / 60 | 0) % 60, 2);
    this.#block[this.#at++] = 58;
    this.#padded(second % 60, 2);
    let fraction = rest - second * 1e6;
    if (fraction > 0) {
      let width = 6;
      for (; fraction % 10 === 0; fraction /= 10) width--;
      this.#block[this.#at++] = 46;
      this.#padded(fraction, width);
    }
    this.#block[this.#at++] = 43;
    this.#padded(0, 2);
    this.#block[this.#at++] = TAB;
  }

  /** An amount of 0 to 2^31 − 1 hundredths, written with two decimals. */
  hundredths(value: number): void {
    const whole = value / 100 | 0;
    const rest = value - whole * 100;
    this.#digits(whole);
    this.#block[this.#at++] = 46;
    this.#block[this.#at++] = 48 + (rest / 10 | 0);
    this.#block[this.#at++] = 48 + rest % 10;
    this.#block[this.#at++] = TAB;
  }

  endRow(): void {
    this.#block[this.#at - 1] = NEWLINE;
    this.#sum?.add(this.#block, this.#row, this.#at - 1);
    this.#row = this.#at;
    this.rows++;
  }

  /** `YYYY-MM-DD ` of the last timestamp: neighbouring rows mostly fall on one day. */
  readonly #date = new Uint8Array(11);
  #day = -1;

  #setDay(day: number): void {
    encoder.encodeInto(`${new Date(day * US_PER_DAY / 1000).toISOString().slice(0, 10)} `, this.#date);
    this.#day = day;
  }

  /** Digits with leading zeros to a fixed width. */
  #padded(value: number, width: number): void {
    for (let place = this.#at + width - 1; place >= this.#at; place--) {
      const tenth = value / 10 | 0;
      this.#block[place] = 48 + value - tenth * 10;
      value = tenth;
    }
    this.#at += width;
  }

  #digits(value: number): void {
    let width = 1;
    for (let limit = 10; value >= limit; limit *= 10) width++;
    this.#padded(value, width);
  }
}

/** Text fields in COPY's format, each followed by a tab: encoded once, written many times. */
export function copyFields(values: readonly (string | null)[]): Uint8Array {
  return encoder.encode(values.map((value) => `${value === null ? "\\N" : escape(value)}\t`).join(""));
}

/** As COPY TO writes them, so that what was sent and what comes back are the same bytes. */
const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function escape(value: string): string {
  return /[\\\b\f\n\r\t\v]/.test(value)
    ? value.replace(/[\\\b\f\n\r\t\v]/g, (character) => SPECIAL[character]!)
    : value;
}
