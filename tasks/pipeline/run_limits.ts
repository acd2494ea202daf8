import type { RunEventHub } from "../load/run_events.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import type { Calibration } from "../model/calibration.ts";
import { formatCount, formatHours, significant } from "../model/units.ts";
import type { BenchPlan } from "./bench_options.ts";
import { needsOf, type RunPlaces, slotLimit } from "./capacity.ts";

/** How fast a closed loop is, is known from its first seconds; compilers warm up before that. */
const KNOWN_AFTER_US = 10e6;

/** What limits a run. */
export interface Limited {
  readonly scenario: LoadedScenario;
  readonly plan: BenchPlan;
  readonly places: RunPlaces;
  /** Requests that it can have. */
  readonly most?: number;
}

/**
 * Watches a closed loop, of which nobody knows before how many requests it makes: notes as soon as its rate is known
 * that it will come to a limit, and ends it when it is there.
 * @param onReached called once, with the limit as a sentence's part
 */
export function watchLimits(
  events: RunEventHub,
  { scenario, plan, places, most = slotLimit(scenario) }: Limited,
  onReached: (why: string) => void,
): void {
  if (plan.loop === "open") return;
  let reached = false;
  let foretold = false;
  events.on("tick", ({ counts: { due }, elapsedUs }) => {
    if (reached) return;
    if (due >= most) {
      reached = true;
      onReached(`it has the ${formatCount(most)} requests that a run can have`);
      return;
    }
    if (foretold || elapsedUs < KNOWN_AFTER_US) return;
    foretold = true;
    const elapsedSeconds = elapsedUs / 1e6;
    const rate = due / elapsedSeconds;
    const ahead = limitAhead(scenario, plan, places, { rate, due, elapsedSeconds }, most);
    if (ahead !== null) events.emit("note", `at ${significant(rate, 3)} requests/s ${ahead}`);
  });
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
    {
      share: (most - due) / slots,
      what: `it has the ${formatCount(most)} requests that a run can have`,
    },
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
