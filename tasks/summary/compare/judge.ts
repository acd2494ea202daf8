import type { Weighted } from "../../model/mix_shares.ts";
import type { ComparedRow } from "../../model/run_comparison.ts";
import type { Warning } from "../../model/estimate.ts";
import { DEFAULT_MARGIN } from "../../stats/equivalence.ts";
import { hierarchicalBootstrap, LEAST_RUNS, welch } from "../../stats/hierarchical_bootstrap.ts";
import { holm } from "../../stats/holm.ts";
import { mean } from "../../stats/moments.ts";
import { ratioInBand } from "../../stats/run_band.ts";
import {
  studentEquivalenceP,
  type StudentEstimate,
  studentInterval,
  studentP,
} from "../../stats/student_estimate.ts";
import { LEVEL } from "../estimate.ts";
import { type NoiseBand, noiseFloor } from "../noise_floor.ts";
import type { Cell, CellLevels } from "../run_levels.ts";

/** What of a candidate is compared, judged together for false verdicts. */
export type Family = "all" | "arms" | "p50" | "p95";

/**
 * How the 5 % of false verdicts that a comparison may have are shared out, as within a run: the answer over all operations
 * is what is asked first, then medians, and few runs can tell a p95.
 */
export const SHARES: Readonly<Record<Family, number>> = { all: 0.01, arms: 0.01, p50: 0.02, p95: 0.01 };

/** One respect in which both sides are compared. */
export interface ComparedCell {
  readonly cell: Cell;
  /** Of each run that counts; at least one. */
  readonly base: readonly CellLevels[];
  readonly candidate: readonly CellLevels[];
  /** How much runs differ that have nothing different; null: not known. */
  readonly band: NoiseBand | null;
}

/** What is compared: all together, where there are several arms each of them, and their operations. */
export function cellsOf(arms: readonly string[], mix: readonly Weighted[]): Cell[] {
  const all: Cell = { arm: null, operation: null, statistic: "p50" };
  const each = arms.flatMap((arm): Cell[] => [
    ...arms.length === 1 ? [] : [{ arm, operation: null, statistic: "p50" } as const],
    ...mix.flatMap(({ name: operation }): Cell[] => [
      { arm, operation, statistic: "p50" },
      { arm, operation, statistic: "p95" },
    ]),
  ]);
  return [all, ...each];
}

/** A row before anybody looked at it beside the others. */
interface Draft {
  readonly cell: Cell;
  /** Null: nothing tells how much runs differ, so nothing can be judged. */
  readonly judged: StudentEstimate | null;
  readonly log: number;
  /** Null: one stretch of requests a side does not show how much these vary. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly floor: number | null;
  readonly warnings: readonly Warning[];
  readonly unserved: boolean;
}

/** Fixed: the same runs are compared in the same way each time. */
const SEED = 20_150_513;

/** The code of the warning of rows that two single runs gave, and of such as may not be judged. */
export const NO_BAND = "no-band";
/** That of rows without an interval. */
export const ONE_STRETCH = "one-stretch";

/**
 * Compares cell by cell. With at least five runs a side the ratio has the interval of the hierarchical bootstrap; with
 * fewer that of the noise band; without one only what both runs themselves varied by, and no verdict: two single runs
 * do not show how much runs differ.
 * @param decides whether verdicts may be given at all
 */
export function compareCells(
  cells: readonly ComparedCell[],
  decides = true,
): Omit<ComparedRow, "baseMs" | "candidateMs">[] {
  const drafts = cells.map((each) => draft(each, decides));
  const families = Map.groupBy(drafts, ({ cell }) => familyOf(cell));
  const ps = new Map<Draft, { readonly different: number; readonly same: number }>();
  for (const [family, own] of families) {
    const judged = own.filter((each) => each.judged !== null);
    const share = shareOf(family, families.has("arms"));
    const adjusted = (p: (estimate: StudentEstimate) => number) =>
      holm(judged.map((each) => p(each.judged!))).map((p) => Math.min(1, (1 - LEVEL) / share * p));
    const different = adjusted(studentP);
    const same = adjusted((estimate) => studentEquivalenceP(estimate, Math.log1p(DEFAULT_MARGIN)));
    judged.forEach((each, at) => ps.set(each, { different: different[at]!, same: same[at]! }));
  }
  return drafts.map((each) => finish(each, ps.get(each) ?? null));
}

function familyOf({ arm, operation, statistic }: Cell): Family {
  return operation !== null ? statistic : arm === null ? "all" : "arms";
}

/** Where there is one arm, all together are that arm. */
function shareOf(family: Family, severalArms: boolean): number {
  return SHARES[family] + (family === "all" && !severalArms ? SHARES.arms : 0);
}

function draft({ cell, base, candidate, band }: ComparedCell, decides: boolean): Draft {
  const [below, above] = [base, candidate].map((side) => side.map(({ logs }) => logs)) as [
    number[][],
    number[][],
  ];
  const [ofBase, ofCandidate] = [below.map(mean), above.map(mean)];
  const floor = band === null ? null : noiseFloor(band, below.length, above.length);
  const unserved = [...base, ...candidate].some((each) => each.unserved);
  const common = { cell, floor, unserved };
  const repeated = Math.min(below.length, above.length) >= LEAST_RUNS
    ? hierarchicalBootstrap(below, above, { seed: SEED, level: LEVEL })
    : null;
  const estimate = repeated ?? (band === null ? null : ratioInBand(ofBase, ofCandidate, band));
  if (estimate === null) {
    const [first, second] = [below.flat(), above.flat()];
    const single = Math.min(first.length, second.length) < 2;
    return {
      ...common,
      judged: null,
      log: mean(ofCandidate) - mean(ofBase),
      interval: single ? null : studentInterval(welch(first, second), LEVEL),
      warnings: [
        { code: NO_BAND, text: "Not judged: it is not known how much runs differ here." },
        ...single ? [{ code: ONE_STRETCH, text: "One stretch of requests a side has no interval." }] : [],
      ],
    };
  }
  return {
    ...common,
    judged: decides ? estimate : null,
    log: estimate.estimate,
    interval: repeated?.interval ?? studentInterval(estimate, LEVEL),
    warnings: [],
  };
}

function finish(
  { cell, judged, log, interval, floor, warnings: doubts, unserved }: Draft,
  ps: { readonly different: number; readonly same: number } | null,
): Omit<ComparedRow, "baseMs" | "candidateMs"> {
  const warnings = [...doubts];
  if (unserved) {
    const text =
      "Requests that were never served count as long as the time limit: the ratio may be further from 1.";
    warnings.push({ code: "unserved", text });
  }
  let verdict: ComparedRow["verdict"] = "inconclusive";
  const apart = interval !== null && (interval.low > 0 || interval.high < 0);
  if (judged !== null && ps !== null) {
    if (ps.different < 1 - LEVEL && apart) {
      if (floor !== null && Math.abs(log) < Math.log(floor)) {
        warnings.push({ code: "under-floor", text: "Not called: it lies under the noise floor." });
      } else verdict = log > 0 ? "regressed" : "improved";
    }
    if (verdict === "inconclusive" && ps.same < 1 - LEVEL && !unserved) verdict = "equivalent";
  }
  return {
    ...cell,
    ratio: Math.exp(log),
    low: interval === null ? null : finite(Math.exp(interval.low)),
    high: interval === null ? null : finite(Math.exp(interval.high)),
    level: LEVEL,
    floor,
    p: ps?.different ?? null,
    verdict,
    warnings,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
