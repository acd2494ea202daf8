import { significant } from "../model/units.ts";
import { ratioOf, type Spread, spread } from "./spread.ts";

/** One thing that was measured, beside the same thing of a peer where there is one. */
export interface Finding {
  readonly what: string;
  /** Of `ours` and `theirs`, as people write it, e.g. `requests/s`. */
  readonly unit: string;
  /** Benchbook's, over the rounds; null where it was not measured. */
  readonly ours: Spread | null;
  /** With whom it was measured in turn, or against what it is held; null where it stands alone. */
  readonly peer: string | null;
  /** The peer's, over the same rounds. */
  readonly theirs: Spread | null;
  /** Ours as a multiple of theirs: the median of the rounds' ratios, and their range. */
  readonly ratio: Spread | null;
  /** What Benchbook promises, for people; null where it promises nothing. */
  readonly goal: string | null;
  /** Null where there is no goal, or nothing to hold against it. */
  readonly reached: boolean | null;
  /** What a reader must know to believe it, or why it was not measured. */
  readonly note: string | null;
}

/** What a part of selfbench prints with `--json`. */
export interface Findings {
  readonly part: string;
  readonly findings: readonly Finding[];
  readonly notMeasured: readonly string[];
  readonly machine: Machine;
}

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly kernel: string;
  readonly deno: string;
  /** Null where no database took part. */
  readonly postgres: string | null;
  /** Of the minute before: what others had the machine do. */
  readonly loadAverage: number;
}

/** What a finding may leave out: it is then null. */
type Given = Pick<Finding, "what" | "unit"> & Partial<Finding>;

/** A finding that stands alone and promises to stay below a limit in each round. @param values a round each */
export function heldBelow(
  given: Pick<Finding, "what" | "unit" | "note">,
  values: readonly number[],
  limit: number,
): Finding {
  const ours = spread(values);
  const goal = `< ${significant(limit, 3)} ${given.unit}`;
  return finding({ ...given, ours, goal, reached: ours.high < limit });
}

/** A finding with nothing in it but what is given. */
export function finding(given: Given): Finding {
  // What it is about comes first also as JSON.
  const { what, unit, ...rest } = given;
  return {
    what,
    unit,
    ours: null,
    peer: null,
    theirs: null,
    ratio: null,
    goal: null,
    reached: null,
    note: null,
    ...rest,
  };
}

/**
 * Ours beside a peer's, round by round.
 * @param least the ratio that Benchbook promises; null: none
 */
export function contest(
  given: Pick<Finding, "what" | "unit"> & { readonly peer: string; readonly note?: string },
  ours: readonly number[],
  theirs: readonly number[],
  least: number | null,
): Finding {
  const ratio = ratioOf(ours, theirs);
  return finding({
    ...given,
    ours: spread(ours),
    theirs: spread(theirs),
    ratio,
    goal: least === null ? null : `ratio ≥ ${least}`,
    reached: least === null ? null : ratio.median >= least,
  });
}

/** A peer that is not here. */
export function missingPeer(what: string, unit: string, peer: string, why: string): Finding {
  return finding({ what, unit, peer, note: why });
}
