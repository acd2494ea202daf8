import { parseSlo, type SloTerm } from "../model/slo.ts";
import type { Estimate, SloResult, Summary } from "../model/summary.ts";
import { doubt, empty, LEVEL, quantileName, shareEstimate } from "./estimate.ts";

/** The terms of a run's SLO; none when there is no SLO. */
export function sloTerms(slo: string | null): SloTerm[] {
  return slo === null || slo.trim() === "" ? [] : parseSlo(slo);
}

/** Quantile levels that the terms ask for. */
export function sloLevels(terms: readonly SloTerm[]): number[] {
  return terms.flatMap(({ level }) => level === null ? [] : [level]);
}

/**
 * Each term judged for each arm as a whole. A term holds when the measured value holds; an interval that
 * reaches over the limit is a warning. `hit` is judged for arms with a cache only, when there are any.
 */
export function sloResults(terms: readonly SloTerm[], summaries: readonly Summary[]): SloResult[] {
  const arms = summaries.filter(({ operation }) => operation === null);
  const cached = arms.filter(({ cache }) => cache !== null);
  return terms.flatMap((term) =>
    (term.metric === "hit" && cached.length > 0 ? cached : arms).map((arm) => judge(term, arm))
  );
}

/**
 * Whether a result says nothing either way: too little was measured. A quantile among the unserved is a miss.
 */
export function unmeasured({ measured }: SloResult): boolean {
  return measured.value === null && !measured.warnings.some(({ code }) => code === "unbounded");
}

function judge(term: SloTerm, summary: Summary): SloResult {
  const estimate = measure(term, summary);
  const { value, low, high } = estimate;
  const { limit, unit, text } = term;
  const ok = value !== null && (term.comparator === "<" ? value <= limit : value >= limit);
  const straddles = low !== null && high !== null && low < limit && limit < high;
  const measured = straddles
    ? doubt(estimate, {
      code: "straddles-limit",
      text: `The interval of ${nameOf(term)} over ${summary.arm} reaches over the limit: it could be ` +
        `${ok ? "missed" : "held"} by chance.`,
    })
    : estimate;
  const room = value === null ? null : term.comparator === "<" ? limit - value : value - limit;
  const margin = room === null || limit === 0 ? null : room / limit;
  return { term, text, arm: summary.arm, limit, measured, unit, margin, ok };
}

function measure(term: SloTerm, summary: Summary): Estimate {
  const { n, outcomes, cache, response, throughput } = summary;
  switch (term.metric) {
    case "quantile":
      return response[String(term.level)] ?? empty([]);
    case "errors":
      return shareEstimate(n - outcomes.ok, n);
    case "shed":
      return shareEstimate(outcomes.shed, n);
    case "hit":
      if (cache === null) return empty([{ code: "no-cache", text: `The arm ${summary.arm} has no cache.` }]);
      return shareEstimate(cache.hit, cache.hit + cache.miss + cache.stale + cache.bypass);
    case "throughput":
      if (n === 0) return empty([{ code: "no-data", text: "Nothing was measured." }]);
      // A count over a fixed time is no sample of anything: it has no interval of its own.
      return { value: throughput, low: null, high: null, level: LEVEL, warnings: [] };
  }
}

/** How a term is called in a sentence: "p95", "errors". */
export function nameOf({ metric, level }: SloTerm): string {
  return level === null ? metric : quantileName(level);
}
