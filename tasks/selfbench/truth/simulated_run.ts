import { planBlocks } from "../../load/blocks.ts";
import { quantile } from "../../stats/quantile.ts";
import { type GroupQuantiles, groupStarts, KINDS } from "../../summary/block_pairs.ts";
import type { Weighted } from "../../model/mix_shares.ts";

/** How the response times of a simulated run come about. */
export interface SimulatedRun {
  readonly arms: readonly string[];
  readonly operations: readonly Weighted[];
  /** Requests a second over all arms. */
  readonly rate: number;
  readonly durationSeconds: number;
  readonly blockSeconds: number;
  readonly washoutSeconds: number;
  /** Standard deviation of the logarithm of one operation's response times within a block. */
  readonly spread: number;
  /** Share of requests that take two to six times as long. */
  readonly spikes: number;
  /** Standard deviation of a whole block's logarithm. */
  readonly noise: number;
  /** How much of a block's deviation the next block takes over, whichever arm it is of. */
  readonly memory: number;
  /** By how much response times rise over the run: 0.3 is 30 %. */
  readonly drift: number;
  /** Rounds that are drawn, the first ones; without it all. */
  readonly rounds?: number;
  /** By how much an arm's operation takes longer: a factor. */
  readonly effect: (arm: string, operation: string) => number;
}

/** The quantiles that the arms of a simulated run are compared by. */
export function simulate(run: SimulatedRun, seed: number): GroupQuantiles[] {
  return groupsOf(simulateTimes(run, seed), run);
}

/** Simulated response times of each round, in milliseconds, by arm and operation: `sql product-by-id`. */
export function simulateTimes(run: SimulatedRun, seed: number): Map<string, number[][]> {
  const { arms, operations, rate, effect } = run;
  const random = generator(seed);
  const phases = planBlocks({ ...run, seed, warmupSeconds: 0 });
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  const times = new Map<string, number[][]>();
  for (const arm of arms) for (const { name } of operations) times.set(`${arm} ${name}`, []);
  const rounds = new Map(arms.map((arm) => [arm, 0]));
  let deviation = run.noise * random.normal();
  for (const { measured, arm, startUs, endUs } of phases) {
    if (!measured) continue;
    const round = rounds.get(arm)!;
    if (round >= (run.rounds ?? Infinity)) break;
    rounds.set(arm, round + 1);
    deviation = run.memory * deviation + Math.sqrt(1 - run.memory ** 2) * run.noise * random.normal();
    const level = deviation + Math.log1p(run.drift) * startUs / 1e6 / run.durationSeconds;
    operations.forEach(({ name, weight }, place) => {
      const mean = rate * (endUs - startUs) / 1e6 * weight / total;
      const log = level + place + Math.log(effect(arm, name));
      const own = Array.from({ length: random.poisson(mean) }, () => {
        const spike = random.uniform() < run.spikes ? 2 + 4 * random.uniform() : 1;
        return spike * Math.exp(log + run.spread * random.normal());
      });
      times.get(`${arm} ${name}`)![round] = own;
    });
  }
  return times;
}

/** The same as summary/block_groups.sql makes of stored rows. */
export function groupsOf(
  times: ReadonlyMap<string, readonly (readonly number[])[]>,
  { arms, operations }: Pick<SimulatedRun, "arms" | "operations">,
): GroupQuantiles[] {
  const names = operations.map(({ name }) => name);
  const counts = [...times].flatMap(([key, rounds]) => {
    const [arm, operation] = key.split(" ") as [string, string];
    return rounds.map((own, round) => ({ round, arm, operation, responses: own.length }));
  });
  const starts = groupStarts(counts, arms, names);
  return KINDS.flatMap((kind) =>
    names.flatMap((operation) => {
      const firsts = starts.filter((each) => each.kind === kind && each.operation === operation)
        .map(({ first }) => first);
      return arms.flatMap((arm) =>
        firsts.map((first, at): GroupQuantiles => {
          const own = times.get(`${arm} ${operation}`)!.slice(first, firsts[at + 1]).flat();
          const common = { kind, round: first, arm, operation, n: own.length };
          if (kind !== "p95") return { ...common, p95: null, times: own };
          const p95 = quantile(Float64Array.from(own).sort(), 0.95);
          return { ...common, p95, times: null };
        })
      );
    })
  );
}

/** mulberry32, and what is drawn by it. */
export function generator(seed: number) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const poisson = (mean: number) => {
    const limit = Math.exp(-mean);
    let n = 0;
    for (let product = uniform(); product > limit; product *= uniform()) n++;
    return n;
  };
  return { uniform, normal, poisson };
}
