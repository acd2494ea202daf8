import type { Scenario, ScenarioOperation, Stream } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import type { Tag } from "../targets/target.ts";
import { faultsOf } from "./scenario_fault.ts";

/**
 * Holds against each other what writes outdate and by which values answers are told apart.
 * @throws {UsageError} naming file and field
 */
export function checkTags(scenario: Scenario, streams: readonly Stream[], file: string): void {
  const fault = faultsOf(file);
  const all = streams.flatMap(({ operations }) => operations);
  const reads = all.filter(({ write }) => !write);
  for (const [at, { operations }] of streams.entries()) {
    const within = scenario.streams === undefined ? "" : `streams[${at}].`;
    for (const [index, { params, write, tag = [], outdates = [] }] of operations.entries()) {
      const field = `${within}operations[${index}]`;
      if (!write && outdates.length > 0) throw fault(`${field}.outdates: it writes nothing`);
      if (write && tag.length > 0) throw fault(`${field}.tag: a write has no entry in a cache`);
      const unknown = tag.find((parameter) => !Object.hasOwn(params, parameter));
      if (unknown !== undefined) {
        throw fault(`${field}.tag: there is no parameter "${unknown}"`, hint(unknown, Object.keys(params)));
      }
      for (const name of outdates) {
        const read = reads.find((each) => each.name === name);
        if (read === undefined) {
          throw fault(
            `${field}.outdates: there is no read "${name}"`,
            hint(name, reads.map((each) => each.name)),
          );
        }
        const missing = (read.tag ?? []).find((parameter) => !Object.hasOwn(params, parameter));
        if (missing === undefined) continue;
        throw fault(
          `${field}.outdates: ${name} is told apart by "${missing}", which the write has no parameter of`,
          `Leave it out of the tag of ${name}: then such a write outdates all its answers.`,
        );
      }
    }
  }
}

/** What of a statement's values its entries hang on, or those that it outdates. */
export function tagsOf(
  { name, write, tag, outdates = [] }: ScenarioOperation,
  all: readonly ScenarioOperation[],
  parameters: readonly string[],
): { readonly tag?: Tag; readonly outdates?: readonly Tag[] } {
  const places = (names: readonly string[] = []) => names.map((each) => parameters.indexOf(each));
  if (write) {
    if (outdates.length === 0) return {};
    return {
      outdates: outdates.map((family) => ({
        family,
        at: places(all.find((each) => each.name === family)!.tag),
      })),
    };
  }
  const written = all.some((each) => each.outdates?.includes(name));
  return written ? { tag: { family: name, at: places(tag) } } : {};
}
