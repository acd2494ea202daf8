import { likeliestStep } from "./level_shift.ts";
import { SHARES, SIZES } from "./level_shift_limits.ts";
import { quantile } from "./quantile.ts";

/**
 * Values around a level that stays: AR(1) of standard deviation 1, a share of whose variance each value has by itself.
 */
export function stationary(
  n: number,
  { memory, own = 0 }: { readonly memory: number; readonly own?: number },
  normal: () => number,
): number[] {
  let deviation = normal();
  return Array.from({ length: n }, () => {
    const value = Math.sqrt(1 - own) * deviation + Math.sqrt(own) * normal();
    deviation = memory * deviation + Math.sqrt(1 - memory ** 2) * normal();
    return value;
  });
}

/** Normal deviates of a seed (mulberry32, Box and Muller). */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Kinds of noise under which no more than the share of series may be found to shift; the others have less evidence. */
export const WORST = [
  { memory: 0.65 },
  { memory: 0.8 },
  { memory: 0.8, own: 0.3 },
  { memory: 0.8, own: 0.6 },
] as const;

/** The evidence of a shift in series without one, ascending. */
export function evidenceOfNone(
  n: number,
  noise: { readonly memory: number; readonly own?: number },
  runs: number,
  seed = 1,
): Float64Array {
  const found = Array.from({ length: runs }, (_, run) => {
    const values = stationary(n, noise, normals(run * 7919 + n * 31 + seed));
    return likeliestStep(values, 4, 0)!.evidence;
  });
  return Float64Array.from(found).sort();
}

/** Prints the table of level_shift_limits.ts: `deno run tasks/stats/testing_level_shift.ts`, about ten minutes. */
if (import.meta.main) {
  for (const n of SIZES) {
    const found = WORST.map((noise) => evidenceOfNone(n, noise, n > 100 ? 1500 : 4000));
    const limits = SHARES.map((share) => Math.max(...found.map((each) => quantile(each, 1 - share)!)));
    console.log(`  [${limits.map((limit) => limit.toFixed(1)).join(", ")}], // ${n}`);
  }
}
