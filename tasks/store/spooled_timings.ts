import { BenchbookError, ExitCode } from "../model/errors.ts";
import type { Columns } from "./frame.ts";
import { type Frame, readSegment, segmentCodes, type SegmentEnd } from "./segment_reader.ts";
import { SlotSet } from "./slot_set.ts";

/** Neighbouring rows of one frame; valid until the next are taken. */
export interface TimingRows {
  readonly frame: Frame;
  /** The first of them. */
  readonly from: number;
  readonly count: number;
}

/**
 * The timings of a run's segments, handed out a few at a time and proven while they are read. Memory is
 * bounded by one frame and a bit for each slot.
 */
export class SpooledTimings implements Disposable {
  /** Error codes of all segments; the `error` of a row that was taken is 1 + an index into it. */
  readonly codes: readonly string[];
  /** Rows read so far. */
  rows = 0;
  /** Bytes torn off the ends of the segments read so far by a kill. */
  droppedBytes = 0;
  /** The latest moment at which anything happened in the rows read so far, µs; 0 without rows. */
  lastUs = 0;
  readonly #frames: Generator<Frame>;
  #frame: Frame | null = null;
  #taken = 0;

  constructor(readonly runId: string, segments: readonly string[]) {
    const numbers = new Map<string, number>();
    for (const code of segments.flatMap(segmentCodes)) {
      if (!numbers.has(code)) numbers.set(code, numbers.size + 1);
    }
    this.codes = [...numbers.keys()];
    this.#frames = this.#read(segments, numbers);
  }

  /**
   * The next rows, `most` or fewer; null when there are no more.
   * @throws {BenchbookError} when a (slot, attempt) occurs twice: a percentile over such rows would lie.
   */
  take(most: number): TimingRows | null {
    while (this.#frame === null || this.#taken === this.#frame.rows) {
      const next = this.#frames.next();
      if (next.done) return null;
      this.#frame = next.value;
      this.#taken = 0;
    }
    const from = this.#taken;
    const count = Math.min(most, this.#frame.rows - from);
    this.#taken += count;
    return { frame: this.#frame, from, count };
  }

  /** Closes the segment that is being read. */
  [Symbol.dispose](): void {
    this.#frames.return(undefined);
  }

  *#read(segments: readonly string[], numbers: ReadonlyMap<string, number>): Generator<Frame> {
    const seen: SlotSet[] = [];
    for (const segment of segments) {
      const end: SegmentEnd = { droppedBytes: 0 };
      const remap: number[] = [0];
      for (const frame of readSegment(segment, end)) {
        while (remap.length <= frame.codes.length) remap.push(numbers.get(frame.codes[remap.length - 1]!)!);
        remapErrors(frame.columns.error, remap);
        proveUnique(this.runId, frame.columns, seen);
        this.lastUs = latest(this.lastUs, frame.columns);
        this.rows += frame.rows;
        yield frame;
      }
      this.droppedBytes += end.droppedBytes;
    }
  }
}

/** Each segment numbers its error codes itself; here they get the run's numbers, in place. */
function remapErrors(column: Uint16Array, remap: readonly number[]): void {
  for (let row = 0; row < column.length; row++) {
    if (column[row] !== 0) column[row] = remap[column[row]!] ?? 0;
  }
}

function proveUnique(runId: string, columns: Columns, seen: SlotSet[]): void {
  for (let row = 0; row < columns.slot.length; row++) {
    const attempt = columns.attempt[row]!;
    const slots = seen[attempt] ??= new SlotSet();
    if (!slots.add(columns.slot[row]!)) {
      throw new BenchbookError(
        `Cannot load run ${runId} with each attempt of a slot once: slot ${columns.slot[row]}, attempt ` +
          `${attempt} was recorded twice`,
        ExitCode.service,
        "Its spool is kept as it is. This is a fault in Benchbook: please report it with that directory.",
      );
    }
  }
}

function latest(lastUs: number, columns: Columns): number {
  let last = lastUs;
  for (let row = 0; row < columns.slot.length; row++) {
    // Comparisons with NaN are false: what never happened does not count.
    if (columns.done[row]! > last) last = columns.done[row]!;
    if (columns.woke[row]! > last) last = columns.woke[row]!;
  }
  return last;
}
