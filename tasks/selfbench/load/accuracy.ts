import { quantile } from "../../stats/quantile.ts";
import { type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { makeLoad, type OneArm, type Recorded } from "../one_arm.ts";
import { type Contestant, inTurnShown } from "../rounds.ts";
import type { Pgbench } from "../seed/pgbench.ts";
import { ratioOf, spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";
import { selectOnly } from "./pgbench.ts";

const CONNECTIONS = 8;
const WARMUP_SECONDS = 1;
const RATE = 2000;
const HIGH_RATE = 5000;
/** Response times agree within this share, or within so many µs. */
const AGREE_SHARE = 0.1;
const AGREE_US = 50;
/** p99 of the generator's lag stays below, µs. */
const LAG_US = 1000;
const HIGH_LAG_US = 2000;

interface Times {
  readonly p50: number;
  readonly p95: number;
  /** The same less the tool's own lag: what the server and the way there took. */
  readonly servedP50: number;
  readonly servedP95: number;
  readonly lagP99: number;
}

/** Response times in an open loop beside pgbench's at the same rate, and by how much requests leave too late. */
export async function accuracy(
  { rounds, seconds }: LoadBenchPlan,
  { terminal, dir, signal }: PartContext,
  question: Pick<OneArm, "text" | "params" | "target">,
  url: string,
  pgbench: Pgbench | null,
): Promise<Finding[]> {
  const ours = (name: string, rate: number): Contestant<Times> => ({
    name,
    run: async (round) => {
      const found = await makeLoad(
        {
          ...question,
          load: { arrivals: "poisson", rate },
          warmup: WARMUP_SECONDS,
          seconds,
          connections: CONNECTIONS,
          seed: round,
        },
        dir,
        signal,
      );
      return times(found);
    },
  });
  const theirs = (name: string, rate: number): Contestant<Times> => ({
    name,
    run: async () => {
      const found = await selectOnly(pgbench!, { url, connections: CONNECTIONS, seconds, rate, dir, signal });
      return times(found);
    },
  });
  const sides = [RATE, HIGH_RATE].flatMap((rate) => [
    ours(`Benchbook at ${rate}/s`, rate),
    ...pgbench === null ? [] : [theirs(`pgbench at ${rate}/s`, rate)],
  ]);
  const found = await terminal.step("SQL in an open loop", async (progress) => ({
    value: await inTurnShown(rounds, sides, progress),
  }));
  const of = (name: string, rate: number, what: keyof Times) =>
    found.map((round) => round[`${name} at ${rate}/s`]?.[what] ?? NaN);
  return [
    ...([
      ["response time p50", "p50"],
      ["response time p95", "p95"],
      ["p50 less each tool's own lag", "servedP50"],
      ["p95 less each tool's own lag", "servedP95"],
    ] as const).map(([what, level]) =>
      agreement(what, of("Benchbook", RATE, level), pgbench === null ? null : of("pgbench", RATE, level))
    ),
    ...([[RATE, LAG_US], [HIGH_RATE, HIGH_LAG_US]] as const).map(([rate, limit]) =>
      lagFinding(
        rate,
        limit,
        of("Benchbook", rate, "lagP99"),
        pgbench === null ? null : of("pgbench", rate, "lagP99"),
      )
    ),
  ];
}

function times({ response, served, lag }: Pick<Recorded, "response" | "served" | "lag">): Times {
  return {
    p50: quantile(response, 0.5)!,
    p95: quantile(response, 0.95)!,
    servedP50: quantile(served, 0.5)!,
    servedP95: quantile(served, 0.95)!,
    lagP99: quantile(lag, 0.99)!,
  };
}

/** Response times as two tools have them. */
export function agreement(
  name: string,
  ours: readonly number[],
  theirs: readonly number[] | null,
): Finding {
  const given = { what: `${name} at ${RATE}/s`, unit: "µs", ours: spread(ours) };
  const goal = `within ${AGREE_SHARE * 100} % or ${AGREE_US} µs`;
  if (theirs === null) return finding({ ...given, peer: "pgbench", goal, note: "pgbench was not found" });
  const ratio = ratioOf(ours, theirs);
  const apart = spread(ours.map((value, round) => value - theirs[round]!));
  return finding({
    ...given,
    peer: `pgbench --rate=${RATE} -j 1, waiting as well`,
    theirs: spread(theirs),
    ratio,
    goal,
    reached: Math.abs(ratio.median - 1) <= AGREE_SHARE || Math.abs(apart.median) <= AGREE_US,
  });
}

function lagFinding(
  rate: number,
  limit: number,
  ours: readonly number[],
  theirs: readonly number[] | null,
): Finding {
  const found = spread(ours);
  return finding({
    what: `generator lag p99 at ${rate}/s`,
    unit: "µs",
    ours: found,
    peer: theirs === null ? null : `pgbench's schedule lag, --rate=${rate}`,
    theirs: theirs === null ? null : spread(theirs),
    ratio: theirs === null ? null : ratioOf(ours, theirs),
    goal: `< ${limit / 1000} ms`,
    reached: found.median < limit,
  });
}
