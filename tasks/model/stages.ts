import { formatCount } from "./units.ts";
import { hint } from "./suggest.ts";

/**
 * A stretch of load. A list of them is how the rate of an open loop goes over time, each stage beginning
 * where the one before it ended.
 */
export interface Stage {
  /** Seconds. */
  readonly duration: number;
  /** Requests a second at the stage's end. */
  readonly rate: number;
  /** `ramp`, the default, goes there in a straight line; `step` is there from the stage's first moment. */
  readonly shape?: "ramp" | "step";
}

/** One rate for so many seconds. */
export function constantRate(rate: number, duration: number): Stage[] {
  return [{ duration, rate, shape: "step" }];
}

/** In a straight line from the rate before, which is the start rate for a first stage, to this one. */
export function ramp(rate: number, duration: number): Stage[] {
  return [{ duration, rate, shape: "ramp" }];
}

/** A staircase: each rate for so many seconds. */
export function steps(rates: readonly number[], duration: number): Stage[] {
  return rates.flatMap((rate) => constantRate(rate, duration));
}

/**
 * A step up to a peak and down again. Rates are requests a second, times are seconds.
 * @param at how long the base rate lasts before the peak
 * @param lasting how long the peak lasts
 * @param after how long the base rate lasts after the peak: as long as before it unless given
 */
export function spike(base: number, peak: number, at: number, lasting: number, after = at): Stage[] {
  return [...constantRate(base, at), ...constantRate(peak, lasting), ...constantRate(base, after)]
    .filter(({ duration }) => duration !== 0);
}

const FIELDS = ["duration", "rate", "shape"];
const SHAPES = ["ramp", "step"];
const MOST = 1_000_000;
/** Timers do not keep shorter ones, and stages begin and end on whole microseconds. */
const SHORTEST_SECONDS = 0.001;

/**
 * What is wrong with stages that a user wrote.
 * @param stages anything: it comes out of a file
 * @param startRate requests a second from which a first ramp begins, as the user wrote it
 * @param within what stands before the fields' names, e.g. `streams[1].`
 * @returns one message for each fault, naming the field and what is allowed, such as
 * `stages[1].rate: must be from 0 to 1,000,000 requests a second (it is -5)`; none when all is well
 */
export function checkStages(stages: unknown, startRate: unknown = 0, within = ""): string[] {
  const startFaults = isRate(startRate) ? [] : [mustBe(`${within}startRate`, RATE, startRate)];
  if (!Array.isArray(stages) || stages.length === 0) {
    return [...startFaults, mustBe(`${within}stages`, "a list of at least one stage", stages)];
  }
  const faults = [
    ...startFaults,
    ...stages.flatMap((stage, index) => checkStage(stage, `${within}stages[${index}]`)),
  ];
  if (faults.length === 0 && isSilent(stages, startRate as number)) {
    return [`${within}stages: must have a rate above 0 somewhere (all are 0)`];
  }
  return faults;
}

const RATE = `from 0 to ${formatCount(MOST)} requests a second`;

function checkStage(stage: unknown, field: string): string[] {
  if (typeof stage !== "object" || stage === null || Array.isArray(stage)) {
    return [mustBe(field, "a stage { duration, rate, shape }", stage)];
  }
  const { duration, rate, shape = "ramp" } = stage as Record<string, unknown>;
  const faults: string[] = [];
  if (!(typeof duration === "number" && duration >= SHORTEST_SECONDS && duration < Infinity)) {
    const rule = `a finite number of seconds, at least ${SHORTEST_SECONDS}`;
    faults.push(mustBe(`${field}.duration`, rule, duration));
  }
  if (!isRate(rate)) faults.push(mustBe(`${field}.rate`, RATE, rate));
  if (!SHAPES.includes(shape as string)) faults.push(mustBe(`${field}.shape`, `"ramp" or "step"`, shape));
  const unknown = Object.keys(stage).filter((key) => !FIELDS.includes(key));
  return [...faults, ...unknown.map((key) => `${field}.${key}: is unknown. ${hint(key, FIELDS)}`)];
}

/** A start rate counts where the first stage goes on from it. */
function isSilent(stages: readonly Stage[], startRate: number): boolean {
  return stages.every(({ rate }) => rate === 0) && (startRate === 0 || stages[0]!.shape === "step");
}

function isRate(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= MOST;
}

function mustBe(field: string, rule: string, value: unknown): string {
  // JSON has neither NaN nor Infinity.
  const current = typeof value === "number" ? String(value) : JSON.stringify(value) ?? "missing";
  return `${field}: must be ${rule} (it is ${current})`;
}
