import type { Weighted } from "../../model/mix_shares.ts";
import { mean } from "../../stats/moments.ts";
import { quantile } from "../../stats/quantile.ts";
import { cellsOf, compareCells } from "../../summary/compare/judge.ts";
import { noiseBand } from "../../summary/noise_floor.ts";
import { type LevelRow, levelsOf, type RunLevels } from "../../summary/run_levels.ts";
import { type Share, shareOf } from "./coverage.ts";
import { DEFAULT_MINUTE, TENTH } from "./power.ts";
import { generator, simulateTimes } from "./simulated_run.ts";

/** Runs of one version that differ nevertheless. */
export interface SimulatedNoise {
  readonly title: string;
  /** Standard deviation of a whole run's logarithm. */
  readonly run: number;
  /** The same of one operation's of a run. */
  readonly operation: number;
  /** Of a whole block's. */
  readonly block: number;
  /** How much of a block's deviation the next one takes over. */
  readonly memory: number;
}

/** Runs of each side, and earlier ones of the base's version from which the noise is known. */
export interface SeriesPlan {
  readonly title: string;
  readonly base: number;
  readonly candidate: number;
  readonly history: number;
}

/** What many simulated comparisons of runs come to. */
export interface SeriesTruth {
  readonly noise: SimulatedNoise;
  readonly plan: SeriesPlan;
  /** Of the same version: anything is called improved or regressed. */
  readonly wrong: Share;
  /** All operations 5 % slower, which is the margin: anything is called equivalent. */
  readonly same: Share;
  /** An operation of 15 % of the mix 10 % slower: regressed. */
  readonly found: Share;
  /** All operations 10 % slower: regressed over all. */
  readonly foundAll: Share;
}

/** Of quiet machines, and of such as those with neighbours; medians of runs on the latter strayed by 5 %. */
export const RUN_NOISES: readonly SimulatedNoise[] = [
  { title: "runs alike", run: 0, operation: 0, block: 0.06, memory: 0 },
  { title: "runs 2 %", run: 0.02, operation: 0.01, block: 0.06, memory: 0 },
  { title: "runs 5 %", run: 0.05, operation: 0.02, block: 0.06, memory: 0.5 },
];

/** As `--repeat 5` makes them on both sides, and single runs with a history behind them. */
export const SERIES_PLANS: readonly SeriesPlan[] = [
  { title: "5 against 5", base: 5, candidate: 5, history: 0 },
  { title: "1 against 1, 10 before", base: 1, candidate: 1, history: 10 },
];

const ARM = "sql";
const SPREAD = 0.3;
const OPERATIONS: readonly Weighted[] = DEFAULT_MINUTE.operations;
/** An arm's part of the default minute. */
const SECONDS = DEFAULT_MINUTE.durationSeconds / DEFAULT_MINUTE.arms.length;

/** @param runs simulated comparisons of each kind */
export function seriesTruth(noise: SimulatedNoise, plan: SeriesPlan, runs: number): SeriesTruth {
  const counts = { wrong: 0, same: 0, found: 0, foundAll: 0 };
  for (let run = 0; run < runs; run++) {
    const twins = comparedSeries(noise, plan, 4 * run, () => 1);
    if (twins.some(isCalled)) counts.wrong++;
    const atMargin = comparedSeries(noise, plan, 4 * run + 1, () => 1.05);
    if (atMargin.some(({ verdict }) => verdict === "equivalent")) counts.same++;
    const one = comparedSeries(noise, plan, 4 * run + 2, (operation) => operation === TENTH ? 1.1 : 1);
    const slowed = (row: typeof one[number]) => row.operation === TENTH && row.statistic === "p50";
    if (one.some((row) => slowed(row) && row.verdict === "regressed")) counts.found++;
    const all = comparedSeries(noise, plan, 4 * run + 3, () => 1.1);
    if (all.some(({ operation, verdict }) => operation === null && verdict === "regressed")) {
      counts.foundAll++;
    }
  }
  return {
    noise,
    plan,
    wrong: shareOf(counts.wrong, runs),
    same: shareOf(counts.same, runs),
    found: shareOf(counts.found, runs),
    foundAll: shareOf(counts.foundAll, runs),
  };
}

function isCalled({ verdict }: { readonly verdict: string }): boolean {
  return verdict === "improved" || verdict === "regressed";
}

/** One comparison, judged as `compare` judges it. */
function comparedSeries(
  noise: SimulatedNoise,
  plan: SeriesPlan,
  seed: number,
  effect: (operation: string) => number,
) {
  const random = generator(seed * 7919 + 17);
  const runsOf = (count: number, factor: (operation: string) => number) =>
    Array.from(
      { length: count },
      () => simulatedLevels(noise, Math.floor(random.uniform() * 2 ** 31), factor),
    );
  const [history, base] = [runsOf(plan.history, () => 1), runsOf(plan.base, () => 1)];
  const candidate = runsOf(plan.candidate, effect);
  return compareCells(
    cellsOf([ARM], OPERATIONS).map((cell) => {
      const logs = (runs: readonly RunLevels[], subject: string) =>
        runs.map((run) => ({ log: mean(run.of(cell)!.logs), subject }));
      const band = noiseBand([...logs([...history, ...base], "base"), ...logs(candidate, "candidate")]);
      return {
        cell,
        base: base.map((run) => run.of(cell)!),
        candidate: candidate.map((run) => run.of(cell)!),
        band,
      };
    }),
  );
}

/** A run of one arm. */
function simulatedLevels(
  { run, operation, block, memory }: SimulatedNoise,
  seed: number,
  effect: (operation: string) => number,
): RunLevels {
  const random = generator(seed * 31 + 7);
  const whole = run * random.normal();
  const own = new Map(
    OPERATIONS.map(({ name }): [string, number] => [name, Math.exp(whole + operation * random.normal())]),
  );
  const times = simulateTimes({
    ...DEFAULT_MINUTE,
    arms: [ARM],
    durationSeconds: SECONDS,
    spread: SPREAD,
    spikes: 0.05,
    noise: block,
    memory,
    drift: 0,
    effect: (_, name) => own.get(name)! * effect(name),
  }, seed);
  return levelsOf([...times].flatMap(([key, rounds]) => levelRows(key, rounds.flat())), [ARM], OPERATIONS);
}

/** The same as analysis/compare/levels.sql makes of stored rows. */
function levelRows(key: string, times: readonly number[]): LevelRow[] {
  const [arm, operation] = key.split(" ") as [string, string];
  const kinds = [{ statistic: "p50", level: 0.5, size: 8, least: 8 }, {
    statistic: "p95",
    level: 0.95,
    size: 40,
    least: 72,
  }] as const;
  return kinds.filter(({ least }) => times.length >= least).map(({ statistic, level, size }) => {
    const stretches = Map.groupBy(
      times.keys(),
      (place) => Math.floor(place * Math.floor(times.length / size) / times.length),
    );
    const logs = [...stretches.values()].map((places) =>
      Math.log(quantile(places.map((place) => times[place]!).sort((a, b) => a - b), level)!)
    );
    return { runId: "", arm, operation, statistic, logs, unserved: false };
  });
}
