import { runtimeNetwork } from "../net/runtime_channel.ts";
import { waitAtMost } from "../net/time_limit.ts";
import { CUT_LEAD_US, cutPhases } from "./cuts.ts";
import type { RunEventHub, Step } from "./run_events.ts";
import { type Action, type Schedule, type Turn, turnsOf } from "./schedule.ts";

/** An action that the end of the run finds at work has so long to end. */
const STOP_MS = 2000;
/** What a timer can wait for. */
const MOST_MS = 2 ** 31 - 1;

/**
 * Tells of a schedule's phases as they begin and end, and starts its actions, from the start of a run until it is
 * stopped.
 */
export class ScheduleClock {
  readonly #events: RunEventHub;
  #schedule: Schedule;
  #turns: readonly Turn[];
  /** How many of them have come. */
  #come = 0;
  #nowUs = () => 0;
  readonly #later: typeof runtimeNetwork.later;
  #forget = () => {};
  readonly #over = new AbortController();
  /** Steps at work, and when each is over. */
  readonly #running = new Map<Step, Promise<void>>();
  #stopped: Promise<void> | undefined;

  constructor(schedule: Schedule, events: RunEventHub, later = runtimeNetwork.later) {
    this.#events = events;
    this.#later = later;
    this.#schedule = schedule;
    this.#turns = [...turnsOf(schedule)];
    events.on("start", ({ nowUs }) => {
      this.#nowUs = nowUs;
      this.#advance();
    });
  }

  /**
   * Ends the schedule: what lies ahead happens no more, and actions at work are asked to end.
   * @param endUs when the load ended; 0 where it never began
   */
  stop(endUs = 0): Promise<void> {
    return this.#stopped ??= this.#end(endUs);
  }

  #advance(): void {
    this.#forget();
    for (; this.#come < this.#turns.length; this.#come++) {
      const turn = this.#turns[this.#come]!;
      const aheadMs = (turn.atUs - this.#nowUs()) / 1000;
      if (aheadMs > 0) {
        this.#forget = this.#later(Math.min(Math.ceil(aheadMs), MOST_MS), () => this.#advance());
        return;
      }
      if ("action" in turn) this.#start(turn.action);
      else this.#events.emit("phase", turn);
    }
  }

  #start(action: Action): void {
    const step: Step = { name: action.name, startUs: this.#nowUs(), endUs: null, error: null };
    this.#events.emit("step", step);
    this.#running.set(
      step,
      outcomeOf(action, this.#over.signal).then((error) => {
        // Of one that was given up the end is told.
        if (!this.#running.delete(step)) return;
        this.#events.emit("step", { ...step, endUs: this.#nowUs(), error });
        if (action.ends !== undefined) this.#cut(action.ends);
      }),
    );
  }

  /** Ends a phase before its time, as soon as all can know; what follows moves up. */
  #cut(phaseId: number): void {
    const { phases } = this.#schedule;
    const { startUs, endUs } = phases.find((phase) => phase.phaseId === phaseId)!;
    const atUs = Math.round(Math.max(startUs, this.#nowUs() + CUT_LEAD_US));
    if (atUs >= endUs || this.#over.signal.aborted) return;
    const cut = { phaseId, endUs: atUs };
    this.#schedule = { ...this.#schedule, phases: cutPhases(phases, cut) };
    // All that has come came before the cut: what is left may come in another order, and earlier.
    this.#turns = [...turnsOf(this.#schedule)];
    this.#events.emit("cut", cut);
    this.#advance();
  }

  async #end(endUs: number): Promise<void> {
    this.#forget();
    this.#over.abort();
    for (const turn of this.#turns.slice(this.#come)) this.#drop(turn, endUs);
    this.#come = this.#turns.length;
    await waitAtMost(STOP_MS, Promise.all(this.#running.values()), this.#later);
    for (const step of this.#running.keys()) {
      this.#running.delete(step);
      this.#events.emit("step", { ...step, endUs: this.#nowUs(), error: "it did not end with the run" });
    }
  }

  /** Of a phase that was, its end is told; of an action, that it was not begun. */
  #drop(turn: Turn, endUs: number): void {
    if ("action" in turn) {
      const { name, optional } = turn.action;
      if (optional) return;
      this.#events.emit("step", { name, startUs: endUs, endUs, error: "the run was over before" });
    } else if (turn.phase.startUs < endUs) {
      const { state, phase } = turn;
      this.#events.emit("phase", { state, phase: { ...phase, endUs: Math.min(phase.endUs, endUs) } });
    }
  }
}

/** What an action failed with; null where it did not. */
async function outcomeOf(action: Action, signal: AbortSignal): Promise<string | null> {
  try {
    await action.run(signal);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
