import { copyFields } from "../copy_writer.ts";

/**
 * Encoded fields of many rows, one after the other in memory that workers share. Row i lies in `bytes` from
 * `ends[i - 1]` (0 for the first) to `ends[i]`: a hundred thousand small arrays would cost several times as
 * much, and each worker a copy.
 */
export interface Packed {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Packs the fields that `fieldsOf` gives for each row. */
export function pack(rows: number, fieldsOf: (row: number) => readonly (string | null)[]): Packed {
  const ends = new Uint32Array(new SharedArrayBuffer(rows * Uint32Array.BYTES_PER_ELEMENT));
  let bytes = new Uint8Array(rows * 64 + 1024);
  let length = 0;
  for (let row = 0; row < rows; row++) {
    const fields = copyFields(fieldsOf(row));
    if (length + fields.length > bytes.length) {
      const larger = new Uint8Array(Math.ceil(bytes.length * 1.5) + fields.length);
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(fields, length);
    length += fields.length;
    ends[row] = length;
  }
  const shared = new Uint8Array(new SharedArrayBuffer(length));
  shared.set(bytes.subarray(0, length));
  return { bytes: shared, ends };
}
