import type { LoadedScenario } from "../load/scenario.ts";
import type { Calibration } from "../model/calibration.ts";
import { formatCount, formatHours, significant } from "../model/units.ts";
import type { BenchPlan } from "./bench_options.ts";
import { needsOf, type RunPlaces, slotLimit } from "./capacity.ts";

/** How fast a closed loop is, is known from its first seconds; compilers warm up before that. */
const KNOWN_AFTER_US = 10e6;

/**
 * Watches a closed loop, of which nobody knows before how many requests it makes: says as soon as its rate is known
 * that it will come to a limit, and ends it in order when it is there.
 */
export class RunLimits {
  /** That the run has as many requests as it can have, as a sentence's part; null while it has not. */
  reached: string | null = null;
  readonly #most: number;
  #foretold = false;

  /** @param onReached called once */
  constructor(
    readonly scenario: LoadedScenario,
    readonly plan: BenchPlan,
    readonly places: RunPlaces,
    readonly onReached: () => void,
    most: number = slotLimit(scenario),
  ) {
    this.#most = most;
  }

  /**
   * To be called now and then while the run goes on.
   * @param due requests so far
   * @param elapsedUs since the run's start
   * @returns what is to be known about its end, once; else null
   */
  look(due: number, elapsedUs: number): string | null {
    if (this.plan.loop === "open" || this.reached !== null) return null;
    if (due >= this.#most) {
      this.reached = `it has the ${formatCount(this.#most)} requests that a run can have`;
      this.onReached();
      return null;
    }
    if (this.#foretold || elapsedUs < KNOWN_AFTER_US) return null;
    this.#foretold = true;
    const rate = due / (elapsedUs / 1e6);
    const ahead = limitAhead(this.scenario, this.plan, this.places, {
      rate,
      due,
      elapsedSeconds: elapsedUs / 1e6,
    }, this.#most);
    return ahead === null ? null : `at ${significant(rate, 3)} requests/s ${ahead}`;
  }
}

/**
 * What a closed loop comes to before its time is over if the system answers as fast as the generators can ask: a
 * sentence, or null where it comes to its end, or nothing is known of the machine.
 */
export function atFullSpeed(
  calibration: Calibration | null,
  scenario: LoadedScenario,
  plan: BenchPlan,
  places: RunPlaces,
): string | null {
  if (calibration === null) return null;
  const rate = calibration.dispatch.requestsPerSecond * plan.workers;
  const ahead = limitAhead(scenario, plan, places, { rate, due: 0, elapsedSeconds: 0 });
  const most = `At up to ${
    formatCount(Math.round(rate))
  } requests/s, as fast as doctor found this machine to ask,`;
  return ahead === null ? null : `${most} ${ahead}.`;
}

/**
 * What a closed loop comes to before its time is over, as a sentence's part; null where it comes to its end.
 * @param at requests a second, and where it stands
 */
function limitAhead(
  scenario: LoadedScenario,
  plan: BenchPlan,
  places: RunPlaces,
  { rate, due, elapsedSeconds }: {
    readonly rate: number;
    readonly due: number;
    readonly elapsedSeconds: number;
  },
  most: number = slotLimit(scenario),
): string | null {
  if (plan.loop === "open") return null;
  const seconds = plan.warmup + plan.duration - elapsedSeconds;
  const slots = rate * seconds;
  const limits = [
    { share: (most - due) / slots, what: `it has the ${formatCount(most)} requests that a run can have` },
    ...needsOf({ slots, seconds, storedSlots: due + slots }, places).map(({ disk, bytes, room }) => ({
      share: room / bytes,
      what: `the disk is full at ${disk}`,
    })),
  ];
  const first = limits.reduce((a, b) => b.share < a.share ? b : a);
  if (!(first.share < 1)) return null;
  const after = elapsedSeconds + Math.max(0, first.share) * seconds;
  return `${first.what} after some ${formatHours(after)} of ${formatHours(plan.warmup + plan.duration)}: ` +
    "the run then ends in order, with all that it has measured";
}
