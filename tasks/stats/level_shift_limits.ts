/** Numbers of values for which the limits were simulated. */
export const SIZES = [10, 12, 15, 20, 30, 45, 60, 90, 120, 180, 240] as const;
/** Shares of series without a shift in which one is found. */
export const SHARES = [0.05, 0.025, 0.0167] as const;

/**
 * The evidence of a step that so small a share of series without one exceeds, under the noise where it is exceeded
 * most: a row a size, a column a share. Made by testing_level_shift.ts, and held against it by level_shift_all_test.ts.
 */
const LIMITS: readonly (readonly number[])[] = [
  [12.4, 13.8, 15.3], // 10
  [12.7, 14.5, 15.7], // 12
  [13.4, 15.2, 16.2], // 15
  [13.9, 15.7, 16.7], // 20
  [13.3, 15.2, 16.0], // 30
  [13.6, 15.3, 16.3], // 45
  [14.0, 15.8, 16.9], // 60
  [13.9, 16.0, 17.0], // 90
  [14.4, 16.4, 17.4], // 120
  [14.2, 16.4, 17.2], // 180
  [13.5, 15.1, 16.3], // 240
];

/** Between the sizes by the logarithm of the number of values; of the next smaller share among the simulated ones. */
export function limitOf(n: number, share: number): number {
  const found = SHARES.findIndex((each) => each <= share);
  const column = found < 0 ? SHARES.length - 1 : found;
  const at = SIZES.findIndex((size) => size >= n);
  if (at < 0) return LIMITS.at(-1)![column]!;
  if (at === 0) return LIMITS[0]![column]!;
  const [low, high] = [SIZES[at - 1]!, SIZES[at]!];
  const part = Math.log(n / low) / Math.log(high / low);
  return (1 - part) * LIMITS[at - 1]![column]! + part * LIMITS[at]![column]!;
}
