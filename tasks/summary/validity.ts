import type { Run } from "../model/run.ts";
import {
  DEFAULT_THRESHOLDS,
  type GeneratorFigures,
  type Validity,
  type ValidityCheck,
  type ValidityThresholds,
} from "../model/validity.ts";
import { formatCount, formatMs, formatShare, significant } from "../model/units.ts";
import { wilson } from "../stats/proportion.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { LEVEL } from "./estimate.ts";
import { hostCauses, type HostLoad, hostLoad } from "./host_load.ts";

/** The host's sampler takes one reading a second. */
const SAMPLE_PERIOD_US = 1e6;
/** With this share of its threads' time used, a generator has none left to be on time. */
const BUSY = 0.75;
/** Runs of older versions name none. */
const DEFAULT_DEVIATION = DEFAULT_THRESHOLDS.maxArrivalDeviation!;

/** What the rules are judged by. */
export interface ValidityEvidence {
  /** Generator lag in milliseconds; nulls without any dispatched slot. */
  readonly lag: {
    readonly p50: number | null;
    readonly p99: number | null;
    readonly max: number | null;
    readonly slots: number;
    readonly onTime: number;
  };
  /** Lag up to which a slot counts as on time, milliseconds. */
  readonly onTimeMs: number;
  /** Longest standstill a generator saw itself, milliseconds; null when it was not watched. */
  readonly gapMs: number | null;
  /** Kolmogorov–Smirnov distance of dispatch intervals, of Poisson arrivals; null when there are too few. */
  readonly distance: number | null;
  /** Mean deviation of dispatch intervals, of constant arrivals, as a share; null when there are too few. */
  readonly deviation: number | null;
  /** Longest time without a host sample, µs; null without any phase after the warm-up. */
  readonly holeUs: number | null;
  readonly slots: number;
  readonly wanted: number;
  readonly orphans: number;
  readonly host: HostLoad;
  readonly generator: GeneratorFigures;
}

/**
 * Whether the generator shaped the result, judged from the stored rows and samples of a run.
 * @param host who wanted the CPUs, where that is known already
 */
export async function judgeValidity(rows: Rows, run: Run, host?: HostLoad): Promise<Validity> {
  return validityOf(await gatherEvidence(rows, run, host ?? await hostLoad(rows, run.runId)), run);
}

async function gatherEvidence(rows: Rows, run: Run, host: HostLoad): Promise<ValidityEvidence> {
  const one = async <T>(name: string, parameters = {}) =>
    (await rows.rows<T>(query(`summary/${name}`), { run: run.runId, ...parameters }))[0]!;
  const { onTimeMs, onTimeShareOfMedian } = run.config.thresholds;
  const streams = run.config.streams ?? [{ name: "main", session: false, arrivals: run.config.arrivals }];
  const open = run.config.loop === "open";
  const { p50 } = await one<{ p50: number | null }>("median");
  const limit = Math.max(onTimeMs, onTimeShareOfMedian * (p50 ?? 0));
  const intervals = await one<{ distance: number | null; deviation: number | null }>("arrivals", {
    constant: JSON.stringify(streams.flatMap(({ name, arrivals }) => arrivals === "constant" ? [name] : [])),
  });
  return {
    lag: await one("lag", { limit }),
    onTimeMs: limit,
    ...await one<{ gapMs: number | null }>("gaps"),
    ...intervals,
    ...await one<{ holeUs: number | null }>("holes"),
    ...await one<{ slots: number; wanted: number; orphans: number }>("scheduled", {
      open,
      sessions: JSON.stringify(streams.flatMap(({ name, session }) => session ? [name] : [])),
    }),
    host,
    generator: await one<GeneratorFigures>("generator"),
  };
}

/** The rules of validity, pure: evidence in, judgement out. */
export function validityOf(evidence: ValidityEvidence, run: Run): Validity {
  const { thresholds, loop } = run.config;
  const open = loop === "open";
  const causes = [...generatorCauses(evidence, run.config), ...hostCauses(evidence.host)];
  const waiting = evidence.generator.realTime === false ? [NO_REAL_TIME] : [];
  const checks = [
    gap(evidence, thresholds),
    onTime(evidence, thresholds, open),
    arrivals(evidence, thresholds, open),
    samples(evidence, thresholds),
    slots(evidence, run.status === "complete"),
  ].map((check): ValidityCheck => {
    const likely = [...causes, ...check.name === "on-time" || check.name === "arrivals" ? waiting : []];
    const known = !check.ok && check.name !== "slots" && likely.length > 0;
    return { ...check, cause: known ? likely.join("; ") : null };
  });
  const { p50, p99, max } = evidence.lag;
  const { generator } = evidence;
  return { valid: checks.every(({ ok }) => ok), checks, lagMs: open ? { p50, p99, max } : NO_LAG, generator };
}

/** A client sends when it is ready: that it woke then is no lag of anything. */
const NO_LAG = { p50: null, p99: null, max: null };

