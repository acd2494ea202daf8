import type { Phase } from "../model/run.ts";

/**
 * A change to a schedule while the run goes on: a phase ends then, before it was planned to, and what follows moves up;
 * the run ends so much earlier.
 */
export interface Cut {
  readonly phaseId: number;
  /** µs from the run's start, within the phase. */
  readonly endUs: number;
}

/** A cut is told so long before its moment: by then all generators know of it, which look for one every few milliseconds. */
export const CUT_LEAD_US = 250_000;

/**
 * The phases of a schedule after a cut.
 * @throws {RangeError} where there is no such phase, or the moment lies outside of it
 */
export function cutPhases(phases: readonly Phase[], { phaseId, endUs }: Cut): Phase[] {
  const cut = phases.find((phase) => phase.phaseId === phaseId);
  if (cut === undefined || !(endUs >= cut.startUs && endUs <= cut.endUs)) {
    throw new RangeError(`A phase must end within the time planned for it: phase ${phaseId} at ${endUs} µs`);
  }
  const earlierUs = cut.endUs - endUs;
  return phases.map((phase) => {
    if (phase.startUs < cut.startUs) return phase;
    if (phase === cut) return { ...phase, endUs };
    return { ...phase, startUs: phase.startUs - earlierUs, endUs: phase.endUs - earlierUs };
  });
}

const MOST_CUTS = 64;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * Cuts as the main thread tells them to all generators: in shared memory, as a generator that waits for its sockets
 * itself is in no hurry to look for messages.
 */
export class CutBoard {
  readonly #told: Int32Array;
  readonly #cuts: Float64Array;

  constructor(readonly memory = new SharedArrayBuffer(BYTES + 2 * MOST_CUTS * BYTES)) {
    this.#told = new Int32Array(memory, 0, 1);
    this.#cuts = new Float64Array(memory, BYTES);
  }

  /** @throws {RangeError} where no more can be told */
  tell({ phaseId, endUs }: Cut): void {
    const nth = Atomics.load(this.#told, 0);
    if (nth === MOST_CUTS) throw new RangeError(`A run can be cut at most ${MOST_CUTS} times`);
    this.#cuts.set([phaseId, endUs], 2 * nth);
    Atomics.store(this.#told, 0, nth + 1);
  }

  /** How many have been told. */
  get told(): number {
    return Atomics.load(this.#told, 0);
  }

  /** @param nth from 0, below `told` */
  at(nth: number): Cut {
    return { phaseId: this.#cuts[2 * nth]!, endUs: this.#cuts[2 * nth + 1]! };
  }
}
