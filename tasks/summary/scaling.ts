import type { ArmRecord, Environment, Run } from "../model/run.ts";
import type { Balancer, ScalingSummary, ServedArm } from "../model/scaling.ts";
import type { Estimate } from "../model/estimate.ts";
import { counted, formatShare } from "../model/units.ts";
import { findPath } from "../paths/registry.ts";
import { hodgesLehmann } from "../stats/hodges_lehmann.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { LEVEL } from "./estimate.ts";
import type { HostLoad } from "./host_load.ts";

/** One row of summary/answered_rounds.sql. */
export interface AnsweredRound {
  readonly round: number;
  readonly arm: string;
  readonly perSecond: number;
}

/** What a run's rows say of the processes that served it. */
export interface ScalingRows {
  /** Rows of summary/process_cores.sql. */
  readonly cores: readonly { readonly process: string; readonly cores: number }[];
  /** Rows of summary/arm_turns.sql; null: all arms were asked at once. */
  readonly turns: readonly { readonly arm: string | null; readonly share: number }[];
  readonly rounds: readonly AnsweredRound[];
}

/** Cores that are idle in the mean from which on more processes had something to run on. */
const IDLE_CORES = 0.2;

/** Less than this share of the CPUs is taken by daemons anywhere. */
const OTHERS = 0.1;

/** How the arms of a bench were served GraphQL; null where each was by one process alone. */
export async function scalingSummary(
  rows: Rows,
  run: Run,
  arms: readonly ArmRecord[],
  host: HostLoad,
): Promise<ScalingSummary | null> {
  if (!isScaled(served(arms, run.environment))) return null;
  const read = <T>(name: string) => rows.rows<T>(query(`summary/${name}`), { run: run.runId });
  const found: ScalingRows = {
    cores: await read("process_cores"),
    turns: await read("arm_turns"),
    rounds: run.config.loop === "closed" ? await read("answered_rounds") : [],
  };
  return scalingOf(run, arms, found, host);
}

/** The same from rows; pure. */
export function scalingOf(
  { config: { loop }, environment }: Pick<Run, "config" | "environment">,
  arms: readonly ArmRecord[],
  { cores, turns, rounds }: ScalingRows,
  { idle, meanOthers }: Pick<HostLoad, "idle" | "meanOthers">,
): ScalingSummary {
  const all = served(arms, environment);
  const used = (names: readonly string[], by: readonly string[]): number | null => {
    const own = cores.filter(({ process }) => names.includes(process));
    const share = turns.reduce((sum, { arm, share }) => by.includes(arm ?? "") ? sum + share : sum, 0);
    return own.length === 0 || share === 0 ? null : own.reduce((sum, each) => sum + each.cores, 0) / share;
  };
  return {
    arms: all.map((each): ServedArm => {
      const { arm, instances, balancer, processes, proxies } = each;
      const sharedWith = processes.length === 0 ? [] : sharing(each, all);
      const against = all.filter(({ path }) => path === each.path)
        .reduce((least, other) => (other.instances ?? 1) < (least.instances ?? 1) ? other : least);
      return {
        arm,
        instances,
        balancer,
        services: [...processes, ...proxies],
        sharedWith,
        cpuCores: used(processes, [arm, ...sharedWith]),
        balancerCores: used(proxies, [arm, ...sharedWith]),
        against: against === each ? null : against.arm,
        throughputRatio: against === each || loop === "open" ? null : ratioOf(rounds, against.arm, arm),
      };
    }),
    busy: idle === null ? null : 1 - idle,
    notes: notesOf(loop, environment.cores, idle, meanOthers),
  };
}

/** An arm over GraphQL by what answers it. */
interface Served {
  readonly arm: string;
  readonly path: string;
  readonly instances: number | null;
  readonly balancer: Balancer | null;
  readonly processes: readonly string[];
  readonly proxies: readonly string[];
}

function served(arms: readonly ArmRecord[], { services }: Pick<Environment, "services">): Served[] {
  const there = services.filter(({ available, instance }) => available && instance !== undefined);
  return arms.filter(({ path }) => findPath(path)?.needs.includes("graphql")).map(
    ({ name, path, overrides }) => {
      const own = there.filter(({ name: kind, arms }) =>
        (kind === "graphql" || kind === "haproxy") && arms?.includes(name)
      );
      // A HAProxy of an arm's own stands before processes of its own.
      const its = own.length > 0 ? own : there.filter(({ arms }) => arms === undefined);
      const ours = its.filter(({ origin }) => origin === "embedded");
      const named = (kind: string) =>
        ours.filter(({ name }) => name === kind).map(({ instance }) => instance!);
      const [processes, proxies] = [named("graphql"), named("haproxy")];
      const said = overrides["instances"];
      return {
        arm: name,
        path,
        processes,
        proxies,
        instances: processes.length > 0 ? processes.length : typeof said === "number" ? said : null,
        balancer: processes.length === 0 ? null : proxies.length > 0 ? "haproxy" : "client",
      };
    },
  );
}

/** Other than by one process of ours, or by a service of the user's of which nothing is known. */
function isScaled(all: readonly Served[]): boolean {
  return all.some(({ instances, balancer }) => (instances ?? 1) > 1 || balancer === "haproxy");
}

function sharing(one: Served, all: readonly Served[]): string[] {
  return all.filter((other) => other !== one && other.processes[0] === one.processes[0]).map(({ arm }) =>
    arm
  );
}

/** Over pairs of blocks of one round, of which none is left out: one in which nothing was answered counts too. */
function ratioOf(rounds: readonly AnsweredRound[], baseline: string, candidate: string): Estimate {
  const of = (arm: string) =>
    new Map(rounds.filter((row) => row.arm === arm).map(({ round, perSecond }) => [round, perSecond]));
  const [below, above] = [of(baseline), of(candidate)];
  const logs = [...above].flatMap(([round, perSecond]) => {
    const log = Math.log(perSecond / (below.get(round) ?? NaN));
    return Number.isNaN(log) ? [] : [log];
  });
  const location = hodgesLehmann(logs, LEVEL);
  const { low = null, high = null } = location?.interval ?? {};
  const end = (log: number | null) => log === null || !Number.isFinite(log) ? null : Math.exp(log);
  return {
    value: end(location?.estimate ?? null),
    low: end(low),
    high: end(high),
    level: LEVEL,
    warnings: low === null
      ? [{ code: "too-few-pairs", text: `Too few pairs of blocks for an interval: ${logs.length}.` }]
      : [],
  };
}

function notesOf(
  loop: Run["config"]["loop"],
  cores: number,
  idle: number | null,
  others: number | null,
): string[] {
  if (loop === "open") {
    return [
      "In an open loop each arm answers what it is offered: what more instances could answer is shown by " +
      "--concurrency or --find-rate.",
    ];
  }
  if (idle === null || idle * cores >= IDLE_CORES) return [];
  return [
    `The CPU was saturated: ${formatShare(1 - idle)} of ${
      counted(cores, "core")
    } were busy, with the database and the load generator on them too. More instances have nothing to run on here; ` +
    "what they would give on a machine with more cores cannot be told from this run.",
    ...(others ?? 0) < OTHERS ? [] : [
      `Other programs used ${
        formatShare(others!)
      } of the CPU time: of a CPU that is shared, more processes get a larger part, which a machine of their own would ` +
      "not give them.",
    ],
  ];
}
