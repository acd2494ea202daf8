import { join } from "node:path";
import { isFile } from "../files/entry.ts";
import { OUTCOMES } from "../model/timing.ts";
import { isDirect } from "../paths/path.ts";
import { findPath } from "../paths/registry.ts";
import { readSegment, type SegmentEnd } from "../store/segment_reader.ts";
import { SlotSet } from "../store/slot_set.ts";
import { type Attempt, type Evidence, evidenceOf, isUnanswered, type WritingArm } from "./evidence.ts";
import { spoolOf } from "./journal.ts";
import { mayWrite, type SlotWrites } from "./may_write.ts";
import type { WriteRecord } from "./record.ts";

/** A kill takes along what the generator has not spooled yet: half a second, or more on a starved machine. */
const UNTOLD_US = 3e6;
/** The rate may rise by so much meanwhile. */
const UNTOLD_FACTOR = 5;
const UNTOLD_SLOTS = 1000;

/** What a run's spool tells of its writes. */
export interface Told {
  /** What is known of the slot's key, all its attempts together; null where the spool does not tell of it. */
  evidence(slot: number): Evidence | null;
  /** How many slots' writes were answered. */
  readonly written: number;
  /** Writes that nobody answered, over an arm whose sessions the run cannot end; not all, if many. */
  readonly givenUp: readonly GivenUp[];
  /** Whether there are such over a service of the run's own, which may have them in a queue. */
  readonly queued: boolean;
  /** Whether a part of it cannot be read: then it does not tell of all that was sent. */
  readonly torn: boolean;
  /** Slots from here on cannot have been sent, whatever the spool has lost. */
  readonly untilSlot: number;
}

/** A write that may yet be committed. */
export interface GivenUp {
  readonly slot: number;
  /** Index into the scenario's operations. */
  readonly operation: number;
}

/** So many of them are told of. */
const MOST_GIVEN_UP = 1000;

/**
 * Reads from a run's spool which slots wrote.
 * @param dir the spool; one that is not there tells of nothing
 * @param arms in the order in which operations are numbered
 */
export function readTold(
  dir: string,
  { operations }: Pick<SlotWrites, "operations">,
  arms: readonly WritingArm[],
): Told {
  const sets: Readonly<Record<Evidence, SlotSet>> = {
    written: new SlotSet(),
    unknown: new SlotSet(),
    nothing: new SlotSet(),
  };
  const evidence = (slot: number): Evidence | null =>
    // In this order: a slot may be in several, one for each of its attempts.
    sets.written.has(slot)
      ? "written"
      : sets.unknown.has(slot)
      ? "unknown"
      : sets.nothing.has(slot)
      ? "nothing"
      : null;
  const givenUp: GivenUp[] = [];
  let queued = false;
  let written = 0;
  let last = -1;
  let lastUs = 0;
  const state = { torn: false };
  for (const row of writeRows(dir, operations, state)) {
    const { slot, operation, intendedUs } = row;
    // Operations are numbered arm by arm, each in the scenario's order.
    const arm = arms[Math.floor(operation / operations.length)];
    const left = arm?.elsewhere ? "nothing" : evidenceOf(row, arm?.path);
    if (sets[left].add(slot) && left === "written") written++;
    if (isUnanswered(row) && !arm?.elsewhere) {
      if (arm?.ours === false && givenUp.length < MOST_GIVEN_UP) {
        givenUp.push({ slot, operation: operation % operations.length });
      }
      queued ||= arm?.ours === true && isOverService(arm.path);
    }
    if (slot > last) last = slot;
    if (intendedUs > lastUs) lastUs = intendedUs;
  }
  const slotsPerUs = lastUs > 0 ? (last + 1) / lastUs : 0;
  return {
    evidence,
    written,
    givenUp,
    queued,
    torn: state.torn,
    untilSlot: last + 1 + Math.max(UNTOLD_SLOTS, Math.ceil(UNTOLD_FACTOR * UNTOLD_US * slotsPerUs)),
  };
}

