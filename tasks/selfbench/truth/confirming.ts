import { confirmed } from "../../summary/confirm.ts";
import { type Share, shareOf } from "./coverage.ts";
import { type Noise, TENTH } from "./power.ts";
import { judgedPairs, OPERATIONS, simulatedPairs } from "./two_arms.ts";

/** What `--confirm` makes of many simulated runs. */
export interface Confirming {
  readonly noise: Noise;
  /** Twins of which something looked slower. */
  readonly looked: Share;
  /** Twins of which that was confirmed by the second run. */
  readonly wrong: Share;
  /** Both runs' time, as a multiple of the first's: the mean, and the most. */
  readonly time: { readonly mean: number; readonly most: number };
  /** Runs with an operation of 15 % of the mix 10 % slower, of which that was found and confirmed. */
  readonly found: Share;
}

/** @param runs simulated twice each: twins, and with a slower operation */
export function confirmingOf(noise: Noise, runs: number): Confirming {
  let [looked, wrong, found] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const twins = confirm(noise, run, () => 1);
    if (twins.again) looked++;
    if (twins.slower.length > 0) wrong++;
    const slowed = confirm(noise, runs + run, (operation) => operation === TENTH ? 1.1 : 1);
    if (slowed.slower.some((operation) => operation === TENTH)) found++;
  }
  return {
    noise,
    looked: shareOf(looked, runs),
    wrong: shareOf(wrong, runs),
    time: { mean: 1 + looked / runs, most: looked === 0 ? 1 : 2 },
    found: shareOf(found, runs),
  };
}

function confirm(noise: Noise, seed: number, effect: (operation: string) => number) {
  const first = judgedPairs(simulatedPairs({ noise, seed, effect }));
  const suspects = first.filter(({ verdict }) => verdict === "slower");
  if (suspects.length === 0) return { again: false, slower: [] };
  const again = simulatedPairs({ noise, seed: 1_000_000 + seed, effect });
  const slower = confirmed(suspects, again, OPERATIONS).filter(({ verdict }) => verdict === "slower");
  return { again: true, slower: slower.map(({ operation }) => operation) };
}
