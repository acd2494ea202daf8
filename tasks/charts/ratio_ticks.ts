/** Ratios that are easy to read where few stand on an axis. */
const NEAR = [
  0.25,
  0.33,
  0.4,
  0.5,
  0.6,
  0.7,
  0.8,
  0.9,
  0.95,
  1,
  1.05,
  1.1,
  1.2,
  1.3,
  1.5,
  1.75,
  2,
  2.5,
  3,
  4,
];
/** From the finest to the coarsest, which of them are kept; 1 always is. */
const CHOICES = [NEAR, NEAR.filter((tick) => ![0.95, 1.05].includes(tick)), [
  0.25,
  0.33,
  0.5,
  0.67,
  0.8,
  1,
  1.25,
  1.5,
  2,
  3,
  4,
]];

/** Ticks for an axis of ratios within a factor of four; null where it reaches further, which powers of two tell better. */
export function nearTicks(low: number, high: number, most = 7): number[] | null {
  if (high / low > 8) return null;
  return CHOICES.map((ticks) => ticks.filter((tick) => low <= tick && tick <= high))
    .find((ticks) => ticks.length > 1 && ticks.length <= most) ?? null;
}