/**
 * What is known of what a run left under each slot's key.
 * @param told null where nothing tells: then all that may have been written, as far as the plan went
 * @param whole whether the spool tells of every slot that was sent; after a kill it does not
 * @param retries whether a slot may have more attempts than one
 */
export function ownSlots(
  writes: SlotWrites,
  told: Told | null,
  { whole, slots, retries }: {
    readonly whole: boolean;
    readonly slots: number | null;
    readonly retries: boolean;
  },
): (slot: number) => Evidence {
  const may = mayWrite(writes);
  const planned = (slot: number) => (slots === null || slot < slots) && may(slot);
  if (told === null) return (slot) => planned(slot) ? "unknown" : "nothing";
  const all = whole && !told.torn;
  return (slot) => {
    const evidence = told.evidence(slot);
    if (evidence === null) return !all && slot < told.untilSlot && planned(slot) ? "unknown" : "nothing";
    // After a kill a further attempt may have been sent of which nothing is told.
    return evidence === "nothing" && !all && retries ? "unknown" : evidence;
  };
}

/** What the run's spool, or what was kept of it, tells; null where there is none. */
export function toldOf(home: string, record: WriteRecord): Told | null {
  const spool = spoolOf(home, record);
  return spool === null ? null : readTold(spool, record.writes, record.arms);
}

/** What is known of what the run left under each slot's key, by its comparison or by what its spool tells. */
export function evidenceFor(
  { reserved, writes, whole, retries, spool }: WriteRecord,
  told: Told | null,
): (slot: number) => Evidence {
  if (reserved === null) return () => "nothing";
  const { proofSlots, slots, draws } = reserved;
  const ofProof = new Set(proofSlots);
  // Of a load whose spool is gone the values of its requests tell.
  const ofLoad = told === null && (spool === null || draws === null)
    ? () => "nothing" as const
    : ownSlots(writes, told, { whole, slots, retries });
  return (slot) => ofProof.has(slot) ? "written" : ofLoad(slot);
}

/**
 * Whether a service of the run's own may be at work on writes that nobody waits for any more.
 * @param told what the run's spool tells; null without one
 */
export function mayBeQueued(
  { arms, whole }: Pick<WriteRecord, "arms" | "whole">,
  told: Told | null,
): boolean {
  return (!whole || told !== null && (told.queued || told.torn)) &&
    arms.some(({ path, ours, elsewhere = false }) => ours && !elsewhere && isOverService(path));
}

function isOverService(name: string): boolean {
  const path = findPath(name);
  return path !== undefined && !isDirect(path);
}

/** An attempt of a slot that writes. Times are µs from the run's start; NaN where it never got so far. */
export interface WriteRow extends Attempt {
  readonly slot: number;
  /** As it is numbered over all arms. */
  readonly operation: number;
  /** The generator that it was of. */
  readonly worker: number;
  readonly intendedUs: number;
  readonly sentUs: number;
  readonly doneUs: number;
}

/**
 * The attempts that a run's spool tells of, of operations that write.
 * @param dir the spool; one that is not there tells of nothing
 * @param state told where a part of it cannot be read
 */
export function* writeRows(
  dir: string,
  operations: SlotWrites["operations"],
  state: { torn: boolean },
): Generator<WriteRow> {
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
    const end: SegmentEnd = { droppedBytes: 0 };
    for (const { rows, columns, codes, worker } of readSegment(join(dir, name), end)) {
      for (let row = 0; row < rows; row++) {
        const operation = columns.operation[row]!;
        if (!operations[operation % operations.length]!.write) continue;
        const error = columns.error[row]!;
        yield {
          slot: columns.slot[row]!,
          operation,
          worker,
          intendedUs: columns.intended[row]!,
          sentUs: columns.sent[row]!,
          doneUs: columns.done[row]!,
          sent: !Number.isNaN(columns.sent[row]!),
          outcome: OUTCOMES[columns.outcome[row]!]!,
          error: error > 0 ? codes[error - 1] : undefined,
          rows: columns.rows[row]!,
        };
      }
    }
    state.torn ||= end.droppedBytes > 0 || (end.damagedBytes ?? 0) > 0;
  }
}
