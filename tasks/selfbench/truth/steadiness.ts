import { type Bin, steadyState } from "../../summary/steady.ts";
import { quantile } from "../../stats/quantile.ts";
import { type Share, shareOf } from "./coverage.ts";
import { generator } from "./simulated_run.ts";

/** The bins of one arm by which it is told whether it is steady. */
export interface SteadyCell {
  readonly title: string;
  readonly bins: number;
  readonly seconds: number;
  /** Standard deviation of the logarithm of a bin's median. */
  readonly noise: number;
  /** How much of a bin's deviation the next one takes over. */
  readonly memory: number;
}

/** How steadiness is judged, as shares of the runs. */
export interface Steadiness {
  readonly cell: SteadyCell;
  /** Nothing changes, and some change is told: the arm is called late or never steady. */
  readonly falseAlarm: Share;
  /** Its level rises by 20 % after two fifths of the time, and a change is told. */
  readonly step: Share;
  /**
   * The same, found by one who knows the noise's deviation and memory, and only not when the step is, with 5 % of false
   * alarms: what nobody exceeds who has to find out that too.
   */
  readonly oracle: Share;
}

const STEP = Math.log(1.2);
const STEP_AT = 0.4;

/** An arm of the default minute, one that has a minute alone, and one measured for twenty seconds. */
const LENGTHS = [
  { title: "default minute, blocks", bins: 90, seconds: 0.18 },
  { title: "a minute alone, seconds", bins: 60, seconds: 1 },
  { title: "20 s alone, seconds", bins: 20, seconds: 1 },
] as const;

/** Every length, noise and memory. */
export const STEADY_CELLS: readonly SteadyCell[] = LENGTHS.flatMap((length) =>
  [0.03, 0.06, 0.12].flatMap((noise) => [0, 0.3, 0.5, 0.8].map((memory) => ({ ...length, noise, memory })))
);

/** Simulates arms that stay as they are, and arms that change, by the same noise. */
export function steadinessOf(cell: SteadyCell, runs: number): Steadiness {
  let [falseAlarm, step, oracle] = [0, 0, 0];
  const seeds = Array.from({ length: runs }, (_, seed) => seed);
  const still = seeds.map((seed) => deviations(cell, seed));
  const limit = quantile(still.map((own) => steepest(own, cell)).sort((a, b) => a - b), 0.95)!;
  const first = Math.round(STEP_AT * cell.bins);
  for (const own of still) {
    if (steadyState("arm", binsOf(own, cell)).changes.length > 0) falseAlarm++;
    const stepped = own.map((deviation, at) => at < first ? deviation : deviation + STEP);
    if (steadyState("arm", binsOf(stepped, cell)).changes.length > 0) step++;
    if (steepest(stepped, cell) > limit) oracle++;
  }
  return {
    cell,
    falseAlarm: shareOf(falseAlarm, runs),
    step: shareOf(step, runs),
    oracle: shareOf(oracle, runs),
  };
}

function deviations({ bins, noise, memory }: SteadyCell, seed: number): number[] {
  const random = generator(seed * 7919 + bins);
  let deviation = random.normal();
  return Array.from({ length: bins }, () => {
    deviation = memory * deviation + Math.sqrt(1 - memory ** 2) * random.normal();
    return noise * deviation;
  });
}

function binsOf(logs: readonly number[], { seconds }: SteadyCell): Bin[] {
  return logs.map((log, at) => {
    const counts = { responses: 50, ok: 50, hits: 0, lookups: 0 };
    return { arm: "arm", atUs: at * seconds * 1e6, seconds, ...counts, p50: 10 * Math.exp(log) };
  });
}

/** The most standard errors that a step differs from none, of all its places: by least squares of whitened values. */
function steepest(values: readonly number[], { noise, memory }: SteadyCell): number {
  const n = values.length;
  // Whitened, a value is what the one before does not explain: of a level, and behind a step, it is always the same.
  const [first, other] = [Math.sqrt(1 - memory ** 2), 1 - memory];
  const white = values.map((value, at) => at === 0 ? first * value : value - memory * values[at - 1]!);
  const ll = first ** 2 + (n - 1) * other ** 2;
  const yl = first * white[0]! + other * white.slice(1).reduce((sum, value) => sum + value, 0);
  let [most, behind] = [0, 0];
  for (let place = n - 1; place >= 4; place--) {
    const ss = 1 + (n - 1 - place) * other ** 2;
    const sl = other * (1 + (n - 1 - place) * other);
    const ys = white[place]! + other * behind;
    behind += white[place]!;
    if (place > n - 4) continue;
    most = Math.max(most, Math.abs(ys - sl * yl / ll) / Math.sqrt(ss - sl * sl / ll));
  }
  return most / (noise * first);
}
