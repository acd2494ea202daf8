import { verdictWord } from "../model/comparison_text.ts";
import type { Comparison, Estimate, Warning } from "../model/summary.ts";
import { THIN_EXCEEDANCES } from "../stats/quantile.ts";
import { fixed, intervalText, measuredMs, significant } from "../model/units.ts";

/** A value as a template shows it: written out, with the numbers of its footnotes. */
export interface Cell {
  readonly text: string;
  /** What a pointer shows, such as the interval; empty when there is nothing to add. */
  readonly hint: string;
  readonly notes: readonly number[];
  /** True for what an invalid run leaves true, such as how many requests were made: never struck through. */
  readonly fact?: true;
}

/**
 * Doubts that beset many quantiles in one way: beside a number it is plain which quantile is meant, so one note
 * serves them all, where the warnings' own texts would make dozens.
 */
const COMMON: Readonly<Record<string, string>> = {
  "not-estimable": "Not estimable: too few requests lie beyond this quantile.",
  "thin": `Thin: fewer than ${THIN_EXCEEDANCES} requests lie beyond this quantile.`,
  "lower-bound": "A lower bound: requests at or below this quantile timed out.",
  "at-limit":
    "At limit: this quantile was at the time limit of requests, before and while the migration ran.",
  "at-limit-before":
    "Unknown: this quantile was at the time limit of requests before the migration, and nobody knows how far beyond.",
  "unbounded": "Unbounded: this quantile lies among requests that were shed or never sent.",
  "open-interval": "The interval has no upper end: it reaches requests that were shed or never sent.",
  "wide-interval":
    "The interval has no upper end: blocks differ so much that too few requests lie beyond this quantile.",
  "generator-limited":
    "Generator-limited: the load generator's own lag may be a noticeable part of this quantile.",
};

/** Likewise of ratios: how many pairs there are stands beside each. */
const COMMON_OF_RATIOS: Readonly<Record<string, string>> = {
  "unserved-pairs": "Some pairs of blocks have no ratio: requests were shed or never sent in both.",
  "few-pairs": "Too few pairs of blocks for a verdict.",
  "few-pairs-for-all": "Too few pairs of blocks to decide so many comparisons at once. Measure for longer.",
  "unbounded": "The ratio has no number: the quantile lies among requests that were shed or never sent.",
};

/** Numbers warnings in order of first mention, so that the same doubt is printed once. */
export class Footnotes {
  readonly #texts: string[] = [];
  /** What is said of all quantiles with a doubt, by its code. */
  readonly #common: Map<string, string>;

  /** @param whole warnings of the run as a whole: one of a quantile's code says more than the common text */
  constructor(whole: readonly Warning[] = []) {
    this.#common = new Map(Object.entries(COMMON));
    for (const { code, text } of whole) if (this.#common.has(code)) this.#common.set(code, text);
  }

  /** The numbers of the warnings beside a quantile, ascending and without repeats. */
  ofQuantile(warnings: readonly Warning[]): number[] {
    return this.refer(warnings.map(({ code, text }) => ({ code, text: this.#common.get(code) ?? text })));
  }

  /** The numbers of the warnings beside a ratio, ascending and without repeats. */
  ofComparison(warnings: readonly Warning[]): number[] {
    return this.refer(warnings.map(({ code, text }) => ({ code, text: COMMON_OF_RATIOS[code] ?? text })));
  }

  /** The numbers of these warnings, ascending and without repeats. */
  refer(warnings: readonly Warning[]): number[] {
    const numbers = warnings.map(({ text }) => {
      const known = this.#texts.indexOf(text);
      return known >= 0 ? known + 1 : this.#texts.push(text);
    });
    return [...new Set(numbers)].sort((a, b) => a - b);
  }

  /** All notes so far, the first is number 1. */
  get list(): readonly { readonly number: number; readonly text: string }[] {
    return this.#texts.map((text, index) => ({ number: index + 1, text }));
  }
}

export function plain(text: string): Cell {
  return { text, hint: "", notes: [] };
}

/** A text that stays true whatever the verdict. */
export function fact(text: string): Cell {
  return { ...plain(text), fact: true };
}

/** An estimate's value; its interval is the hint. */
export function estimateCell(
  estimate: Estimate | undefined,
  format: (value: number | null) => string,
  footnotes: Footnotes,
): Cell {
  if (estimate === undefined) return plain("—");
  const notes = footnotes.ofQuantile(estimate.warnings);
  const bounds = interval(estimate, format);
  const hint = bounds === "" ? "" : `${significant(estimate.level * 100, 3)} % interval ${bounds}`;
  return { text: format(estimate.value), hint, notes };
}

/** `1.2 ms to 1.4 ms`, `from 1.2 ms`, or nothing where it is not estimable. */
export function interval(estimate: Estimate, format: (value: number | null) => string): string {
  return intervalText(estimate.low, estimate.high, format);
}

/** A quantile in milliseconds with its interval as hint. */
export function msCell(estimate: Estimate | undefined, footnotes: Footnotes): Cell {
  return estimateCell(estimate, measuredMs, footnotes);
}

/** A ratio as people compare: `0.42×`, `3.91×`. */
export function formatRatio(ratio: number | null): string {
  return ratio === null ? "—" : `${fixed(ratio, 3)}×`;
}

/** A ratio's interval: `0.405 to 0.440`; nothing where it is not estimable. */
export function ratioInterval({ low, high }: { low: number | null; high: number | null }): string {
  return low === null || high === null ? "" : `${fixed(low, 3)} to ${fixed(high, 3)}`;
}

/** A comparison's verdict by sign and word; the sign alone says nothing to who does not see it. */
export const VERDICT_SIGNS: Readonly<Record<Comparison["verdict"], string>> = {
  faster: "▼",
  slower: "▲",
  equivalent: "=",
  inconclusive: "?",
};

/** A paired ratio with what it is worth: `▲ 3.91× slower`, `? 1.20× inconclusive`; a dash without a comparison. */
export function comparedText(
  compared:
    | Pick<Comparison, "ratio" | "verdict" | "p"> & Partial<Pick<Comparison, "warnings">>
    | undefined,
): string {
  if (compared === undefined || (compared.ratio === null && compared.verdict === "inconclusive")) return "—";
  const { ratio, verdict } = compared;
  const parts = [
    VERDICT_SIGNS[verdict],
    ...ratio === null ? [] : [formatRatio(ratio)],
    verdictWord(compared),
  ];
  return parts.join(" ");
}
