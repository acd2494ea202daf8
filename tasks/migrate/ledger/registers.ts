import type { LedgerEntry, LedgerProblem } from "../../model/migration.ts";

/**
 * A register is a value that many writes give, one after another, and each stands until the next one: of most of them
 * nothing is left when they are looked at. What is left must be explained by what clients saw. For each write W they know
 * when it began, and when its answer came, if one came; W took effect at one moment between the two, or, where nobody
 * answered, at any moment after it began, or never. So the last value is W's only if no acknowledged write began after W
 * was done: that one took effect later, and its value would stand. This is linearizability of a register (Herlihy and Wing,
 * "Linearizability: A Correctness Condition for Concurrent Objects", ACM TOPLAS 12(3), 1990), which Jepsen's Knossos
 * checks for whole histories; where values are unique and only the last one is read, the condition above is necessary and
 * sufficient, and takes one pass.
 */
export interface RegisterAttempt {
  readonly slot: number;
  readonly outcome: NonNullable<LedgerEntry["outcome"]>;
  /** µs; NaN where it is not known. */
  readonly sentUs: number;
  /** When it was answered, µs; NaN where it was not. */
  readonly doneUs: number;
}

/** What is known of a register's writes and of what is left: of each row the same few numbers, however many writes it had. */
export class RegisterHistory {
  /** When the acknowledged write began that began last; -Infinity without one. */
  #acknowledgedUs = -Infinity;
  #acknowledged = -1;
  /** The write that began last, whatever became of it. */
  #sentUs = -Infinity;
  #last = -1;
  /** The write whose value is left. */
  #standing: { slot: number; outcome: RegisterAttempt["outcome"]; doneUs: number } | null = null;

  /** Takes in an attempt; in any order. */
  add({ slot, outcome, sentUs }: RegisterAttempt): void {
    if (outcome === "ok" && sentUs > this.#acknowledgedUs) {
      this.#acknowledgedUs = sentUs;
      this.#acknowledged = slot;
    }
    if (this.#last < 0 || sentUs > this.#sentUs) {
      this.#sentUs = Number.isNaN(sentUs) ? this.#sentUs : sentUs;
      this.#last = slot;
    }
  }

  /** Takes in an attempt whose value is left: of a write's attempts that which may have taken effect last counts. */
  stands({ slot, outcome, doneUs }: RegisterAttempt): void {
    // Unanswered it may have taken effect at any time since.
    const untilUs = outcome === "unknown" ? Infinity : doneUs;
    const before = this.#standing;
    // Refused attempts of a write that another attempt made say nothing.
    if (
      before !== null && (outcome === "failed" || before.outcome !== "failed" && before.doneUs >= untilUs)
    ) return;
    this.#standing = { slot, outcome, doneUs: untilUs };
  }

  /** The write whose value is left; null where none is. */
  get standing(): number | null {
    return this.#standing?.slot ?? null;
  }

  /**
   * What is wrong with it, and the write that shows it; null: what is left is explained.
   * @param left whether the value is left that was there before anything was written, or one that nobody wrote
   */
  verdict(left: "first" | "other" | "several" | "gone"): { slot: number; problem: LedgerProblem } | null {
    const standing = this.#standing;
    const acknowledged = this.#acknowledged;
    if (left === "several") return { slot: standing?.slot ?? this.#last, problem: "duplicate" };
    if (standing === null || left === "gone") {
      if (left !== "other") return acknowledged < 0 ? null : { slot: acknowledged, problem: "lost" };
      return { slot: acknowledged < 0 ? this.#last : acknowledged, problem: "overwritten" };
    }
    if (standing.outcome === "failed") return { slot: standing.slot, problem: "refused but present" };
    return this.#acknowledgedUs > standing.doneUs ? { slot: acknowledged, problem: "reordered" } : null;
  }
}
