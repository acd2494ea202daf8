import { slotsOf } from "../load/rates.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { parseSlo } from "../model/slo.ts";
import { formatCount, formatSeconds, quantileName } from "../model/units.ts";
import { leastRequests, type SloTarget, targetsOf } from "../summary/slo_target.ts";
import type { BenchPlan } from "./bench_options.ts";

type TimedScenario = Pick<LoadedScenario, "streams" | "operations" | "rate" | "block" | "washout" | "scopes">;
type Planned = Pick<BenchPlan, "loop" | "rate" | "duration" | "slo">;

/** Arrivals are random: a duration that is named has so many times the requests that it takes. */
const RESERVE = 1.2;

/**
 * What to say before measuring of targets over windows longer than the run, and of those on a quantile that so few
 * requests cannot tell, each with what would do. Of a closed loop nobody knows before how many requests it makes.
 * @param arms the names of those to be had
 */
export function unjudgeable(scenario: TimedScenario, plan: Planned, arms: readonly string[]): string[] {
  if (plan.slo === null) return [];
  return parseSlo(plan.slo).flatMap((term) => {
    const seconds = term.windowSeconds ?? plan.duration;
    if (seconds > plan.duration) {
      return [
        `Too short to judge the target ${term.text}: a run of ${
          formatSeconds(plan.duration)
        } has no window of ${formatSeconds(seconds)}. Use --duration ${Math.ceil(seconds)}s or longer.`,
      ];
    }
    if (plan.loop === "closed" || term.metric !== "quantile") return [];
    const takes = leastRequests(term);
    const short = (targetsOf(term, arms, scenario.scopes) ?? []).map((target) => ({
      target,
      expected: expectedOf(target, scenario, plan, arms.length) * Math.min(1, seconds / plan.duration),
    })).filter(({ expected }) => expected < takes);
    if (short.length === 0) return [];
    const fewest = Math.min(...short.map(({ expected }) => expected));
    const subjects = short.length === arms.length
      ? "each arm"
      : short.map(({ target }) => target.arm).join(", ");
    const needed = Math.ceil(seconds * takes * RESERVE / fewest);
    const use = term.windowSeconds === null ? `--duration ${needed}s` : `windows of ${needed} s`;
    return [
      `Too few requests to judge the target ${term.text}: ${quantileName(term.level!)} takes ${
        formatCount(takes)
      }, ` +
      `and ${formatSeconds(seconds)} at this rate give ${subjects} about ${
        formatCount(Math.round(fewest))
      }. ` +
      `Use ${use}, or a higher --rate.`,
    ];
  });
}

/** Requests of a target that are measured over the whole duration. */
function expectedOf(
  { operation, stream }: SloTarget,
  { streams, operations, rate, block, washout }: TimedScenario,
  plan: Planned,
  arms: number,
): number {
  const fit = { factor: plan.rate / rate, warmupSeconds: 0, durationSeconds: plan.duration };
  const measured = 1 - Math.min(washout / block, 1 / 4);
  return streams.reduce((sum, each) => {
    if (stream !== null && each.name !== stream) return sum;
    const own = operations.slice(each.first, each.first + each.count);
    // A session asks each of its operations once.
    const weight = (of: typeof own) =>
      of.reduce((total, { weight }) => total + (each.session === null ? weight : 1), 0);
    const share = operation === null ? 1 : weight(own.filter(({ name }) => name === operation)) / weight(own);
    return sum + slotsOf([each], fit) * share;
  }, 0) * measured / arms;
}
