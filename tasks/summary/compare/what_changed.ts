import type { ChangedFact, ChangedText } from "../../model/run_comparison.ts";
import { type ArmRecord, type Environment, SERVICE_NAMES, type ServiceFact } from "../../model/run.ts";
import { formatSeconds } from "../../model/units.ts";
import { armsOfRun } from "../../store/arms.ts";
import type { Rows, StoredRun } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import type { ComparedPlans, PlanRow } from "../plan_changes.ts";
import { diffPlans } from "../plan_diff.ts";
import { readPlan } from "../plan_tree.ts";

/** Facts by what they are, in order. */
type Facts = ReadonlyMap<string, string>;

/**
 * What differs between two runs and may: the commit, versions, settings of services, what arms have otherwise, and how long
 * was measured.
 */
export async function whatChanged(rows: Rows, base: StoredRun, candidate: StoredRun): Promise<ChangedFact[]> {
  const factsOfRun = async (run: StoredRun): Promise<Facts> =>
    new Map([...factsOf(run), ...armFacts(await armsOfRun(rows, run))]);
  const [before, after] = [await factsOfRun(base), await factsOfRun(candidate)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((what) => before.get(what) !== after.get(what))
    .map((what) => ({ what, base: before.get(what) ?? null, candidate: after.get(what) ?? null }));
}

function factsOf({ gitCommit, config, environment }: StoredRun): [string, string][] {
  const { durationSeconds, warmupSeconds, blockSeconds, workers } = config;
  return [
    ["commit", gitCommit ?? "not in a Git checkout"],
    ["Benchbook", environment.benchbook],
    ["Deno", environment.deno],
    ["operating system", environment.os],
    ["kernel", environment.kernel],
    ["host name", environment.hostname],
    ...serviceFacts(environment),
    ["measured time", formatSeconds(durationSeconds)],
    ["warm-up", formatSeconds(warmupSeconds)],
    ["blocks", formatSeconds(blockSeconds)],
    ["generator threads", String(workers)],
  ];
}

function serviceFacts({ services }: Environment): [string, string][] {
  return services.filter(({ available }) => available).flatMap((service): [string, string][] => {
    const name = nameOf(service, services);
    return [
      [`${name} version`, service.version ?? "unknown"],
      ...Object.entries(service.settings).map(([key, value]): [string, string] => [`${name} ${key}`, value]),
    ];
  });
}

function nameOf({ name, instance, role }: ServiceFact, all: readonly ServiceFact[]): string {
  const several = all.filter((other) => other.name === name).length > 1;
  return several && (instance ?? role) !== undefined
    ? `${SERVICE_NAMES[name]} ${instance ?? role}`
    : SERVICE_NAMES[name];
}

function armFacts(arms: readonly ArmRecord[]): [string, string][] {
  return arms.flatMap(({ name, path, role, overrides }): [string, string][] => [
    [`arm ${name}: path`, path],
    [`arm ${name}: role`, role],
    ...Object.entries(overrides).map(([key, value]): [string, string] => [
      `arm ${name}: ${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ]);
}

interface Statement {
  readonly arm: string;
  readonly operation: string;
  readonly path: string;
  readonly statement: string;
  readonly fingerprint: string;
}

/** Statements of arms and operations of both runs that are others in the candidate, as lines taken out and put in. */
export async function changedStatements(
  rows: Rows,
  base: StoredRun,
  candidate: StoredRun,
): Promise<ChangedText[]> {
  const statementsOf = ({ runId }: StoredRun) =>
    rows.rows<Statement>(query("compare/statements"), { run: runId });
  const [before, after] = [await statementsOf(base), await statementsOf(candidate)];
  return after.flatMap((own) => {
    const other = before.find(({ arm, operation }) => arm === own.arm && operation === own.operation);
    if (other === undefined || other.statement === own.statement) return [];
    return [{
      arm: own.arm,
      operation: own.operation,
      changes: changedLines(other.statement, own.statement),
    }];
  });
}

/** Lines that are only in the one text, and only in the other, in order; those that both have are left out. */
function changedLines(before: string, after: string): string[] {
  const linesOf = (text: string) => text.split("\n").map((line) => line.trimEnd());
  const [one, other] = [linesOf(before), linesOf(after)];
  return [
    ...one.filter((line) => !other.includes(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !one.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** The plans of both runs for the same arm and operation, those that are the same included. */
export async function comparedPlans(
  rows: Rows,
  base: StoredRun,
  candidate: StoredRun,
): Promise<ComparedPlans[]> {
  const plansOf = async ({ runId }: StoredRun) =>
    (await rows.rows<PlanRow>(query("plans"), { run: runId })).flatMap(({ plan, ...row }) => {
      const explained = readPlan(plan);
      return explained === null ? [] : [{ ...row, explained }];
    });
  const [before, after] = [await plansOf(base), await plansOf(candidate)];
  return after.flatMap(({ operation, arm, explained }) => {
    const other = before.find((row) => row.arm === arm && row.operation === operation);
    if (other === undefined) return [];
    const diff = diffPlans(other.explained, explained);
    return [{ operation, baseline: arm, candidate: arm, before: other.explained, after: explained, diff }];
  });
}
