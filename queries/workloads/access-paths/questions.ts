import type { ScenarioOperation } from "../../../tasks/model/scenario.ts";
import accessPaths from "../../scenarios/access-paths.ts";

// Where objects of a list differ, an inferred type gives each the others' fields, as undefined.
const all = accessPaths.operations as unknown as readonly ScenarioOperation[];

/**
 * Questions of the scenario access-paths, drawn as there, for scenarios that ask them in another mix.
 * @param weights by question; those that it does not name are left out
 */
export function questions(weights: Readonly<Record<string, number>>): ScenarioOperation[] {
  return Object.entries(weights).map(([name, weight]) => {
    const question = all.find((each) => each.name === name);
    if (question === undefined) throw new RangeError(`access-paths has no question "${name}"`);
    const outdates = question.outdates?.filter((read) => Object.hasOwn(weights, read));
    return { ...question, weight, ...outdates !== undefined && { outdates } };
  });
}
