/**
 * The two-sample Kolmogorov–Smirnov distance D: the largest difference between the two empirical distribution
 * functions, from 0 (equal) to 1 (disjoint). An effect size: it does not grow with the number of values.
 */
export function ksDistance(a: readonly number[], b: readonly number[]): number | null {
  if (a.length === 0 || b.length === 0) return null;
  const left = Float64Array.from(a).sort();
  const right = Float64Array.from(b).sort();
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < left.length && j < right.length) {
    const value = Math.min(left[i]!, right[j]!);
    while (i < left.length && left[i]! <= value) i++;
    while (j < right.length && right[j]! <= value) j++;
    distance = Math.max(distance, Math.abs(i / left.length - j / right.length));
  }
  return distance;
}

/**
 * The population stability index between two distributions given as counts of the same bins:
 * Σ (actualᵢ − expectedᵢ)·ln(actualᵢ / expectedᵢ). By custom below 0.1 little has moved, above 0.25 much.
 * Half a count is added to each bin, so that an empty one does not make it infinite.
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number | null {
  if (expected.length === 0 || expected.length !== actual.length) return null;
  const shares = (counts: readonly number[]) => {
    const total = counts.reduce((sum, count) => sum + count + 0.5, 0);
    return counts.map((count) => (count + 0.5) / total);
  };
  const before = shares(expected);
  return shares(actual).reduce(
    (sum, share, at) => sum + (share - before[at]!) * Math.log(share / before[at]!),
    0,
  );
}
