import { join } from "node:path";
import { readSegment } from "../../store/segment_reader.ts";
import { SegmentWriter } from "../../store/segment_writer.ts";

/** What writing a spool came to. */
export interface SpoolWritten {
  readonly rows: number;
  /** Of the rows' time: pushing them and writing them to the file. */
  readonly seconds: number;
  readonly bytes: number;
}

const CAPACITY = 65_536;

/**
 * Writes the rows of a real run's segment again and again into another, each time later by the run's length and
 * with further slots, until there are so many. Small differences between neighbours, which is what a column's
 * compression lives on, stay those of the real run.
 */
export function repeatRows(from: string, to: string, rows: number, runUs: number): SpoolWritten {
  const writer = new SegmentWriter(to, 0, CAPACITY);
  let slots = 0;
  let seconds = 0;
  for (let round = 0, highest = 0; writer.rows < rows; round++, slots = highest + 1) {
    const shiftUs = round * runUs;
    const before = writer.rows;
    for (const { columns, rows: count } of readSegment(from, { droppedBytes: 0 })) {
      const begun = performance.now();
      for (let row = 0; row < count && writer.rows < rows; row++) {
        const slot = slots + columns.slot[row]!;
        highest = Math.max(highest, slot);
        writer.push(
          slot,
          columns.attempt[row]!,
          columns.phase[row]!,
          columns.operation[row]!,
          columns.intended[row]! + shiftUs,
          columns.woke[row]! + shiftUs,
          columns.acquired[row]! + shiftUs,
          columns.sent[row]! + shiftUs,
          columns.done[row]! + shiftUs,
          columns.outcome[row]!,
          null,
          columns.cache[row]!,
          columns.rows[row]!,
          columns.bytes[row]!,
          columns.key[row]!,
          columns.age[row]!,
          columns.loaded[row]!,
        );
      }
      seconds += (performance.now() - begun) / 1000;
    }
    if (writer.rows === before) throw new Error("the run to repeat has no rows");
  }
  const begun = performance.now();
  writer.close();
  seconds += (performance.now() - begun) / 1000;
  return { rows, seconds, bytes: Deno.statSync(to).size };
}

/** The first worker's segment of a spool. */
export function segmentOf(spoolDir: string): string {
  return join(spoolDir, "timing-0.seg");
}
