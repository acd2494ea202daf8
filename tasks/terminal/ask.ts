import { UsageError } from "../model/errors.ts";

/**
 * Asks before something is removed.
 * @param yes the answer was given beforehand
 * @throws {UsageError} where there is nobody to ask
 */
export function mayRemove(question: string, yes: boolean): boolean {
  if (yes) return true;
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError("Cannot ask whether to remove this: there is no terminal", "Give --yes.");
  }
  return confirm(question);
}
