/** A value with the ends of its interval; null: it has no end there. */
export interface Bounded {
  /** In any unit. */
  readonly value: number;
  /** Lower end. */
  readonly low: number | null;
  /** Upper end. */
  readonly high: number | null;
}

/**
 * The difference of two independent estimates with its interval, from the intervals of both: their distances to the ends
 * that matter are added as squares (MOVER: Zou and Donner, "Construction of confidence limits about effect measures",
 * Statistics in Medicine 27, 2008). It keeps the skewness of both, which a symmetric interval would lose. An end is null
 * where one that it needs is.
 */
export function difference(of: Bounded, less: Bounded): Bounded {
  const value = of.value - less.value;
  return {
    value,
    low: of.low === null || less.high === null
      ? null
      : value - Math.hypot(of.value - of.low, less.high - less.value),
    high: of.high === null || less.low === null
      ? null
      : value + Math.hypot(of.high - of.value, less.value - less.low),
  };
}
