import { compareGroups } from "../../summary/comparisons.ts";
import { simulate, type SimulatedRun } from "./simulated_run.ts";

/** Noise that default runs are simulated with. */
export interface Noise {
  readonly title: string;
  readonly noise: number;
  readonly memory: number;
  readonly drift: number;
}

/** What many simulated default runs came to, as shares of the runs. */
export interface Power {
  /** An operation of 15 % of the mix takes 10 % longer: found slower. */
  readonly median10: number;
  /** The same with 5 %. */
  readonly median5: number;
  /** All operations take 5 % longer: found slower over all operations. */
  readonly all5: number;
  /** An arm that is the baseline's twin: found faster or slower in anything. */
  readonly wrong: number;
  /** All operations take 5 % longer, which is the margin: called equivalent in anything. */
  readonly same: number;
}

/** Twelve percent is a machine with busy neighbours; memory and drift are what the next block takes over. */
export const NOISES: readonly Noise[] = [
  { title: "no noise of blocks", noise: 0, memory: 0, drift: 0 },
  { title: "3 % noise of blocks", noise: 0.03, memory: 0, drift: 0 },
  { title: "6 % noise of blocks", noise: 0.06, memory: 0, drift: 0 },
  { title: "12 % noise of blocks", noise: 0.12, memory: 0, drift: 0 },
  { title: "6 %, AR(0.5)", noise: 0.06, memory: 0.5, drift: 0 },
  { title: "12 %, AR(0.8)", noise: 0.12, memory: 0.8, drift: 0 },
  { title: "6 %, drift of 30 %", noise: 0.06, memory: 0, drift: 0.3 },
  // What recorded default runs show on two virtual cores with neighbours, GraphQL left out.
  { title: "17 %, AR(0.75)", noise: 0.17, memory: 0.75, drift: 0 },
];

/** Of these, those that two arms, or runs, are compared under: a quiet machine, a usual one, and one with neighbours. */
export const COMPARED_NOISES: readonly Noise[] = [NOISES[1]!, NOISES[2]!, NOISES[7]!];

const BASELINE = "sql";
const SLOW = "graphql";
const SLOWER = "sql+cache";
/** The operation that is slowed by itself. */
export const TENTH = "product-list";

/** The default minute: access-paths with three arms. Its operation of 15 % of the mix is the one that is slowed. */
export const DEFAULT_MINUTE = {
  arms: [BASELINE, SLOW, SLOWER],
  operations: [
    { name: "product-by-id", weight: 29 },
    { name: "customer-orders", weight: 20 },
    { name: "order-details", weight: 20 },
    { name: TENTH, weight: 15 },
    { name: "sales-by-employee", weight: 8 },
    { name: "order-insert", weight: 8 },
  ],
  rate: 200,
  durationSeconds: 54,
  blockSeconds: 0.2,
  washoutSeconds: 0.02,
} as const;

/**
 * @param spread of single requests within a block, as a standard deviation of their logarithm
 * @param runs simulated twice each: with effects, and without
 */
export function powerOf({ noise, memory, drift }: Noise, spread: number, runs: number): Power {
  const plan = { ...DEFAULT_MINUTE, spread, spikes: 0.05, noise, memory, drift };
  const counts = { median10: 0, median5: 0, all5: 0, wrong: 0, same: 0 };
  for (let run = 0; run < runs; run++) {
    const changed = compared({
      ...plan,
      effect: (arm, operation) => arm === SLOWER ? 1.05 : arm === SLOW && operation === TENTH ? 1.1 : 1,
    }, run);
    const verdict = (candidate: string, operation: string | null) =>
      changed.find((row) =>
        row.candidate === candidate && row.operation === operation && row.statistic === "p50"
      )!.verdict;
    if (verdict(SLOW, TENTH) === "slower") counts.median10++;
    if (verdict(SLOWER, TENTH) === "slower") counts.median5++;
    if (verdict(SLOWER, null) === "slower") counts.all5++;
    if (changed.some((row) => row.candidate === SLOWER && row.verdict === "equivalent")) counts.same++;
    const twins = compared({ ...plan, effect: () => 1 }, runs + run);
    for (const arm of [SLOW, SLOWER]) {
      if (twins.some((row) => row.candidate === arm && isDifferent(row))) counts.wrong += 1 / 2;
    }
  }
  return shares(counts, runs);
}

/** @param counts of that many runs */
export function shares(counts: Power, runs: number): Power {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count / runs]),
  ) as unknown as Power;
}

/** Whether it is a verdict that the arms differ. */
export function isDifferent({ verdict }: { readonly verdict: string }): boolean {
  return verdict === "slower" || verdict === "faster";
}

function compared(run: SimulatedRun, seed: number) {
  return compareGroups(simulate(run, seed), run.arms, run.operations);
}
