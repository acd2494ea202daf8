import { resolve } from "node:path";
import { scenarioNames } from "../../load/scenario.ts";
import { ServiceError } from "../../model/errors.ts";
import type { Validity } from "../../model/validity.ts";
import { formatSeconds } from "../../model/units.ts";
import { type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { spread } from "../spread.ts";
import { runBench } from "./bench_process.ts";
import { type Disturbance, DISTURBANCES } from "./disturbances.ts";
import type { LoadBenchPlan } from "./options.ts";

/** Constant arrivals and Poisson ones: every disturbance is tried on these. */
export const DISTURBED: readonly string[] = ["smoke", "access-paths"];
const WARMUP_SECONDS = 1;
/** Of a run beside its load: starting, proving, storing and judging. */
const AROUND_SECONDS = 10;

/** So many runs of a scenario in one condition. */
export interface Cell {
  readonly scenario: string;
  readonly disturbance: Disturbance;
  readonly runs: number;
}

/** Every condition of the disturbed scenarios, and every other scenario left alone; those that were asked for. */
export function cellsOf(
  scenarios: readonly string[],
  { runs, others, conditions, scenarios: asked }: Pick<
    LoadBenchPlan,
    "runs" | "others" | "conditions" | "scenarios"
  >,
): Cell[] {
  const of = (scenario: string): Cell[] =>
    DISTURBED.includes(scenario)
      ? DISTURBANCES.map((disturbance) => ({ scenario, disturbance, runs }))
      : [{ scenario, disturbance: DISTURBANCES[0]!, runs: others }];
  return [...DISTURBED, ...scenarios.filter((name) => !DISTURBED.includes(name))].flatMap(of)
    .filter(({ scenario, disturbance }) =>
      (asked ?? scenarios).includes(scenario) && conditions.includes(disturbance.name)
    );
}

/**
 * Runs each scenario as the product does, undisturbed and disturbed, and holds every run's judgement against what was
 * done to it. Says before how long it takes, and after each cell what it came to.
 */
export async function validityMatrix(
  plan: LoadBenchPlan,
  { terminal, dir, signal }: PartContext,
): Promise<Finding[]> {
  const cells = cellsOf(shippedScenarios(), plan);
  const count = cells.reduce((sum, { runs }) => sum + runs, 0);
  const seconds = WARMUP_SECONDS + plan.seconds + AROUND_SECONDS;
  terminal.print(
    `The validity matrix: ${count} runs of about ${seconds} s, ${formatSeconds(count * seconds)} in all.`,
  );
  const findings: Finding[] = [];
  for (const cell of cells) {
    const { scenario, disturbance, runs } = cell;
    findings.push(
      await terminal.step(`${scenario}, ${disturbance.name}`, async (progress) => {
        const judged: (JudgedValidity | string)[] = [];
        while (judged.length < runs) {
          progress(`run ${judged.length + 1} of ${runs}`);
          const run = {
            dir,
            scenario,
            args: disturbance.args,
            warmup: WARMUP_SECONDS,
            seconds: disturbance.seconds ?? plan.seconds,
          };
          judged.push(await judgedRun(() => runBench(run, disturbance.disturb, signal)));
        }
        const value = cellFinding(cell, judged);
        return { value, detail: `${value.reached ? "✓" : "✗"} ${value.note}` };
      }),
    );
  }
  return findings;
}

export function shippedScenarios(): string[] {
  return scenarioNames(resolve(import.meta.dirname!, "../../.."));
}

/** The part of a judgement that is looked at. */
export type JudgedValidity = Pick<Validity, "valid" | "checks">;

/** A run that failed by itself is no judgement, and the hours before it are not to be lost. */
async function judgedRun(run: () => Promise<{ validity: JudgedValidity }>): Promise<JudgedValidity | string> {
  try {
    return (await run()).validity;
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
}

/** What a cell came to. @param judged its runs' judgements, or why there is none */
export function cellFinding(
  { scenario, disturbance: { name, what, reasons } }: Cell,
  judged: readonly (JudgedValidity | string)[],
): Finding {
  const found = judged.filter((each) => typeof each !== "string");
  const right = found.filter((each) => asItShould(each, reasons)).length;
  const invalid = found.filter(({ valid }) => !valid).length;
  const broken = found.flatMap(({ checks }) => checks.filter(({ ok }) => !ok));
  const rules = [...new Set(broken.map((check) => check.name))].map((rule) => {
    const own = broken.filter((check) => check.name === rule);
    const causes = [...new Set(own.flatMap(({ cause }) => cause === null ? [] : [cause]))];
    return `${rule} ${own.length}× (${own[0]!.measured}; limit: ${own[0]!.limit}` +
      `${causes.length === 0 ? "" : `; ${causes[0]}`})`;
  });
  const failed = judged.filter((each) => typeof each === "string");
  return finding({
    what: `${scenario}, ${name}: ${what}`,
    unit: `of ${judged.length} judged as they should be`,
    ours: spread([right]),
    goal: reasons.length === 0 ? "all valid" : `all INVALID for ${reasons.join(" or ")}`,
    reached: right === judged.length,
    note: [
      `${found.length - invalid} valid, ${invalid} INVALID`,
      ...rules,
      ...failed.length === 0 ? [] : [`${failed.length} came to no judgement: ${failed[0]}`],
    ].join("; "),
  });
}

/** Whether a run was refused for one of these reasons, or taken for valid where there is none to refuse it. */
function asItShould({ valid, checks }: JudgedValidity, reasons: Disturbance["reasons"]): boolean {
  if (reasons.length === 0) return valid;
  return !valid && checks.some(({ name, ok }) => !ok && reasons.includes(name));
}
