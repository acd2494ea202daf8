import process from "node:process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { messageOf } from "../model/error_message.ts";
import { UsageError } from "../model/errors.ts";

/** Where the project's own code lies; what a user may edit lies elsewhere. */
const OWN = new URL("../", import.meta.url).href;
const FRAMES = 200;

/** URLs of the user's modules that this thread has loaded. */
const loaded = new Set<string>();

/** Code of the user's wanted to end the process. */
class ExitRefused extends Error {
  override name = "ExitRefused";
}

/**
 * Has this thread know a module of the user's, which from now on can neither end the process nor throw unnoticed.
 * @returns whether it was known before
 */
export function watchModule(href: string): boolean {
  if (loaded.size === 0) {
    refuseExit(Deno, "exit", "Deno.exit");
    for (const name of ["exit", "abort", "reallyExit"]) refuseExit(process, name, `process.${name}`);
  }
  const known = loaded.has(href);
  loaded.add(href);
  return known;
}

/**
 * What code of the user's threw where nobody awaited it, as a mistake in its file.
 * @returns null where the project's own code threw, or nobody can tell who
 */
export function usersFault(error: unknown): UsageError | null {
  if (loaded.size === 0) return null;
  const stack = stackOf(error);
  const place = firstPlace(stack ?? "");
  // Only a user's code throws what is no error.
  const own = stack !== null && (place === undefined || place.startsWith(OWN));
  if (own && !(error instanceof ExitRefused)) return null;
  const named = [...loaded].filter((href) => stack?.includes(href));
  const files = (named.length > 0 ? named : [...loaded]).map((href) => fileURLToPath(href));
  return new UsageError(
    `Cannot go on with ${files.join(", ")}: outside of what Benchbook calls ${strayWords(error)}`,
    "Let it start no timer, and leave no promise that is not awaited.",
    { cause: error },
  );
}

/** What code of the user's threw, and where. */
export function strayWords(error: unknown): string {
  const [said] = stripVTControlCharacters(messageOf(error)).split("\n", 1);
  const place = firstPlace(stackOf(error) ?? "");
  const where = place === undefined || place.startsWith(OWN) ? "" : ` at ${place}`;
  return `${error instanceof ExitRefused ? said : `it throws: ${said}`}${where}`;
}

function refuseExit(owner: object, name: string, text: string): void {
  const methods = owner as Record<string, (...given: unknown[]) => unknown>;
  const real = methods[name]!;
  methods[name] = (...given) => {
    if (!isUsers(stackHere())) return Reflect.apply(real, owner, given);
    throw new ExitRefused(`it calls ${text}()`);
  };
}

/** Who called: a timer that was given a function of the runtime's has no file. */
function isUsers(stack: string): boolean {
  return !(firstPlace(stack)?.startsWith(OWN) ?? false);
}

function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  return stack;
}

/** The innermost file of a stack with line and column, beside packages and these guards. */
function firstPlace(stack: string): string | undefined {
  return [...stack.matchAll(/file:\/\/[^\s)]+:\d+:\d+/g)].map(([place]) => place)
    .find((place) => !place.includes("/node_modules/") && !place.startsWith(import.meta.url));
}

/** Null where it is no error. */
function stackOf(error: unknown): string | null {
  try {
    return error instanceof Error ? String(error.stack) : null;
  } catch {
    return null;
  }
}
