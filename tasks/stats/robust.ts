/** The median, the mean of the two middle values of an even number; null of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The median absolute deviation from the median, times 1.4826 so that it estimates the standard deviation of
 * a normal distribution, as R's `mad`; null of none.
 */
export function mad(values: readonly number[]): number | null {
  const centre = median(values);
  if (centre === null) return null;
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)))!;
}
