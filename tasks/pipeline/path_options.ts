import type { LoadedScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import type { PathName } from "../model/operation.ts";
import { hint } from "../model/suggest.ts";
import { pathOf, paths, reference } from "../paths/registry.ts";
import { refuseMissingTiers, whyNoTier } from "./tier_paths.ts";

/**
 * A scenario that can be asked by the paths of `--paths` too: those that it names, and all others that ask with the
 * same files as one of them, as a cache before it does; and those over a tier that its workload has files for.
 * @param text of the option; without it the scenario stays as it is
 * @throws {UsageError} for any other path, with the nearest name
 */
export function withGivenPaths(scenario: LoadedScenario, text: string | undefined): LoadedScenario {
  if (text === undefined) return scenario;
  refuseMissingTiers(scenario, namesIn(text));
  return withPaths(scenario, parsePaths(text, askablePaths(scenario)));
}

/** The paths that a scenario can be asked by. */
export function askablePaths(scenario: LoadedScenario): PathName[] {
  const suffixes = new Set(scenario.paths.map((path) => pathOf(path).suffix));
  return paths.filter(({ name, suffix, tier }) =>
    tier === undefined
      ? suffixes.has(suffix)
      : suffixes.has(reference.suffix) && whyNoTier(scenario, name) === null
  ).map(({ name }) => name);
}

/** A scenario that is asked by more paths. */
export function withPaths(scenario: LoadedScenario, given: readonly PathName[]): LoadedScenario {
  const more = [...new Set(given)].filter((path) => !scenario.paths.includes(path));
  const { scopes } = scenario;
  return {
    ...scenario,
    paths: [...scenario.paths, ...more],
    scopes: { ...scopes, arms: [...scopes.arms, ...more] },
  };
}

/** @throws {UsageError} for a path that is not known, with the nearest name */
export function parsePaths(text: string, known: readonly PathName[]): PathName[] {
  const paths = namesIn(text);
  const unknown = paths.find((path) => !known.includes(path));
  if (unknown === undefined) return paths;
  throw new UsageError(
    `Cannot use the path "${unknown}": this scenario has none of that name`,
    hint(unknown, known),
  );
}

function namesIn(text: string): string[] {
  return [...new Set(text.split(",").map((path) => path.trim()))];
}
