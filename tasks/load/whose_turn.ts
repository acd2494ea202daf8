import type { Phase } from "../model/run.ts";
import type { LoadPlan } from "./plan.ts";
import { type Counter, counter } from "../random/counter.ts";

/** Which phase a moment belongs to, and which arm a slot asks in it. Quick for moments that come in order of time. */
export class WhoseTurn {
  readonly #arms: readonly string[];
  readonly #armOf: ReadonlyMap<string, number>;
  readonly #drawn: Counter;
  readonly #requests: LoadPlan["requests"];
  #phases: readonly Phase[];
  #place = 0;
  /** A request may have been made ready for a phase that is another one now. */
  #rescheduled = false;

  /**
   * @param phases in order of time
   * @param arms by their names
   * @param seed which arm is asked is drawn from it in phases of all arms
   * @param requests which arm each operation is asked by, where that is the same in all phases
   */
  constructor(
    phases: readonly Phase[],
    arms: readonly string[],
    seed: number,
    requests?: LoadPlan["requests"],
  ) {
    this.#requests = requests;
    this.#phases = phases;
    this.#arms = arms;
    this.#armOf = new Map(arms.map((arm, index) => [arm, index]));
    this.#drawn = counter(seed, "arms");
  }

  /** What is due from now on belongs to these phases; earlier ones stay as they were. */
  reschedule(phases: readonly Phase[]): void {
    this.#phases = phases;
    this.#place = Math.min(this.#place, phases.length - 1);
    this.#rescheduled = true;
  }

  /** The phase of a moment, µs from the run's start. */
  phaseAt(us: number): Phase {
    const phases = this.#phases;
    // Steps of sessions may be noticed a little later than slots that were due after them.
    while (this.#place > 0 && us < phases[this.#place]!.startUs) this.#place--;
    while (this.#place < phases.length - 1 && us >= phases[this.#place]!.endUs) this.#place++;
    return phases[this.#place]!;
  }

  /** The phase of a request that was made ready; it is for one arm, which stays. */
  phaseOf({ phase, intendedUs }: { readonly phase: Phase; readonly intendedUs: number }): Phase {
    if (!this.#rescheduled) return phase;
    const now = this.phaseAt(intendedUs);
    return now.arm === phase.arm ? now : phase;
  }

  /** The index of the arm that a slot asks in a phase. */
  armAt({ arm }: Phase, slot: number, operation: number): number {
    if (this.#requests !== undefined) return this.#requests[operation]!.arm;
    return arm === null ? this.#drawn.integer(slot, 0, this.#arms.length) : this.#armOf.get(arm)!;
  }
}
