import type { LedgerEntry } from "../../model/migration.ts";
import { type Evidence, evidenceOf, type WritingArm } from "../../undo/evidence.ts";
import type { SlotWrites } from "../../undo/may_write.ts";
import { type WriteRow, writeRows } from "../../undo/told.ts";

/** What the spool says of a slot's write, all its attempts together. */
export interface SlotOutcome {
  readonly worker: number;
  /** Null: it was due, and it was not sent. */
  readonly outcome: LedgerEntry["outcome"] | null;
  /** Attempts of which nobody knows what became of them; 3 stands for more. */
  readonly doubtful: number;
}

const PAGE_SLOTS = 65_536;
/** Of a slot's two bytes: what became of it, doubtful attempts, and whose it was. */
const [STATES, DOUBTFUL_AT, MOST_DOUBTFUL, WORKER_AT] = [7, 3, 3, 5];
const OUTCOMES: readonly SlotOutcome["outcome"][] = [null, null, "failed", "unknown", "ok"];
const [UNSENT, STATE_OF]: [number, Readonly<Record<Evidence, number>>] = [
  1,
  { nothing: 2, unknown: 3, written: 4 },
];

/** The outcomes of a run's writes by slot: two bytes for each slot of its pages, and no object. */
export class SlotOutcomes {
  readonly #pages = new Map<number, Uint16Array>();
  /** The highest slot told of; -1 without any. */
  last = -1;
  /** Generators that were told of. */
  workers = 1;

  /** Adds an attempt. @param evidence what it left; null where it was not sent */
  add(slot: number, worker: number, evidence: Evidence | null): void {
    const number = Math.floor(slot / PAGE_SLOTS);
    let page = this.#pages.get(number);
    if (page === undefined) this.#pages.set(number, page = new Uint16Array(PAGE_SLOTS));
    const at = slot - number * PAGE_SLOTS;
    const before = page[at]!;
    const state = Math.max(before & STATES, evidence === null ? UNSENT : STATE_OF[evidence]);
    const doubtful = Math.min(
      MOST_DOUBTFUL,
      (before >> DOUBTFUL_AT & MOST_DOUBTFUL) + (evidence === "unknown" ? 1 : 0),
    );
    page[at] = state | doubtful << DOUBTFUL_AT | worker << WORKER_AT;
    this.last = Math.max(this.last, slot);
    this.workers = Math.max(this.workers, worker + 1);
  }

  /** Null where the spool does not tell of a slot. */
  of(slot: number): SlotOutcome | null {
    const number = Math.floor(slot / PAGE_SLOTS);
    const bits = this.#pages.get(number)?.[slot - number * PAGE_SLOTS] ?? 0;
    if (bits === 0) return null;
    return {
      worker: bits >> WORKER_AT,
      outcome: OUTCOMES[bits & STATES]!,
      doubtful: bits >> DOUBTFUL_AT & MOST_DOUBTFUL,
    };
  }
}

/** Whether a write of a slot and an operation is done whenever it succeeds. */
export type Always = (slot: number, operation: number) => boolean;

/** What is known of what an attempt that was sent left. @param operations of the scenario, not of all arms */
export function attemptEvidence(
  row: WriteRow,
  { operations, arms, always }: {
    readonly operations: number;
    readonly arms: readonly WritingArm[];
    readonly always: Always;
  },
): Evidence {
  const evidence = evidenceOf(row, arms[Math.floor(row.operation / operations)]?.path);
  const isEmpty = evidence === "unknown" && row.outcome === "ok";
  return isEmpty && always(row.slot, row.operation % operations) ? "written" : evidence;
}

/**
 * Reads what became of a run's writes.
 * @param dir the spool
 * @param arms in the order in which operations are numbered
 * @param always whether a write that succeeded without a row of an answer has written: else nobody knows
 */
export function readOutcomes(
  dir: string,
  { operations }: Pick<SlotWrites, "operations">,
  arms: readonly WritingArm[],
  always: Always = () => false,
): { readonly outcomes: SlotOutcomes; readonly torn: boolean } {
  const outcomes = new SlotOutcomes();
  const state = { torn: false };
  for (const row of writeRows(dir, operations, state)) {
    const isSent = row.sent && row.outcome !== "unsent" && row.outcome !== "shed";
    outcomes.add(
      row.slot,
      row.worker,
      isSent ? attemptEvidence(row, { operations: operations.length, arms, always }) : null,
    );
  }
  return { outcomes, torn: state.torn };
}
