import fc from "fast-check";
import { checkStages, type Stage } from "../model/stages.ts";
import type { ArrivalPlan, Arrivals } from "./arrivals.ts";

export const SECONDS = 1e6;

export interface Staging {
  readonly stages: readonly Stage[];
  readonly startRate: number;
}

/** Whole rates, decimal ones, pauses, and rates that differ by next to nothing. */
const rate = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 400 }),
  fc.integer({ min: 1, max: 4000 }).map((tenths) => tenths / 10),
  fc.integer({ min: -9, max: 9 }).map((steps) => 200 + steps * 1e-12),
  fc.double({ min: 0.001, max: 400, noNaN: true }),
);

const stage: fc.Arbitrary<Stage> = fc.record({
  duration: fc.oneof(
    fc.integer({ min: 1, max: 5000 }).map((ms) => ms / 1000),
    fc.double({ min: 0.001, max: 5, noNaN: true }),
  ),
  rate,
  shape: fc.constantFrom("ramp", "step"),
});

/** Up to eight stages, of some 40 s and 16,000 requests at most, that `checkStages` accepts. */
export const stagings: fc.Arbitrary<Staging> = fc.record({
  stages: fc.array(stage, { minLength: 1, maxLength: 8 }),
  startRate: rate,
}).filter(({ stages, startRate }) => checkStages(stages, startRate).length === 0);

/** Arrivals over all of the stages. */
export function planOf(
  staging: Staging,
  kind: ArrivalPlan["kind"],
  seed: number,
  stream?: string,
): ArrivalPlan {
  return { ...staging, kind, seed, stream, endUs: 1000 * SECONDS };
}

/** All slots with their times, to the end of the run. */
export function slotsOf(due: Arrivals): [slot: number, atUs: number][] {
  const all: [number, number][] = [];
  for (; due.atUs !== Infinity; due.next()) all.push([due.slot, due.atUs]);
  return all;
}
