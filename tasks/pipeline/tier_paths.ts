import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LoadedScenario } from "../load/scenario.ts";
import { armCalled, type PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { TIER_SETTINGS, upkeepOf } from "../model/tier_settings.ts";
import { formatSeconds } from "../model/units.ts";
import { findPath, pathOf } from "../paths/registry.ts";
import { needsClone } from "./arm_databases.ts";

/** What tells whether a scenario can be asked from a tier. */
type Asked = Pick<LoadedScenario, "name" | "datasetName" | "workloadDir" | "operations">;

/** Why a scenario cannot be asked by a path over a tier, as a sentence's part, and what to do; null: it can. */
export function whyNoTier(
  { name, datasetName, workloadDir, operations }: Asked,
  path: string,
): { readonly what: string; readonly next: string } | null {
  const { tier, suffix } = findPath(path) ?? {};
  if (tier === undefined) return null;
  const next = `Leave it out; the scenario sales-analytics can be asked by it.`;
  if (datasetName !== tier.dataset) {
    return {
      what: `${tier.migration} makes it of the data set ${tier.dataset}, which ${name} has not`,
      next,
    };
  }
  const has = operations.some((operation) => existsSync(join(workloadDir, `${operation.name}${suffix}`)));
  if (has) return null;
  return {
    what: `none of the questions of ${name} has a file that ends with ${suffix} in ${workloadDir}`,
    next,
  };
}

/** @throws {UsageError} where one of these paths is over a tier that the scenario cannot be asked from */
export function refuseMissingTiers(scenario: Asked, named: readonly string[]): void {
  for (const path of named) {
    const why = whyNoTier(scenario, path);
    if (why !== null) throw new UsageError(`Cannot use the path "${path}": ${why.what}`, why.next);
  }
}

/** @throws {UsageError} where an arm over a tier, which lies in a clone of its own, is to ask another database */
export function checkTierArms(arms: readonly PlannedArm[], scenario: Asked): void {
  refuseMissingTiers(scenario, arms.map(({ path }) => path));
  for (const { name, file, path, overrides: { databaseUrl, change, settings = {} } } of arms) {
    if (pathOf(path).tier === undefined) continue;
    const shared = Object.keys(settings).find((key) => Object.hasOwn(TIER_SETTINGS, key));
    if (shared !== undefined) {
      throw new UsageError(
        `Cannot use the ${armCalled(name, file ?? "")}: settings.${shared}: all arms over a tier share it`,
        "Give it to the whole run by --set.",
      );
    }
    if (databaseUrl === undefined && change === undefined) continue;
    const field = databaseUrl === undefined ? change!.file : "databaseUrl";
    throw new UsageError(
      `Cannot use the ${
        armCalled(name, file ?? "")
      }: ${field}: its path is ${path}, which asks a clone of its own`,
      "Leave it out, or give it the path sql.",
    );
  }
}

/** A probe holds so many intervals: a rate that holds while nothing keeps the tier up is none. */
const PROBE_INTERVALS = 3;

/**
 * @param seconds that a probe of a search measures
 * @throws {UsageError} where one is over before what keeps an arm's tier up has run a few times
 */
export function refuseUnrefreshed(
  arms: readonly PlannedArm[],
  { settings }: Pick<LoadedScenario, "settings">,
  seconds: number,
): void {
  for (const { name, path } of arms) {
    const { tier } = pathOf(path);
    const upkeep = tier === undefined ? null : upkeepOf(tier.name, settings);
    const least = PROBE_INTERVALS * (upkeep?.everySeconds ?? 0);
    if (seconds >= least) continue;
    throw new UsageError(
      `Cannot search for the rate of ${name}: a probe of ${
        formatSeconds(seconds)
      } is over before its tier was brought up ` +
        `to date ${PROBE_INTERVALS} times, which is done each ${formatSeconds(upkeep!.everySeconds)}`,
      `Use --duration ${least}s, or set a shorter interval, like --set ${
        upkeep!.kind === "refresh" ? "refresh" : "batch"
      }_every=1.`,
    );
  }
}

/**
 * What a run writes into a clone goes with it; of a search all probes have one.
 * @throws {UsageError} where those of an arm would write into it
 */
export function refuseWrittenClones(
  arms: readonly PlannedArm[],
  { name: scenario, operations }: Pick<LoadedScenario, "name" | "operations">,
): void {
  const cloned = arms.find(needsClone);
  if (cloned === undefined || !operations.some(({ write }) => write)) return;
  throw new UsageError(
    `Cannot search for the rate of ${cloned.name}: it asks a clone of the database, ${scenario} writes, and what one probe ` +
      "wrote there would make the writes of the next one fail",
    `Leave ${cloned.name} out, or measure it at one rate after the other: --rate 40`,
  );
}
