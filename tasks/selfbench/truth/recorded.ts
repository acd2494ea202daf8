import { join } from "node:path";
import { compareGroups } from "../../summary/comparisons.ts";
import { quantile } from "../../stats/quantile.ts";
import { listRuns, type Rows } from "../../store/runs.ts";
import { countCoverage, type Coverage, type CoverageCell } from "./coverage.ts";
import { DEFAULT_MINUTE, isDifferent, type Power, shares, TENTH } from "./power.ts";
import { generator, groupsOf } from "./simulated_run.ts";

/** Response times of one recorded block by operation, milliseconds. */
export type RecordedBlock = Readonly<Record<string, readonly number[]>>;

/** One arm of a recorded run: its blocks in order of time. */
export interface RecordedArm {
  readonly runId: string;
  readonly arm: string;
  readonly blocks: readonly RecordedBlock[];
}

const BLOCKS = join(import.meta.dirname!, "../../../queries/selfbench/truth/recorded_blocks.sql");
/** Of neighbouring blocks drawn together, on average: what hangs together in the recorded run does so in the simulated one. */
const STRETCH = 5;
/** Fewer blocks are no sample of what a machine's noise is. */
const LEAST_BLOCKS = 30;
const SCENARIO = "access-paths";

/** Every arm of every complete and valid default run in a store that has blocks enough. */
export async function recordedArms(rows: Rows): Promise<RecordedArm[]> {
  const sql = await Deno.readTextFile(BLOCKS);
  const runs = (await listRuns(rows)).filter(({ scenario, status, verdict }) =>
    scenario === SCENARIO && status === "complete" && verdict !== "invalid"
  );
  const found: RecordedArm[] = [];
  for (const { runId } of runs) {
    const own = await rows.rows<
      {
        readonly arm: string;
        readonly round: number;
        readonly operation: string;
        readonly times: readonly number[];
      }
    >(sql, { run: runId });
    for (const [arm, cells] of Map.groupBy(own, ({ arm }) => arm)) {
      const rounds = [...Map.groupBy(cells, ({ round }) => Number(round)).values()];
      const blocks = rounds.map((round) =>
        Object.fromEntries(round.map(({ operation, times }) => [operation, times.map(Number)]))
      );
      if (blocks.length >= LEAST_BLOCKS) found.push({ runId, arm, blocks });
    }
  }
  return found;
}

/**
 * As `powerOf`, with blocks that were recorded: each run is drawn from one arm's neighbouring blocks, one of them the
 * baseline's and one its twin's, in stretches (stationary bootstrap), and the effects are multiplied in.
 */
export function recordedPower(arms: readonly RecordedArm[], runs: number): Power {
  const counts = { median10: 0, median5: 0, all5: 0, wrong: 0, same: 0 };
  for (let run = 0; run < runs; run++) {
    const drawn = pairsOf(arms, run);
    const slower = (factor: number) =>
      compared(drawn, (name) => name === TENTH ? factor : 1).some((row) =>
        row.operation === TENTH && row.statistic === "p50" && row.verdict === "slower"
      );
    if (slower(1.1)) counts.median10++;
    if (slower(1.05)) counts.median5++;
    const all = compared(drawn, () => 1.05);
    if (all.some(({ operation, verdict }) => operation === null && verdict === "slower")) counts.all5++;
    if (all.some(({ verdict }) => verdict === "equivalent")) counts.same++;
    if (compared(drawn, () => 1).some(isDifferent)) counts.wrong++;
  }
  return shares(counts, runs);
}

/** How often the interval of a quantile of redrawn blocks holds the one of all that was recorded. */
export function recordedCoverage(arms: readonly RecordedArm[], level: number, runs: number): Coverage {
  const pools = arms.map(({ blocks }) => {
    const times = blocks.map((block) => Float64Array.from(Object.values(block).flat()));
    const all = Float64Array.from(times.flatMap((own) => [...own])).sort();
    return { times, truth: quantile(all, level)! };
  });
  const blocks = Math.round(arms.reduce((sum, each) => sum + each.blocks.length, 0) / arms.length);
  const requests = Math.round(
    pools.reduce((sum, { times }) => sum + times.reduce((all, own) => all + own.length, 0), 0) /
      (blocks * arms.length),
  );
  const cell: CoverageCell = { title: "recorded", noise: NaN, memory: NaN, blocks, requests, level };
  return countCoverage(cell, runs, (run) => {
    const random = generator(run * 7919 + level * 1000);
    const { times, truth } = pools[Math.floor(random.uniform() * pools.length)]!;
    return { blocks: stretches(times.length, times.length, random.uniform).map((at) => times[at]!), truth };
  });
}

const TWINS = ["baseline", "twin"] as const;

/** Blocks of both twins by round. */
type Drawn = readonly (readonly [RecordedBlock, RecordedBlock])[];

function pairsOf(arms: readonly RecordedArm[], seed: number): Drawn {
  const random = generator(seed * 7919 + 1);
  const { blocks } = arms[Math.floor(random.uniform() * arms.length)]!;
  return stretches(Math.floor(blocks.length / 2), blocks.length, random.uniform).map((at) => {
    const [one, other] = [blocks[2 * at]!, blocks[2 * at + 1]!];
    return random.uniform() < 0.5 ? [one, other] : [other, one];
  });
}

function compared(drawn: Drawn, effect: (operation: string) => number) {
  const { operations } = DEFAULT_MINUTE;
  const times = new Map(TWINS.flatMap((arm, side) =>
    operations.map(({ name }): [string, number[][]] => {
      const factor = side === 0 ? 1 : effect(name);
      return [`${arm} ${name}`, drawn.map((pair) => (pair[side]![name] ?? []).map((time) => time * factor))];
    })
  ));
  return compareGroups(groupsOf(times, { arms: TWINS, operations }), TWINS, operations);
}

/** Places 0 … from − 1, so many, in stretches of neighbours whose length is geometric (Politis and Romano 1994). */
export function stretches(from: number, count: number, uniform: () => number): number[] {
  let at = 0;
  return Array.from({ length: count }, (_, drawn) => {
    at = drawn === 0 || uniform() < 1 / STRETCH ? Math.floor(uniform() * from) : (at + 1) % from;
    return at;
  });
}