type Check = Omit<ValidityCheck, "cause">;

function gap({ gapMs, lag }: ValidityEvidence, { maxGapMs }: ValidityThresholds): Check {
  // A slot that woke late shows a standstill also where no loop delay was taken.
  const longest = gapMs === null && lag.max === null ? null : Math.max(gapMs ?? 0, lag.max ?? 0);
  return {
    name: "generator-gap",
    title: "The generator never stalled",
    limit: `no gap above ${formatMs(maxGapMs)}`,
    measured: longest === null ? "nothing was dispatched" : `longest ${formatMs(longest)}`,
    ok: longest === null || longest <= maxGapMs,
  };
}

function onTime(
  { lag, onTimeMs }: ValidityEvidence,
  { minOnTime }: ValidityThresholds,
  open: boolean,
): Check {
  const share = lag.slots === 0 ? null : lag.onTime / lag.slots;
  // Of a healthy generator's 200 slots two or three may be late by chance: so few are told from the limit by more.
  const doubtful = share !== null && share < minOnTime &&
    wilson(lag.onTime, lag.slots, LEVEL)!.high >= minOnTime;
  return {
    name: "on-time",
    title: "Requests were sent on time",
    limit: `at least ${formatShare(minOnTime)} within ${formatMs(onTimeMs)}`,
    measured: !open
      ? "closed loop: a client sends when it is ready"
      : share === null
      ? "nothing was dispatched"
      : `${formatShare(share)} of ${formatCount(lag.slots)}${
        doubtful ? ", too few to tell from the limit" : ""
      }`,
    ok: !open || share === null || share >= minOnTime || doubtful,
  };
}

function arrivals(
  { distance, deviation }: ValidityEvidence,
  limits: ValidityThresholds,
  open: boolean,
): Check {
  const { maxArrivalDistance, maxArrivalDeviation = DEFAULT_DEVIATION } = limits;
  const judged = [
    ...distance === null ? [] : [{
      limit: `Kolmogorov–Smirnov distance at most ${significant(maxArrivalDistance, 2)}`,
      measured: `distance ${toldFrom(maxArrivalDistance, distance)}`,
      ok: distance <= maxArrivalDistance,
    }],
    ...deviation === null ? [] : [{
      limit: `mean deviation at most ${formatShare(maxArrivalDeviation)} of the interval, or of 1 ms`,
      measured: `deviation ${formatShare(deviation)}`,
      ok: deviation <= maxArrivalDeviation,
    }],
  ];
  return {
    name: "arrivals",
    title: "Intervals between requests were as planned",
    limit: judged.map(({ limit }) => limit).join("; ") || "intervals as planned",
    measured: !open
      ? "closed loop: answers set the intervals"
      : judged.map(({ measured }) => measured).join("; ") || "too few requests",
    ok: !open || judged.every(({ ok }) => ok),
  };
}

/** With as many digits as tell a value from its limit. */
function toldFrom(limit: number, value: number): string {
  let digits = 2;
  while (digits < 6 && value !== limit && significant(value, digits) === significant(limit, digits)) digits++;
  return significant(value, digits);
}

function samples({ holeUs }: ValidityEvidence, { maxSampleGapPeriods }: ValidityThresholds): Check {
  return {
    name: "samples",
    title: "The host was sampled throughout",
    limit: `no more than ${significant(maxSampleGapPeriods, 2)} s without a sample`,
    measured: holeUs === null
      ? "nothing was measured"
      : `longest ${toldFrom(maxSampleGapPeriods, holeUs / 1e6)} s`,
    ok: holeUs === null || holeUs <= maxSampleGapPeriods * SAMPLE_PERIOD_US,
  };
}

function slots({ slots, wanted, orphans }: ValidityEvidence, complete: boolean): Check {
  const missing = wanted - slots + orphans;
  const count = missing === 0
    ? `all ${formatCount(slots)}`
    : `${formatCount(missing)} of ${formatCount(wanted)} missing`;
  return {
    name: "slots",
    title: "Every scheduled request was recorded",
    limit: "each one exactly once",
    // A killed process takes its last second along: that is why the run has no verdict, not a doubt of the
    // rest.
    measured: missing > 0 && !complete ? `${count}: the run ended early` : count,
    ok: missing === 0 || !complete,
  };
}

const NO_REAL_TIME =
  "its thread has no real-time priority and waits for other programs (`sudo prlimit --pid $$ --rtprio=1` lets " +
  "programs started from this shell have it)";

/** What the generator itself lacked. */
function generatorCauses(
  { generator: { cpuCores } }: ValidityEvidence,
  { workers }: Run["config"],
): string[] {
  if (cpuCores === null || !(cpuCores >= BUSY * workers)) return [];
  return [
    `${formatCount(workers)} worker${workers === 1 ? " is" : "s are"} not enough for this load: busy for ` +
    `${formatShare(cpuCores / workers)} of the time (use more --workers or a lower --rate)`,
  ];
}
