import { basename } from "node:path";
import { InterruptedError } from "../model/errors.ts";
import { formatCount } from "../model/units.ts";
import type { TimingColumns } from "./frame.ts";
import { type Frame, readSegment, type SegmentEnd } from "./segment_reader.ts";
import { SlotSet } from "./slot_set.ts";
import { SpoolError } from "./spool_error.ts";

/** Neighbouring rows of one frame; valid until the next are taken. */
export interface TimingRows {
  readonly frame: Frame;
  /** The first of them. */
  readonly from: number;
  readonly count: number;
}

/** How a load is watched. */
export interface ReadingOptions {
  /** Ends the reading with an InterruptedError. */
  readonly signal?: AbortSignal;
  /** Told of the rows read so far, now and then. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * The timings of a run's segments, handed out a few at a time and proven while they are read. Memory is
 * bounded by one frame and a bit for each slot.
 */
export class SpooledTimings implements Disposable {
  /** Rows read so far. */
  rows = 0;
  /** Bytes torn off the ends of the segments read so far by a kill. */
  droppedBytes = 0;
  /** What could not be read in the segments so far and was not torn off by a kill: a sentence's part for each. */
  readonly damaged: string[] = [];
  /** The latest moment at which anything happened in the rows read so far, µs; 0 without rows. */
  lastUs = 0;
  readonly #options: ReadingOptions;
  readonly #frames: Generator<Frame>;
  #frame: Frame | null = null;
  #taken = 0;

  constructor(readonly runId: string, segments: readonly string[], options: ReadingOptions = {}) {
    this.#options = options;
    this.#frames = this.#read(segments);
  }

  /**
   * The next rows, `most` or fewer; null when there are no more.
   * @throws {SpoolError} when a (slot, attempt) occurs twice: a percentile over such rows would lie.
   * @throws {InterruptedError} when it was asked to end.
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

  *#read(segments: readonly string[]): Generator<Frame> {
    const seen: SlotSet[] = [];
    const known = new KnownFrames();
    for (const segment of segments) {
      const end: SegmentEnd = { droppedBytes: 0 };
      let repeated = 0;
      try {
        for (const frame of readSegment(segment, end)) {
          if (this.#options.signal?.aborted) throw new InterruptedError();
          if (!known.add(frame)) {
            repeated++;
            continue;
          }
          proveUnique(this.runId, frame.columns, seen);
          this.lastUs = latest(this.lastUs, frame.columns);
          this.rows += frame.rows;
          this.#options.onProgress?.(this.rows);
          yield frame;
        }
      } catch (error) {
        // A folder in its place, or a file that a disk does not give: what was read before counts.
        if (!isFileError(error)) throw error;
        this.damaged.push(`${basename(segment)} (${(error as Error).message})`);
      }
      this.droppedBytes += end.droppedBytes;
      if (end.damagedBytes) {
        this.damaged.push(`${formatCount(end.damagedBytes)} bytes of ${basename(segment)}`);
      }
      if (repeated > 0) this.damaged.push(`${basename(segment)} (a part of it is there twice)`);
    }
  }
}

/** Frames that were read: a copied file, or a stretch of one that is there twice, holds no more rows. */
class KnownFrames {
  readonly #numbers = new Map<number, SlotSet>();
  readonly #others = new Set<string>();

  /** False when it was there already. */
  add({ worker, id }: Frame): boolean {
    if (typeof id === "string") {
      if (this.#others.has(id)) return false;
      this.#others.add(id);
      return true;
    }
    let numbers = this.#numbers.get(worker);
    if (numbers === undefined) this.#numbers.set(worker, numbers = new SlotSet());
    return numbers.add(id);
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && typeof (error as { code?: unknown }).code === "string";
}

function proveUnique(runId: string, columns: TimingColumns, seen: SlotSet[]): void {
  for (let row = 0; row < columns.slot.length; row++) {
    const attempt = columns.attempt[row]!;
    const slots = seen[attempt] ??= new SlotSet();
    if (!slots.add(columns.slot[row]!)) {
      throw new SpoolError(
        `Cannot load run ${runId} with each attempt of a slot once: slot ${columns.slot[row]}, attempt ` +
          `${attempt} was recorded twice`,
        "Its spool is kept as it is. This is a fault in Benchbook: please report it with that directory.",
      );
    }
  }
}

function latest(lastUs: number, columns: TimingColumns): number {
  let last = lastUs;
  for (let row = 0; row < columns.slot.length; row++) {
    // Comparisons with NaN are false: what never happened does not count.
    if (columns.done[row]! > last) last = columns.done[row]!;
    if (columns.woke[row]! > last) last = columns.woke[row]!;
  }
  return last;
}
