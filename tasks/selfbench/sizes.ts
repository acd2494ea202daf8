/** A number that says how much is measured, and so how long it takes. */
export interface Size {
  /** The whole way in seconds, as tests ask for it: what is measured runs then, and its numbers say nothing. */
  readonly smoke: number;
  /** As much as the goals are judged by: the option's default. */
  readonly real: number;
}

/** Of each part its options that decide how long it takes. */
export const SIZES = {
  load: {
    rounds: { smoke: 1, real: 5 },
    seconds: { smoke: 1, real: 5 },
    scale: { smoke: 1, real: 10 },
    drawn: { smoke: 3000, real: 60_000 },
    runs: { smoke: 1, real: 20 },
    others: { smoke: 1, real: 5 },
    requests: { smoke: 2000, real: 1_000_000 },
  },
  http: { rounds: { smoke: 1, real: 5 }, seconds: { smoke: 1, real: 5 } },
  seed: { pairs: { smoke: 2, real: 3 }, "whole-pairs": { smoke: 1, real: 2 } },
  store: {
    rounds: { smoke: 2, real: 5 },
    rows: { smoke: 20_000, real: 2_000_000 },
    seconds: { smoke: 1, real: 20 },
  },
  report: {
    rounds: { smoke: 1, real: 3 },
    timings: { smoke: 20_000, real: 10_000_000 },
    runs: { smoke: 20, real: 1000 },
  },
  cache: {
    rounds: { smoke: 1, real: 5 },
    hits: { smoke: 500, real: 50_000 },
    expiries: { smoke: 8, real: 400 },
    lookups: { smoke: 300, real: 30_000 },
  },
  tiers: { intervals: { smoke: 0, real: 5 }, seconds: { smoke: 2, real: 60 } },
  predict: {
    rounds: { smoke: 1, real: 3 },
    seconds: { smoke: 1, real: 6 },
    orders: { smoke: 1000, real: 270_000 },
  },
  moves: {
    runs: { smoke: 1, real: 20 },
    races: { smoke: 1, real: 20 },
    seconds: { smoke: 1, real: 20 },
  },
  probe: { pauses: { smoke: 1, real: 20 } },
  verdicts: { runs: { smoke: 1, real: 20 }, seconds: { smoke: 4, real: 54 } },
  truth: { runs: { smoke: 2, real: 1500 }, comparisons: { smoke: 1, real: 200 } },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Size>>>>;

/** The words of a command line by which a part runs at its smoke sizes. */
export function smokeOf(part: keyof typeof SIZES): string[] {
  return Object.entries(SIZES[part]).flatMap(([name, { smoke }]) => [`--${name}`, String(smoke)]);
}
