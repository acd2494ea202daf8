import { firstMeasuredBlock } from "../model/phases.ts";
import type { Phase } from "../model/run.ts";
import { holdsLimit, type ScopeNames, type SloTerm } from "../model/slo.ts";
import type { CacheState, Outcome } from "../model/timing.ts";
import { judgeable, type SloTarget, targetsOf, violated, type WindowCounts } from "./slo_target.ts";

/** What a run is judged by while it goes on. */
export interface JudgePlan {
  /** Those without a window are left out: they are judged of the whole, when it is over. */
  readonly terms: readonly SloTerm[];
  readonly names: ScopeNames;
  /** As planned, in order of time. */
  readonly phases: readonly Phase[];
  /** After so long a slot has come to its end: its request is given up, and all its retries. */
  readonly longestMs: number;
}

/** A window of which it is certain that it misses its term. */
export interface WindowViolation extends SloTarget, WindowCounts {
  /** Where the window begins, µs from the run's start. */
  readonly atUs: number;
}

/** How late a request may leave and how late a timeout may be noticed, beyond the timeout itself. */
const SLACK_US = 1e6;
const SECOND_US = 1e6;

/**
 * Says during a run that a term over windows can no longer hold, for runs that shall end then. Pure: it has no
 * clock, is fed with rows as they are done, and told the time. What it says, the stored rows will say too.
 *
 * It counts, per second, term and arm, two numbers and needs no histogram: a quantile lies within its limit just
 * where so many responses do. A window is judged once no request still under way could save it: of a quantile, when
 * the limit has passed since its end, for what is not done by then lies beyond the limit; of a rate, when the
 * timeout has passed and nothing is under way any more. It is judged again until then, since late rows make it worse.
 * It holds the seconds of one window and of one timeout, however long the run.
 */
export class WindowJudge {
  readonly #phases: readonly Phase[];
  readonly #tallies: readonly Tally[];

  /** @param plan whose scopes are known, as parseSlo checks them */
  constructor({ terms, names, phases, longestMs }: JudgePlan) {
    this.#phases = phases;
    const first = firstMeasuredBlock(phases);
    const judged = phases.filter(({ block }) => block >= first);
    const span = { startUs: judged[0]?.startUs ?? 0, endUs: judged.at(-1)?.endUs ?? 0 };
    const arms = [...new Set(phases.flatMap(({ arm }) => arm ?? names.arms))];
    this.#tallies = terms.filter(({ windowSeconds }) => windowSeconds !== null)
      .flatMap((term) => targetsOf(term, arms, names) ?? [])
      .filter(({ arm }) => arms.includes(arm))
      .map((target) => {
        const own = phases.filter(({ measured, arm }) => measured && (arm ?? target.arm) === target.arm);
        return new Tally(target, span, own, longestMs * 1000 + SLACK_US);
      });
  }

  /** Under which keys the requests of an operation count: to be asked once, not for each request. */
  keysOf(arm: string, operation: string, stream: string | null = null): number[] {
    return this.#tallies.flatMap(({ target }, key) =>
      target.arm === arm && (target.operation ?? operation) === operation &&
        (target.stream ?? stream) === stream
        ? [key]
        : []
    );
  }

  /**
   * Counts one request.
   * @param keys of its arm, operation and stream
   * @param doneUs when it was done, µs from the run's start; of one shed or never sent, when it was due
   * @param responseUs from when it was due; of one shed or never sent, Infinity
   */
  add(
    keys: readonly number[],
    doneUs: number,
    outcome: Outcome,
    responseUs: number,
    cache: CacheState | null,
  ): void {
    if (keys.length === 0) return;
    const intendedUs = Number.isFinite(responseUs) ? doneUs - responseUs : doneUs;
    const phase = this.#phaseAt(intendedUs);
    if (!phase?.measured) return;
    for (const key of keys) this.#tallies[key]!.add(intendedUs, phase.arm, outcome, responseUs, cache);
  }

  /**
   * Windows that are certain to be missed and were not told before, in order of time.
   * @param nowUs everything done before it has been added
   */
  advance(nowUs: number): WindowViolation[] {
    return this.#tallies.flatMap((tally) => tally.advance(nowUs)).sort((a, b) => a.atUs - b.atUs);
  }

  #phaseAt(us: number): Phase | undefined {
    let low = 0;
    let high = this.#phases.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#phases[middle]!.endUs <= us) low = middle + 1;
      else high = middle;
    }
    const phase = this.#phases[low];
    return phase !== undefined && phase.startUs <= us ? phase : undefined;
  }
}

interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/** The seconds of one target that a window may still need. */
class Tally {
  readonly #seconds = new Map<number, { part: number; whole: number }>();
  readonly #told = new Set<number>();
  readonly #windowSeconds: number;
  readonly #windows: number;
  readonly #certainUs: number;
  /** The first window that may still change. */
  #open = 0;

  constructor(
    readonly target: SloTarget,
    readonly span: Span,
    readonly measured: readonly Phase[],
    readonly settledUs: number,
  ) {
    const { term } = target;
    this.#windowSeconds = term.windowSeconds!;
    this.#windows = Math.floor((span.endUs - span.startUs) / SECOND_US) - this.#windowSeconds + 1;
    this.#certainUs = term.metric === "quantile" ? Math.min(term.limit * 1000, settledUs) : settledUs;
  }

  add(
    intendedUs: number,
    arm: string | null,
    outcome: Outcome,
    responseUs: number,
    cache: CacheState | null,
  ): void {
    if ((arm ?? this.target.arm) !== this.target.arm || this.#windows <= 0) return;
    const [part, whole] = counted(this.target.term, outcome, responseUs, cache);
    const second = Math.floor((intendedUs - this.span.startUs) / SECOND_US);
    if (!whole || second < this.#open) return;
    const counts = this.#seconds.get(second) ?? { part: 0, whole: 0 };
    counts.whole++;
    if (part) counts.part++;
    this.#seconds.set(second, counts);
  }

  advance(nowUs: number): WindowViolation[] {
    const found: WindowViolation[] = [];
    const { target, span } = this;
    for (let window = this.#open; window < this.#windows; window++) {
      const atUs = span.startUs + window * SECOND_US;
      const endUs = atUs + this.#windowSeconds * SECOND_US;
      if (nowUs < endUs + this.#certainUs) break;
      const counts = this.#told.has(window) ? null : this.#counts(window, atUs, endUs);
      if (counts !== null && judgeable(target.term, counts) && violated(target.term, counts)) {
        this.#told.add(window);
        found.push({ ...target, ...counts, atUs });
      }
      if (nowUs < endUs + this.settledUs) continue;
      this.#seconds.delete(window);
      this.#told.delete(window);
      this.#open = window + 1;
    }
    return found;
  }

  #counts(window: number, atUs: number, endUs: number): WindowCounts | null {
    const overlap = this.measured.map((phase) =>
      Math.min(phase.endUs, endUs) - Math.max(phase.startUs, atUs)
    );
    const measuredUs = overlap.reduce((sum, us) => sum + Math.max(0, us), 0);
    // The arm was not asked then: no window of its own.
    if (measuredUs === 0) return null;
    let part = 0;
    let whole = 0;
    for (let second = window; second < window + this.#windowSeconds; second++) {
      const counts = this.#seconds.get(second);
      if (counts === undefined) continue;
      part += counts.part;
      whole += counts.whole;
    }
    return { part, whole, seconds: measuredUs / SECOND_US };
  }
}

/** Whether a request is counted of a term, and whether it counts in it at all: as summary/slo_windows.sql has it. */
function counted(
  term: SloTerm,
  outcome: Outcome,
  responseUs: number,
  cache: CacheState | null,
): [part: boolean, whole: boolean] {
  switch (term.metric) {
    case "quantile":
      return [
        (outcome === "ok" || outcome === "timeout") && holdsLimit(term, responseUs / 1000),
        outcome !== "failed",
      ];
    case "errors":
      return [outcome !== "ok", true];
    case "shed":
      return [outcome === "shed", true];
    case "hit":
      return [cache === "hit", cache !== null];
    case "throughput":
      return [outcome === "ok", true];
    case "stall":
      // It has no windows.
      return [false, false];
  }
}
