import type { LoadedScenario } from "../load/scenario.ts";
import type { PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import type { RateProbe } from "../model/rate_search.ts";
import { parseSlo, resolveScope, type ScopeNames } from "../model/slo.ts";
import { type RunSummary, sloOutcome, unmeasured } from "../model/summary.ts";
import { pathOf } from "../paths/registry.ts";
import { leastEstimable } from "../stats/quantile.ts";
import type { ProbeStep } from "../stats/rate_search.ts";
import { rateText } from "../terminal/find_rate_text.ts";
import type { BenchArguments } from "./bench_options.ts";

/** A confirmation lasts so many times as long as a probe: its quantiles stray less, and a queue has time to grow. */
export const CONFIRMATION_TIMES = 2;
/** No rate is probed that would make a probe so many times as long, unless it is the one to begin at. */
const MOST_TIMES = 12;
/** Requests above the fewest that can tell: arrivals are random, and the washout takes its part. */
const RESERVE = 1.4;

/**
 * The targets to search by.
 * @throws {UsageError} where there are none, or some by which no rate can be searched
 */
export function completeSearch(scenario: LoadedScenario, given: BenchArguments): string {
  if (given.concurrency !== undefined) {
    throw new UsageError(
      "Cannot search for a rate in a closed loop: both --find-rate and --concurrency are given",
      "Leave out --concurrency: clients that wait for answers offer no rate.",
    );
  }
  const slo = given.slo ?? scenario.slo;
  if (slo === undefined) {
    throw new UsageError(
      `Cannot search for the highest rate that holds the SLO: the scenario ${scenario.name} has none`,
      'Give one, e.g. --slo "p95<200ms,errors<1%".',
    );
  }
  const throughput = parseSlo(slo, scenario.scopes).find(({ metric }) => metric === "throughput");
  if (throughput !== undefined) {
    throw new UsageError(
      `Cannot search for a rate by the SLO term "${throughput.text}": it fails at every rate below it`,
      "Leave it out: the rate is what is searched for.",
    );
  }
  return slo;
}

/**
 * The terms that are judged for one arm: those scoped to another are not, nor is a hit rate where nothing is
 * cached.
 * @throws {UsageError} where none is left
 */
export function armSlo(
  slo: string,
  { name, path }: Pick<PlannedArm, "name" | "path">,
  scopes: ScopeNames,
): string {
  const terms = parseSlo(slo, scopes).filter(({ scope, metric }) => {
    const arm = resolveScope(scope, scopes)?.arm ?? null;
    return arm === null ? metric !== "hit" || pathOf(path).cached : arm === name;
  });
  if (terms.length > 0) return terms.map(({ text }) => text).join(",");
  throw new UsageError(
    `Cannot search for the highest rate over ${name}: no term of the SLO "${slo}" is about it`,
    `Give --slo a term for it, or leave it out.`,
  );
}

/** How long a probe lasts so that its requests can tell each quantile of the targets, seconds. */
export function probeSeconds(slo: string, duration: number, rate: number): number {
  return Math.max(duration, Math.ceil(requestsNeeded(slo) * RESERVE / rate));
}

/** The lowest rate that is worth a probe: below it they would last too long, requests a second. */
export function lowestRate(slo: string, duration: number): number {
  return Number((requestsNeeded(slo) * RESERVE / (MOST_TIMES * duration)).toPrecision(2));
}

/** Terms with a scope or a window ask for more; how much depends on the mix, so they say it themselves. */
function requestsNeeded(slo: string): number {
  return Math.max(1, ...parseSlo(slo).flatMap(({ level }) => level === null ? [] : [leastEstimable(level)]));
}

/**
 * A stored probe in short. It fails where a target is missed, and where a queue was left: given time, any target
 * would be missed.
 * @param seconds measured time
 * @throws {UsageError} where a target cannot be told from so few requests
 */
export function probeOf(
  summary: RunSummary,
  { rate, confirmation, seed }: ProbeStep,
  seconds: number,
): RateProbe {
  const { run, verdict, reasons, slo, warnings, operations } = summary;
  const total = operations.find(({ operation }) => operation === null);
  const overload = warnings.find(({ code }) => code === "overloaded");
  const missed = slo.some((result) => sloOutcome(result, summary) === "fail");
  const unknown = slo.find(unmeasured);
  const outcome = verdict === "invalid" ? "invalid" : missed || overload !== undefined ? "fails" : "holds";
  if (outcome === "holds" && unknown !== undefined) {
    throw new UsageError(
      `Cannot tell whether "${unknown.text}" holds over ${unknown.arm} at ${rateText(rate)} requests/s: ${
        unknown.measured.warnings[0]?.text.replace(/\.$/, "") ?? "it was not measured"
      }`,
      "Give a longer --duration, or a higher --rate to begin at.",
    );
  }
  const ms = (level: string) => total?.response[level]?.value ?? null;
  return {
    run: run.runId,
    rate,
    achieved: total?.throughput ?? 0,
    p50Ms: ms("0.5"),
    p95Ms: ms("0.95"),
    p99Ms: ms("0.99"),
    errors: total?.errorRate.value ?? null,
    requests: total?.n ?? 0,
    seconds,
    seed,
    confirmation,
    outcome,
    reason: outcome === "holds"
      ? null
      : (outcome === "fails" && !missed ? overload?.text : reasons[0]) ?? null,
  };
}
