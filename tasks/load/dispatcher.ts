import { CACHE_STATES, type Outcome, OUTCOMES } from "../model/timing.ts";
import type { SegmentWriter } from "../store/segment_writer.ts";
import { type Call, newCall, settle, type Target } from "../targets/target.ts";
import type { Progress } from "./messages.ts";
import type { Mix } from "./mix.ts";
import type { Arm } from "./plan.ts";
import type { Phase } from "../model/run.ts";

export interface DispatcherOptions {
  readonly phases: readonly Phase[];
  readonly arms: readonly Arm[];
  /** In the order of `arms`. */
  readonly targets: readonly Target[];
  readonly mix: Mix;
  readonly recorder: SegmentWriter;
  /** µs from the run's start. */
  readonly nowUs: () => number;
  readonly timeoutMs: number;
  readonly inFlightCap: number;
}

/** A slot under way. */
interface Flight {
  readonly slot: number;
  readonly phase: Phase;
  readonly operationId: number;
  readonly intendedUs: number;
  readonly wokeUs: number;
  readonly call: Call;
}

const OUTCOME_INDEX = Object.fromEntries(OUTCOMES.map((name, index) => [name, index])) as Record<
  Outcome,
  number
>;

/**
 * Sends slots on their way and sees to it that each leaves exactly one row, whatever becomes of it. Slots
 * must come in order of their intended time.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #flights = new Set<Flight>();
  readonly #armOf: Map<string, number>;
  readonly #counts = { due: 0, ok: 0, failed: 0, timeout: 0, shed: 0, unsent: 0 };
  #phase = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#armOf = new Map(options.arms.map((arm, index) => [arm.name, index]));
  }

  /** Sends a slot, or sheds it at the in-flight cap. Resolves when its connection is free again. */
  dispatch(slot: number, intendedUs: number, wokeUs: number): Promise<void> {
    const { arms, targets, mix, inFlightCap } = this.#options;
    const phase = this.#phaseAt(intendedUs);
    const arm = this.#armOf.get(phase.arm)!;
    const operation = mix.operationOf(slot);
    const statement = arms[arm]!.statements[operation]!;
    this.#counts.due++;
    if (this.#flights.size >= inFlightCap) {
      this.#push(slot, phase, statement.operationId, intendedUs, wokeUs, null, "shed");
      return Promise.resolve();
    }
    const drawn = mix.valuesOf(slot, operation);
    const call = newCall(statement, statement.parameters.map((name) => drawn[name]!));
    const flight: Flight = { slot, phase, operationId: statement.operationId, intendedUs, wokeUs, call };
    this.#flights.add(flight);
    return targets[arm]!.run(call).then(() => this.#land(flight));
  }

  /** Records a slot that was due and could not be sent because the run ended. */
  unsent(slot: number, intendedUs: number): void {
    const phase = this.#phaseAt(intendedUs);
    const statement = this.#options.arms[this.#armOf.get(phase.arm)!]!
      .statements[this.#options.mix.operationOf(slot)]!;
    this.#counts.due++;
    this.#push(slot, phase, statement.operationId, intendedUs, NaN, null, "unsent");
  }

  /** Gives up what has been under way for too long. To be called every few milliseconds. */
  sweep(): void {
    const nowUs = this.#options.nowUs();
    for (const flight of this.#flights) {
      // Oldest first: the first young one ends the sweep.
      if (nowUs - flight.wokeUs < this.#options.timeoutMs * 1000) break;
      this.#giveUp(flight, "timeout");
    }
  }

  /** Ends what is under way: what was sent is censored here, what still waited was never sent. */
  endAll(): void {
    for (const flight of this.#flights) {
      this.#giveUp(flight, Number.isNaN(flight.call.sentUs) ? "unsent" : "timeout");
    }
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  get progress(): Progress {
    const { due, ok, failed, timeout, shed } = this.#counts;
    return { due, ok, failed, timeout, shed, inFlight: this.#flights.size };
  }

  #giveUp(flight: Flight, outcome: "timeout" | "unsent"): void {
    const { abort } = flight.call;
    settle(flight.call, this.#options.nowUs(), outcome, null);
    this.#land(flight);
    abort?.();
  }

  #land(flight: Flight): void {
    // A call given up lands a second time when its connection comes back.
    if (!this.#flights.delete(flight)) return;
    const { slot, phase, operationId, intendedUs, wokeUs, call } = flight;
    this.#push(slot, phase, operationId, intendedUs, wokeUs, call, call.outcome);
  }

  #push(
    slot: number,
    phase: Phase,
    operationId: number,
    intendedUs: number,
    wokeUs: number,
    call: Call | null,
    outcome: Outcome,
  ): void {
    this.#counts[outcome]++;
    const unsent = outcome === "unsent";
    this.#options.recorder.push(
      slot,
      0,
      phase.phaseId,
      operationId,
      intendedUs,
      wokeUs,
      call?.acquiredUs ?? NaN,
      call?.sentUs ?? NaN,
      unsent ? NaN : call?.doneUs ?? NaN,
      OUTCOME_INDEX[outcome],
      call?.error ?? null,
      call === null || call.cache === null ? -1 : CACHE_STATES.indexOf(call.cache),
      call?.rows ?? -1,
      call?.bytes ?? -1,
    );
  }

  #phaseAt(us: number): Phase {
    const { phases } = this.#options;
    while (this.#phase < phases.length - 1 && us >= phases[this.#phase]!.endUs) this.#phase++;
    return phases[this.#phase]!;
  }
}
