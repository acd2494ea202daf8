import { UsageError } from "../model/errors.ts";

/** @param what the field, and how it must be @param next what to do */
export type ScenarioFault = (what: string, next?: string, options?: ErrorOptions) => UsageError;

/** Makes the errors of a scenario's file. */
export function faultsOf(file: string): ScenarioFault {
  return (what, next, options) =>
    new UsageError(`Cannot use the scenario file ${file}: ${what}`, next, options);
}
