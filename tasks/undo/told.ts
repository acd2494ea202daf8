import { join } from "node:path";
import { OUTCOMES } from "../model/timing.ts";
import { readSegment } from "../store/segment_reader.ts";
import { SlotSet } from "../store/slot_set.ts";
import { mayWrite, type SlotWrites } from "./may_write.ts";

/** PostgreSQL's, which PostGraphile passes on, and Hasura's name for it. */
const TAKEN: ReadonlySet<string | undefined> = new Set(["23505", "constraint-violation"]);

/** A kill takes along what the generator has not spooled yet: half a second, or more on a starved machine. */
const UNTOLD_US = 3e6;
/** The rate may rise by so much meanwhile. */
const UNTOLD_FACTOR = 5;
const UNTOLD_SLOTS = 1000;

/** What a run's spool tells of its writes. */
export interface Told {
  /** Whether the spool tells of the slot. */
  isTold(slot: number): boolean;
  /** Whether the run may have left a row under the slot's key: it was sent, and not every attempt found the key taken. */
  mayHaveWritten(slot: number): boolean;
  /** Slots from here on cannot have been sent, whatever the spool has lost. */
  readonly untilSlot: number;
}

/**
 * Reads from a run's spool which slots wrote.
 * @param dir the spool; one that is not there tells of nothing
 */
export function readTold(dir: string, writes: SlotWrites): Told {
  const told = new SlotSet();
  const wrote = new SlotSet();
  let last = -1;
  let lastUs = 0;
  for (const row of writeRows(dir, writes)) {
    told.add(row.slot);
    if (row.sent && !row.taken) wrote.add(row.slot);
    if (row.slot > last) last = row.slot;
    if (row.intendedUs > lastUs) lastUs = row.intendedUs;
  }
  const slotsPerUs = lastUs > 0 ? (last + 1) / lastUs : 0;
  return {
    isTold: (slot) => told.has(slot),
    mayHaveWritten: (slot) => wrote.has(slot),
    untilSlot: last + 1 + Math.max(UNTOLD_SLOTS, Math.ceil(UNTOLD_FACTOR * UNTOLD_US * slotsPerUs)),
  };
}

/**
 * Which slots' keys are a run's own to remove.
 * @param told null where nothing tells: then all that may have been written, as far as the plan went
 * @param whole whether the spool tells of every slot that was sent; after a kill it does not
 */
export function ownSlots(
  writes: SlotWrites,
  told: Told | null,
  { whole, slots }: { readonly whole: boolean; readonly slots: number | null },
): (slot: number) => boolean {
  const may = mayWrite(writes);
  if (told === null) return (slot) => may(slot) && (slots === null || slot < slots);
  return (slot) =>
    told.isTold(slot)
      ? told.mayHaveWritten(slot)
      : !whole && slot < told.untilSlot && (slots === null || slot < slots) && may(slot);
}

interface WriteRow {
  readonly slot: number;
  readonly intendedUs: number;
  readonly sent: boolean;
  /** It failed because somebody else's row has its key. */
  readonly taken: boolean;
}

function* writeRows(dir: string, { operations }: SlotWrites): Generator<WriteRow> {
  let names: string[];
  try {
    names = [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) =>
      /^timing-\d+\.seg$/.test(name)
    );
  } catch {
    return;
  }
  for (const name of names) {
    // A folder or a dangling link of that name tells of nothing, and must not end an undo.
    if (!isFile(join(dir, name))) continue;
    for (const { rows, columns, codes } of readSegment(join(dir, name), { droppedBytes: 0 })) {
      for (let row = 0; row < rows; row++) {
        // Operations are numbered arm by arm, each in the scenario's order.
        if (!operations[columns.operation[row]! % operations.length]!.write) continue;
        const error = columns.error[row]!;
        yield {
          slot: columns.slot[row]!,
          intendedUs: columns.intended[row]!,
          sent: !Number.isNaN(columns.sent[row]!),
          taken: OUTCOMES[columns.outcome[row]!] === "failed" && error > 0 && TAKEN.has(codes[error - 1]),
        };
      }
    }
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
