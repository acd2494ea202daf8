import { betaCdf } from "./beta.ts";

const STEPS = 400;

/**
 * The quantile of Student's distribution that bounds |T| with the given confidence, for any degrees of freedom from 1
 * on: by bisection over the angle θ of T = √ν·tan θ, whose density is proportional to cos^(ν−1) θ (Simpson's rule).
 * @param level e.g. 0.95, for which it is 2.776 with 4 degrees of freedom
 */
export function studentBound(level: number, degrees: number): number {
  const density = (angle: number) => Math.pow(Math.cos(angle), degrees - 1);
  const mass = (to: number) => {
    let sum = density(0) + density(to);
    for (let step = 1; step < STEPS; step++) sum += (step % 2 === 1 ? 4 : 2) * density(step * to / STEPS);
    return sum * to / (3 * STEPS);
  };
  const whole = mass(Math.PI / 2);
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (mass(middle) < level * whole) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan(low);
}

/** P(T > t) of Student's distribution for any degrees of freedom above 0; small tails keep their digits. */
export function studentTail(t: number, degrees: number): number {
  if (Number.isNaN(t)) return NaN;
  if (t === Infinity) return 0;
  if (t < 0) return 1 - studentTail(-t, degrees);
  return betaCdf(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
}
