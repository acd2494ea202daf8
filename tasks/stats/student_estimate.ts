import { studentBound, studentTail } from "./student.ts";

/** An estimate around which Student's distribution tells how far off it may be. */
export interface StudentEstimate {
  /** In any unit, such as a log ratio. */
  readonly estimate: number;
  /** Its standard error, in the same unit; 0 where nothing varied. */
  readonly error: number;
  /** Degrees of freedom of the error, above 0. */
  readonly degrees: number;
}

/** The interval of that confidence, in the unit of the estimate. */
export function studentInterval(
  { estimate, error, degrees }: StudentEstimate,
  level: number,
): { readonly low: number; readonly high: number } {
  const reach = error === 0 ? 0 : error * studentBound(level, degrees);
  return { low: estimate - reach, high: estimate + reach };
}

/** The two-sided p of the hypothesis that the true value is 0. */
export function studentP({ estimate, error, degrees }: StudentEstimate): number {
  return estimate === 0 ? 1 : 2 * studentTail(Math.abs(estimate) / error, degrees);
}

/**
 * How probable an estimate so close to 0 is where the true value lies at ±limit or beyond: the larger p of two one-sided
 * tests (Schuirmann 1987). Small: they are equivalent.
 * @param limit above 0, in the unit of the estimate: log(1.05) for a margin of 5 % of a log ratio
 */
export function studentEquivalenceP({ estimate, error, degrees }: StudentEstimate, limit: number): number {
  const above = estimate + limit;
  const below = limit - estimate;
  const p = (distance: number) => distance === 0 ? 0.5 : studentTail(distance / error, degrees);
  return Math.max(p(above), p(below));
}
