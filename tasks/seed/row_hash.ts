/**
 * The content of a set of rows as a number that does not depend on their order: the sum, modulo 2^64, of each
 * row's 64-bit hash. Equal for equal content whatever number of workers wrote it.
 *
 * A row is hashed as its line of COPY text without the newline, by Bob Jenkins' lookup3
 * (https://burtleburtle.net/bob/c/lookup3.c), which needs 32-bit additions and rotations only and takes
 * some nanoseconds a row.
 */
export class RowSum {
  rows = 0;
  #low = 0;
  #high = 0;

  /** Adds the row that stands in `bytes` from `from` to `to`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    let left = to - from;
    let a = 0xdeadbeef + left | 0;
    let b = a;
    let c = a;
    this.rows++;
    // The reference leaves nothing at all unmixed.
    if (left === 0) return this.#sum(c >>> 0, b >>> 0);
    while (left > 12) {
      a = a + word(bytes, at) | 0;
      b = b + word(bytes, at + 4) | 0;
      c = c + word(bytes, at + 8) | 0;
      a = a - c ^ (c << 4 | c >>> 28);
      c = c + b | 0;
      b = b - a ^ (a << 6 | a >>> 26);
      a = a + c | 0;
      c = c - b ^ (b << 8 | b >>> 24);
      b = b + a | 0;
      a = a - c ^ (c << 16 | c >>> 16);
      c = c + b | 0;
      b = b - a ^ (a << 19 | a >>> 13);
      a = a + c | 0;
      c = c - b ^ (b << 4 | b >>> 28);
      b = b + a | 0;
      at += 12;
      left -= 12;
    }
    for (let i = 0; i < left; i++) {
      const part = bytes[at + i]! << (i & 3) * 8;
      if (i < 4) a = a + part | 0;
      else if (i < 8) b = b + part | 0;
      else c = c + part | 0;
    }
    c = (c ^ b) - (b << 14 | b >>> 18) | 0;
    a = (a ^ c) - (c << 11 | c >>> 21) | 0;
    b = (b ^ a) - (a << 25 | a >>> 7) | 0;
    c = (c ^ b) - (b << 16 | b >>> 16) | 0;
    a = (a ^ c) - (c << 4 | c >>> 28) | 0;
    b = (b ^ a) - (a << 14 | a >>> 18) | 0;
    c = (c ^ b) - (b << 24 | b >>> 8) | 0;
    this.#sum(c >>> 0, b >>> 0);
  }

  /** Adds what another sum has. */
  merge({ rows, low, high }: { readonly rows: number; readonly low: number; readonly high: number }): void {
    this.rows += rows;
    this.#sum(low, high);
  }

  /** For `merge` in another thread. */
  get parts(): { readonly rows: number; readonly low: number; readonly high: number } {
    return { rows: this.rows, low: this.#low, high: this.#high };
  }

  /** The sum as 16 hex digits. */
  get hex(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #sum(low: number, high: number): void {
    const sum = this.#low + low;
    this.#low = sum >>> 0;
    this.#high = (this.#high + high + (sum > 0xffff_ffff ? 1 : 0)) >>> 0;
  }
}

/** Four bytes as a little-endian word. */
function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
