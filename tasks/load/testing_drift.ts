import assert from "node:assert/strict";
import { constantRate, ramp, spike } from "../model/stages.ts";
import { counter } from "../random/counter.ts";
import { arrivals } from "./arrivals.ts";
import { rateProfile } from "./rate_profile.ts";

/**
 * How far, in µs, the times of so many slots stray at worst from those that are evaluated directly, at a rate of up
 * to 5,000/s over two hours.
 */
export function worstDrift(slots: number): number {
  const stages = [
    ...ramp(2000, 1000),
    ...constantRate(0, 100),
    ...spike(500, 5000, 2000, 1500),
    ...ramp(0, 600),
  ];
  const profile = rateProfile(stages);
  assert.ok(profile.expectedUntil(profile.endUs) > slots);
  const random = counter(9, "arrivals");
  const due = arrivals({ kind: "poisson", stages, seed: 9, endUs: Infinity });
  // The sum of gaps as whole 2^-26ths, which a double adds without error, and the sum of what is left of them.
  let units = 0;
  let rests = 0;
  let worst = 0;
  for (let slot = 0; slot < slots; slot++, due.next()) {
    const gap = -Math.log1p(-random.float(slot, 0)) * 2 ** 26;
    units += Math.floor(gap);
    rests += gap - Math.floor(gap);
    if (slot % 1000 > 0) continue;
    worst = Math.max(worst, Math.abs(due.atUs - profile.timeOf((units + rests) / 2 ** 26)));
  }
  assert.equal(due.slot, slots);
  return worst;
}
